#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Measures rules for Rust source against labelled bugs: what is found, at which confidence, and how much else is said.

  measure.py RUSTPROOF FOLDER [--class NAME …] [--misses] [--findings FILE]
  measure.py RUSTPROOF FOLDER --density [CODES] [--popular N]

FOLDER is what fetch.py filled: packages and pairs.json. A hit is a finding of one of the codes of the label's
class whose lines meet the labelled lines in the vulnerable version, or that is in a function which begins on them; it
is `gone` when the fixed version, where there is one, has none that says the same of the same item. Labels whose lines
in the package are about something else are counted apart, as displaced. --misses prints the labels without a hit.
--findings writes every finding of those codes as a table. --density counts the findings that are shown by default, per
thousand lines, over any folder of packages; with --popular over the N packages whose names most others of it depend
on, the newest version of each. Exit 77 without FOLDER.
"""
import argparse
import collections
import json
import pathlib
import re
import subprocess
import sys
import tomllib

# analyzer and class of the table -> the codes (or their beginnings) that answer for it
CLASSES = {
    ("SendSyncVariance", "SendSyncVariance"): ["RP5111", "RP5112", "RP5113", "RP5114"],
    ("UnsafeDataflow", "UninitExposure"): ["RP512", "RP513"],
    ("UnsafeDataflow", "PanicSafety"): ["RP512", "RP513"],
    ("UnsafeDataflow", "HigherOrderInvariant"): ["RP512", "RP513", "RP5158"],
    ("UnsafeDataflow", "Other"): ["RP512", "RP513", "RP5141", "RP5142"],
}
# what a label of the analyzer's class is about: a label on lines without it is of another text than the package's
ABOUT = {"SendSyncVariance": r"\bimpl\b", "UnsafeDataflow": r"\bfn\b"}
LEVELS = ["confirmed", "likely", "review"]
WORDS = {"the pattern itself is the mistake": "confirmed", "wrong unless": "likely", "to review": "review"}

Finding = collections.namedtuple("Finding", "code file first last item level text")


def level_of(result):
    said = " ".join(e["text"] for e in result["evidence"])
    return next((level for words, level in WORDS.items() if words in said), "likely")


def finding(result):
    lines = re.search(r"sed -n '(\d+),(\d+)p'", result["verify"] or "")
    first = result["where"]["line"]
    last = int(lines.group(2)) if lines else first
    item = (result["subject"] or "").split("\n")[0]
    return Finding(result["code"], result["where"]["file"], first, last, item, level_of(result), result["text"])


def written_by_macro(result):
    """The finding once more where the definition of a macro has what is wrong."""
    for said in result["evidence"]:
        match = re.match(r"(.+?):(\d+):\d+: the macro `.*` wrote it, here", said["text"])
        if match:
            line = int(match.group(2))
            yield finding(result)._replace(file=match.group(1), first=line, last=line)


def judge(program, folder, name, codes, strict):
    """The findings of one package, file names relative to it; None when it could not be read."""
    command = [program, "src", "--select", ",".join(codes), "--format", "json", name]
    command[2:2] = ["--strict"] if strict else []
    try:
        run = subprocess.run(command, cwd=folder, capture_output=True, timeout=120)
        report = json.loads(run.stdout)
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return None
    results = [r for t in report["targets"] for r in t["results"] if r["outcome"] == "finding"]
    found = [finding(r) for r in results]
    if strict:  # what a macro wrote is placed at the call; labels are about the definition
        found += [at for r in results for at in written_by_macro(r)]
    return [f._replace(file=f.file.removeprefix(name + "/")) for f in sorted(set(found))]


def lines_of(folder):
    return sum(f.read_bytes().count(b"\n") for f in folder.rglob("*.rs") if f.is_file())


def label(row):
    match = re.fullmatch(r"(.+?):(\d+):\d+-(\d+):\d+", row["location"])
    return (match.group(1), int(match.group(2)), int(match.group(3))) if match else None


def starts(lines, finding):
    """The line on which the function of a finding begins, by its name; the finding's own where it is not seen."""
    name = re.escape(finding.item.rpartition("::")[2])
    above = [n for n in range(min(finding.first, len(lines)), 0, -1) if re.search(rf"\bfn\s+{name}\b", lines[n - 1])]
    return above[0] if name and above else finding.first


def hits(found, place, lines=()):
    """Findings on the labelled lines, or in a function that begins on them."""
    file, first, last = place
    here = [f for f in found or [] if f.file == file]
    return [f for f in here if f.first <= last and first <= f.last or first <= starts(lines, f) <= last]


def known_codes(program, wanted):
    report = subprocess.run([program, "list", "--format", "json"], capture_output=True, text=True).stdout
    return [c for c in sorted(set(re.findall(r"RP\d{4}", report))) if c.startswith(tuple(wanted))]


def table(rows):
    heads = ["class", "labels", "displaced", "found", *LEVELS, "recall", "pairs found", "gone in the fixed one"]
    print("| " + " | ".join(heads) + " |\n|" + "---|" * len(heads))
    for name, r in rows:
        share = f"{100 * r['found'] / r['labels']:.1f} %" if r["labels"] else ""
        counts = [r[key] for key in ["labels", "displaced", "found", *LEVELS]]
        print("| " + " | ".join(map(str, [name, *counts, share, r["pairs"], r["gone"]])) + " |")


class Truth:
    def __init__(self, program, folder):
        self.program, self.folder, self.cache = program, folder, {}

    def findings(self, name, codes):
        if name not in self.cache:
            self.cache[name] = judge(self.program, self.folder, name, codes, True)
        return self.cache[name]

    def displaced(self, row, place):
        lines = (self.folder / row["bad"] / place[0]).read_text(errors="replace").splitlines()
        return not re.search(ABOUT.get(row["analyzer"], ""), "\n".join(lines[place[1] - 1:place[2]]))

    def row(self, row, codes, all_codes, sums, misses):
        place = label(row)
        found = [f for f in self.findings(row["bad"], all_codes) or [] if f.code in codes]
        lines = (self.folder / row["bad"] / place[0]).read_text(errors="replace").splitlines()
        here = hits(found, place, lines)
        if not here and self.displaced(row, place):
            sums["displaced"] += 1
            return
        sums["labels"] += 1
        if not here:
            misses.append(f"{row['bad']}: {row['location']} {row['class']}")
            return
        sums["found"] += 1
        sums[min((f.level for f in here), key=LEVELS.index)] += 1
        if row["good"]:
            still = {(f.code, f.item, f.text) for f in self.findings(row["good"], all_codes) or []}
            sums["pairs"] += 1
            sums["gone"] += not any((f.code, f.item, f.text) in still for f in here)


def recall(args):
    rows = [r for r in json.loads((args.folder / "pairs.json").read_text()) if r["bad"] and label(r)]
    rows = [r for r in rows if (args.folder / r["bad"] / label(r)[0]).is_file()]
    classes = {k: v for k, v in CLASSES.items() if not args.classes or k[1] in args.classes or k[0] in args.classes}
    all_codes = known_codes(args.program, [c for codes in classes.values() for c in codes])
    truth, sums, misses = Truth(args.program, args.folder), {}, []
    for row in rows:
        kind = (row["analyzer"], row["class"])
        if kind not in classes:
            continue
        codes = [c for c in all_codes if c.startswith(tuple(classes[kind]))]
        truth.row(row, codes, all_codes, sums.setdefault(kind, collections.Counter()), misses)
    table([("/".join(dict.fromkeys(kind)), r) for kind, r in sums.items()])
    if args.misses:
        print("\n".join(["", *misses]))
    if args.findings:
        lines = ["\t".join([name, *map(str, f)]) for name, found in truth.cache.items() for f in found or []]
        args.findings.write_text("\n".join(lines) + "\n")


def dependencies(package):
    try:
        manifest = tomllib.loads((package / "Cargo.toml").read_text())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return set()
    tables = [manifest, *manifest.get("target", {}).values()]
    rows = [d for t in tables for d in t.get("dependencies", {}).items()]
    return {row.get("package", name) if isinstance(row, dict) else name for name, row in rows}


def version_of(package):
    return [int(n) for n in re.findall(r"\d+", package.name.rpartition("-")[2])]


def name_of(package):
    """NAME of NAME-VERSION."""
    return re.sub(r"-\d+\.\d+\.\d+.*$", "", package)


def popular(packages, n):
    """The newest versions of the n names that most names of the folder depend on."""
    newest, users = {}, collections.defaultdict(set)
    for package in packages:
        name = name_of(package.name)
        if name not in newest or version_of(package) > version_of(newest[name]):
            newest[name] = package
        for dependency in dependencies(package):
            users[dependency].add(name)
    ranked = sorted(newest, key=lambda name: (-len(users[name]), name))
    return sorted(newest[name] for name in ranked[:n])


def density(args):
    """Findings that are shown without --strict."""
    codes = known_codes(args.program, args.density or ["RP51"])
    lines, counts, unread, said = 0, collections.Counter(), 0, []
    packages = sorted(p.parent for p in args.folder.glob("*/Cargo.toml"))
    for package in popular(packages, args.popular) if args.popular else packages:
        found = judge(args.program, args.folder, package.name, codes, False)
        unread += found is None
        lines += lines_of(package)
        counts.update(f.code for f in found or [])
        said += ["\t".join([package.name, *map(str, f)]) for f in found or []]
    total = sum(counts.values())
    print(f"{lines} lines, {total} findings, one per {lines // max(total, 1)} lines, "
          f"{1000 * total / max(lines, 1):.3f} per thousand; {unread} packages were not judged")
    for code, n in sorted(counts.items()):
        print(f"  {code} {n}")
    if args.findings:
        args.findings.write_text("\n".join(said) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=lambda p: str(pathlib.Path(p).resolve()))
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--class", dest="classes", action="append", help="class or analyzer of the table")
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--findings", type=pathlib.Path)
    parser.add_argument("--popular", type=int, metavar="N")
    parser.add_argument("--density", nargs="*", metavar="CODE")
    args = parser.parse_args()
    if not args.folder.is_dir() or (args.density is None and not (args.folder / "pairs.json").is_file()):
        print("skipped: no folder with packages and pairs.json (fetch.py makes one)")
        return 77
    if args.density is not None:
        density(args)
    else:
        recall(args)
    return 0


if __name__ == "__main__":
    sys.exit(main())
