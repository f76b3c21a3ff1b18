#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""What we read out of a target's name, beside `rustc --print cfg --target`. Without --all every
sixth of rustc's targets. Usage: targets.py DUMP_RUST [--all]"""
import re
import shutil
import subprocess
import sys

KEYS = {"target_arch", "target_pointer_width", "target_endian", "target_os", "target_env",
        "target_abi", "target_vendor", "target_family", "unix", "windows"}


def lines(*command):
    run = subprocess.run(command, capture_output=True, text=True)
    return run.returncode, set(run.stdout.split("\n"))


def main():
    if not shutil.which("rustc"):
        print("skipped: rustc is not installed")
        return 77
    targets = sorted(x for x in lines("rustc", "--print", "target-list")[1] if x)
    failed = 0
    chosen = targets if "--all" in sys.argv else targets[::6]
    for target in chosen:
        code, theirs = lines("rustc", "--print", "cfg", "--target", target)
        known, ours = lines(sys.argv[1], "--cfg", target)
        theirs = {x for x in theirs if re.match(r"\w+", x) and re.match(r"\w+", x)[0] in KEYS}
        ours.discard("")
        if code == 0 and (known != 0 or ours != theirs):
            failed += 1
            print(f"FAIL {target}: only ours {sorted(ours - theirs)}, only rustc's "
                  f"{sorted(theirs - ours)}")
    print(f"{len(chosen) - failed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
