#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Precision of what is shown by default, from findings that a person read.

  precision.py RUSTPROOF FOLDER [LABELS] [--draw N]

LABELS (precision.csv beside this script) has one finding a line: which draw it belongs to, code, package, file, line,
true, false or debatable, and why; --draw takes one draw of them. FOLDER holds the packages, as a registry cache does.
Each rule gets two groups of numbers: what the
sample had when it was drawn, and what of it the program still says. Precision is true of true and false; debatable
ones are counted apart. What a later version says beside the sample is not in it: draw a new one from time to time.
Exit 77 without packages.
"""
import argparse
import collections
import csv
import pathlib
import sys

import measure

LABELS = ["true", "debatable", "false"]


def share(counts):
    judged = counts["true"] + counts["false"]
    return f"{100 * counts['true'] / judged:.0f} %" if judged else ""


def row(code, then, now):
    cells = [code, *(str(then[k]) for k in LABELS), share(then), *(str(now[k]) for k in LABELS), share(now)]
    print("| " + " | ".join(cells) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=lambda p: str(pathlib.Path(p).resolve()))
    parser.add_argument("folder", type=pathlib.Path)
    labels = pathlib.Path(__file__).with_name("precision.csv")
    parser.add_argument("labels", type=pathlib.Path, nargs="?", default=labels)
    parser.add_argument("--draw", help="only of this draw")
    args = parser.parse_args()
    program, folder = args.program, args.folder
    rows = [r for r in csv.DictReader(args.labels.open()) if (folder / r["package"]).is_dir()]
    rows = [r for r in rows if args.draw in (None, r["draw"])]
    if not rows:
        print("skipped: none of the packages is in the folder")
        return 77
    codes = sorted({r["code"] for r in rows})
    said = {p: measure.judge(program, folder, p, codes, False) for p in sorted({r["package"] for r in rows})}
    then, now = collections.defaultdict(collections.Counter), collections.defaultdict(collections.Counter)
    for r in rows:
        places = {(f.code, f.file, str(f.first)) for f in said[r["package"]] or []}
        then[r["code"]][r["label"]] += 1
        now[r["code"]][r["label"]] += (r["code"], r["file"], r["line"]) in places
    print("| rule | true | debatable | false | precision | still true | debatable | false | precision |")
    print("|" + "---|" * 9)
    for code in codes:
        row(code, then[code], now[code])
    row("all", sum(then.values(), collections.Counter()), sum(now.values(), collections.Counter()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
