#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Walking back from each branch (isa/flow_ways.h) beside the data-flow over whole functions (isa/flow.h), edge by
edge. What one decides and the other not is a class with a limit; what both decide they must decide alike, but where
two ways load the same constant (a switch's table, a slot): there the data-flow sees two values and calls the branch
unguarded. Anything else, and a class beyond its limit, is a failure.

  ways_flow.py BENCH_CODE FILE...
"""
import collections
import pathlib
import subprocess
import sys

# (data-flow, walking back): name, most of 1,000 branches (and five more)
CLASSES = {
    ("undecided", "unguarded"): ("one way suffices: the walk needs no other", 100),
    ("undecided", "aside"): ("a switch's table that the walk can read", 10),
    ("unguarded", "aside"): ("the same constant on several ways", 10),
    ("unguarded", "undecided"): ("code that no way was found to", 20),
    ("aside", "undecided"): ("a value behind a table that was not read", 1),
}


def edges(bench, option, path):
    text = subprocess.run([bench, option, path], capture_output=True, text=True, check=True).stdout
    return {line.split(" ")[0]: line.split(" ")[2:4] for line in text.splitlines()}


def main():
    bench, failed, seen = sys.argv[1], False, 0
    for path in filter(lambda p: pathlib.Path(p).exists(), sys.argv[2:]):
        quick, whole = edges(bench, "--list", path), edges(bench, "--forwards", path)
        failed |= quick.keys() != whole.keys()
        pairs = collections.Counter((whole[a][0], quick[a][0]) for a in quick if a in whole and whole[a] != quick[a])
        print(f"{path}: {len(quick)} branches")
        for pair, n in sorted(pairs.items()):
            name, most = CLASSES.get(pair, ("UNEXPECTED", 0))
            bad = name == "UNEXPECTED" or n > len(quick) * most / 1000 + 5
            print(f"  {' -> '.join(pair)}: {n}, {name}{' TOO MANY' if bad else ''}")
            failed |= bad
        seen += len(quick)
    if seen == 0:
        print("skipped: no file to read")
        sys.exit(77)
    sys.exit(1 if failed else 0)


main()
