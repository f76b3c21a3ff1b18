# SPDX-License-Identifier: MIT OR Apache-2.0
"""Versions and requirements against the `semver` crate, which Cargo uses: the same answers to random
questions. Usage: test_semver.py PROBE ORACLE_FOLDER CACHE_FOLDER [N]"""
import collections
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from oracle_build import build  # noqa: E402

PROBE, SOURCE, CACHE = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
N = int(sys.argv[4]) if len(sys.argv) > 4 else 300000


def main():
    lines = subprocess.run([build(SOURCE, CACHE, "oracle"), str(N)], capture_output=True, text=True,
                           check=True).stdout.splitlines()
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
