#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Draws findings to be read and labelled by hand: what precision.csv is made of.

  draw.py RUSTPROOF FOLDER [--seed N] [--codes RP51 …] [--packages N] [--unseen [FOLDER]] [--of-rule 9]
          [--of-package 3] [--draw N]

FOLDER has packages (NAME-VERSION); of each name the newest is taken, and of these --packages by chance (all by
default). What is shown by default is shuffled with the seed; then a finding is taken while its rule has less than
--of-rule and its package less than --of-package of that rule. The same folder, program and seed give the same
rows. It prints them with empty labels (true, debatable, false) and reasons; precision.py counts them once they
are filled in. Places that precision.csv has are left out, so that samples can be put together: --draw numbers the
rows of this one; --unseen leaves out whole packages that have a label, in any version, or are in another folder.
Exit 77 without packages.
"""
import argparse
import collections
import csv
import os
import pathlib
import random
import sys

import measure

KNOWN = pathlib.Path(__file__).with_name("precision.csv")


def newest(folder):
    return measure.popular([p.parent for p in folder.glob("*/Cargo.toml")], sys.maxsize)


def labelled():
    return {(r["package"], r["code"], r["file"], r["line"]) for r in csv.DictReader(KNOWN.open())}


def labelled_names():
    return {measure.name_of(r["package"]) for r in csv.DictReader(KNOWN.open())}


def findings(program, packages, codes):
    for package in packages:
        for f in measure.judge(program, package.parent, package.name, codes, False) or []:
            yield package.name, f.code, f.file, str(f.first)


def draw(found, chance, of_rule, of_package):
    rules, pairs = collections.Counter(), collections.Counter()
    found = sorted(set(found))
    chance.shuffle(found)
    for place in found:
        package, code = place[:2]
        if rules[code] < of_rule and pairs[package, code] < of_package:
            rules[code] += 1
            pairs[package, code] += 1
            yield place


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=lambda p: str(pathlib.Path(p).resolve()))
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--codes", nargs="+", default=["RP511", "RP512", "RP513", "RP514", "RP515", "RP516"])
    parser.add_argument("--packages", type=int, default=0)
    parser.add_argument("--unseen", type=pathlib.Path, nargs="?", const=pathlib.Path(os.devnull), metavar="FOLDER",
                        help="leave out names that precision.csv or this folder has")
    parser.add_argument("--of-rule", type=int, default=9)
    parser.add_argument("--of-package", type=int, default=3)
    parser.add_argument("--draw", type=int, default=1, help="number of the sample")
    args = parser.parse_args()
    packages, chance = newest(args.folder), random.Random(args.seed)
    if not packages:
        print("skipped: no packages in the folder")
        return 77
    if args.unseen is not None:
        seen = labelled_names() | {measure.name_of(p.parent.name) for p in args.unseen.glob("*/Cargo.toml")}
        packages = [p for p in packages if measure.name_of(p.name) not in seen]
    if 0 < args.packages < len(packages):
        packages = sorted(chance.sample(packages, args.packages))
    known = labelled()
    codes = measure.known_codes(args.program, args.codes)
    found = [f for f in findings(args.program, packages, codes) if f not in known]
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["draw", "code", "package", "file", "line", "label", "reason"])
    drawn = draw(found, chance, args.of_rule, args.of_package)
    for package, code, file, line in sorted(drawn, key=lambda place: (place[1], place)):
        out.writerow([args.draw, code, package, file, line, "", ""])
    return 0


if __name__ == "__main__":
    sys.exit(main())
