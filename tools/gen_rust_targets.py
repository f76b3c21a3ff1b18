#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Writes src/rust/targets.inc: what `rustc --print cfg` says of each target that rustc knows."""
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
KEYS = ["arch", "pointer_width", "endian", "os", "env", "abi", "vendor"]


def rustc(*arguments):
    return subprocess.run(["rustc", *arguments], capture_output=True, text=True).stdout


def main():
    version = rustc("--version").split()[1]
    out = ["/* SPDX-License-Identifier: MIT OR Apache-2.0 */",
           f"/* Written by tools/gen_rust_targets.py from rustc {version}, sorted by name. */",
           "/* clang-format off */"]
    for target in sorted(rustc("--print", "target-list").split()):
        found = re.findall(r'^target_(\w+)="([^"]*)"$', rustc("--print", "cfg", "--target", target), re.M)
        values, families = dict(found), [v for k, v in found if k == "family"]
        if "arch" not in values:
            continue
        cells = ", ".join(f'"{values.get(k, "")}"' for k in KEYS)
        out.append(f'    {{"{target}", {{{cells}}}, "{"/".join(families)}"}},')
    out.append("/* clang-format on */")
    (ROOT / "src/rust/targets.inc").write_text("\n".join(out) + "\n")


main()
