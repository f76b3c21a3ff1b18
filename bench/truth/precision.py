#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Precision of what is shown by default, from findings that a person read.

  precision.py RUSTPROOF FOLDER [LABELS]

LABELS (precision.csv beside this script) has one finding a line: code, package, file, line, true, false or
debatable, and why. FOLDER holds the packages, as a registry cache does. Each rule gets two groups of numbers: what the
sample had when it was drawn, and what of it the program still says. Precision is true of true and false; debatable
ones are counted apart. What a later version says beside the sample is not in it: draw a new one from time to time.
Exit 77 without packages.
"""
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


def main(argv):
    program, folder = str(pathlib.Path(argv[1]).resolve()), pathlib.Path(argv[2])
    labels = pathlib.Path(argv[3]) if len(argv) > 3 else pathlib.Path(__file__).with_name("precision.csv")
    rows = [r for r in csv.DictReader(labels.open()) if (folder / r["package"]).is_dir()]
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
    sys.exit(main(sys.argv))
