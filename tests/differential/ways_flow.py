#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Walking back from each branch (isa/flow_ways.h) beside the data-flow over whole functions (isa/flow.h): what both
decide they must decide alike. One difference has a name: where two ways load the same constant, such as a switch's
table, the data-flow sees two values and calls the branch unguarded.

  ways_flow.py BENCH_CODE FILE...
"""
import collections
import pathlib
import subprocess
import sys

KNOWN = ("unguarded", "aside")


def edges(bench, option, path):
    text = subprocess.run([bench, option, path], capture_output=True, text=True, check=True).stdout
    return {line.split(" ")[0]: line.split(" ")[2] for line in text.splitlines()}


def main():
    bench, failed, seen = sys.argv[1], False, 0
    for path in filter(lambda p: pathlib.Path(p).exists(), sys.argv[2:]):
        quick, whole = edges(bench, "--list", path), edges(bench, "--forwards", path)
        pairs = collections.Counter((whole[a], quick[a]) for a in quick if a in whole and whole[a] != quick[a])
        print(f"{path}: {len(quick)} branches; {dict(pairs)}")
        failed |= quick.keys() != whole.keys()
        failed |= any("undecided" not in p and p != KNOWN for p in pairs) or pairs[KNOWN] * 50 > len(quick) + 50
        seen += len(quick)
    if seen == 0:
        print("skipped: no file to read")
        sys.exit(77)
    sys.exit(1 if failed else 0)


main()
