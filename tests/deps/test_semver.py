# SPDX-License-Identifier: MIT OR Apache-2.0
"""Versions and requirements against the `semver` crate, which Cargo uses: the same answers to random
questions. Usage: test_semver.py PROBE ORACLE_FOLDER CACHE_FOLDER [N]"""
import collections
import os
import pathlib
import shutil
import subprocess
import sys

PROBE, SOURCE, CACHE = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
N = int(sys.argv[4]) if len(sys.argv) > 4 else 300000


def skip(why):
    print(f"SKIPPED: {why}")
    print("0 passed, 0 failed, 1 skipped")
    sys.exit(77)


def build():
    if not shutil.which("cargo"):
        skip("cargo is not installed")
    shutil.copytree(SOURCE, CACHE / "semver", dirs_exist_ok=True)
    done = subprocess.run(["cargo", "build", "--quiet", "--manifest-path", CACHE / "semver" / "Cargo.toml"],
                          capture_output=True, text=True, timeout=200,
                          env={**os.environ, "CARGO_TARGET_DIR": str(CACHE / "target")})
    if done.returncode != 0:
        if "failed to download" in done.stderr or "failed to get" in done.stderr or "network" in done.stderr:
            skip("the crate semver could not be had")
        print(done.stderr)
        sys.exit(1)
    return CACHE / "target" / "debug" / "oracle"


def main():
    lines = subprocess.run([build(), str(N)], capture_output=True, text=True, check=True).stdout.splitlines()
    questions = "".join(line.rsplit("\t", 1)[0] + "\n" for line in lines)
    got = subprocess.run([PROBE, "semver"], input=questions, capture_output=True, text=True,
                         check=True).stdout.splitlines()
    wants = [line.rsplit("\t", 1)[1] for line in lines]
    faults = [(line, a) for line, a, w in zip(lines, got, wants) if a != w]
    for line, a in faults[:20]:
        print(f"{line!r}: {a}")
    kinds = collections.Counter(wants)
    print("answers:", dict(kinds))
    print(f"{len(lines) - len(faults)} passed, {len(faults)} failed, 0 skipped")
    return 1 if faults or len(got) != N or min(kinds[k] for k in ("-1", "0", "1", "yes", "no", "-")) < 500 else 0


sys.exit(main())
