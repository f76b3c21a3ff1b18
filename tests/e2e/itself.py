#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""rustproof on itself: the program and the shared library have no finding at warn or above beyond those listed in
EXPLAINED, and hold what the guide asks for; readelf agrees.

  itself.py RUSTPROOF LIBRARY
"""
import json
import pathlib
import re
import subprocess
import sys

MUST_PASS = ["pie", "nx-stack", "wx-segments", "full-relro", "immediate-binding", "text-relocations", "run-path",
             "separate-code", "stack-protector", "fortify"]
EXPLAINED = {
    # check: why a finding at warn or above is right and accepted for this build
    "stripped-symbols": "a build folder keeps its symbols; packages strip them",
    "debug-info": "the same",
    "leaked-paths": "the same: they are in the debug information",
    # ibt and shstk are notes, so they need no line here: every object of ours asks for both (-fcf-protection), but
    # Debian's start files carry no such note, and the linker keeps only what all objects have.
}
WEIGHT = {"deny", "warn"}


def audit(rustproof, path):
    run = subprocess.run([rustproof, "bin", "--any-language", "--format", "json", path], capture_output=True,
                         text=True, stdin=subprocess.DEVNULL)
    assert run.returncode in (0, 1, 3), run.stderr
    return json.loads(run.stdout)["targets"][0]


def faults_of(target):
    for result in target["results"]:
        name, text = result["name"], result["text"]
        if result["outcome"] == "finding" and result["level"] in WEIGHT and name not in EXPLAINED:
            yield f"{name}: finding at {result['level']}: {text}"
        if result["outcome"] == "error":
            yield f"{name}: error of the check: {text}"
        if name in MUST_PASS and result["outcome"] not in ("pass", "not-applicable"):
            yield f"{name}: {result['outcome']}: {text}"


def readelf_agrees(path):
    out = subprocess.run(["readelf", "-hlWdn", path], capture_output=True, text=True, check=True).stdout
    for what, pattern in (("GNU_RELRO", r"GNU_RELRO"), ("NOW", r"\bNOW\b|BIND_NOW"), ("DYN", r"Type:\s+DYN"),
                          ("GNU_STACK RW", r"GNU_STACK.* RW ")):
        if not re.search(pattern, out):
            yield f"readelf does not show {what}"


def main():
    rustproof, paths = sys.argv[1], sys.argv[1:]
    passed = failed = 0
    for path in map(pathlib.Path, paths):
        path = path.resolve()
        target = audit(rustproof, path)
        faults = [*faults_of(target), *readelf_agrees(path)]
        for fault in faults:
            print(f"FAILED {path.name}: {fault}")
        verdicts = sum(r["outcome"] == "pass" for r in target["results"])
        print(f"{path.name}: {verdicts} of {len(target['results'])} checks pass")
        passed, failed = passed + (not faults), failed + bool(faults)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
