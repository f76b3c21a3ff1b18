#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Unsafe functions, impls and traits beside what cargo-geiger's own library counts, on packages of Cargo's registry.

  geiger.py DUMP_DEFS BUILD_FOLDER [--packages N]

Both sides are places: file and line. A place that only one side has must have a reason that is one of REASONS, else the
test fails. Expressions are not compared: geiger counts all that stand in unsafe code, we count operations that are
unsafe. Needs cargo and its registry to build tests/rust/geiger; skipped without.
"""
import collections
import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
from crates import manifests  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
NAMES = """arrayvec bytes crossbeam-epoch crossbeam-utils futures-util hashbrown indexmap itoa libloading memchr memmap2
mio once_cell parking_lot_core ryu slab smallvec socket2 tokio zerocopy""".split()
REASONS = {
    "trait": "function of a trait, which geiger does not count",
    "macro": "written by a macro, which geiger does not expand",
    "unparsed": "in a file that geiger cannot parse: it counts nothing there",
    "test": "in tests: geiger knows #[test] and cfg(test) alone",
    "input": "in the input of a macro call, which geiger does not look into",
    "constant": "in the value of a constant, which we do not look into for items",
    "twice": "in a file that is two modules, under different conditions: each counts",
    "file": "in a file that is no module of the library or the program",
}
KINDS = {"fn": "fn", "method": "fn", "trait-fn": "fn", "impl": "impl", "trait": "trait"}


def ours(dump, root, year):
    run = subprocess.run([dump, root, year], capture_output=True, text=True, errors="replace", timeout=100)
    files, found = set(), collections.Counter()
    marks = {}
    for line in run.stdout.splitlines():
        kind, path, *rest = line.split("\t")
        if kind == "file":
            files.add(path)
        else:
            place = (kind, path, int(rest[0]))
            found[place] += 1
            marks[place] = rest[1]
    return files, found, marks


def theirs(program, files):
    run = subprocess.run([program], input="\n".join(sorted(files)), capture_output=True, text=True, timeout=100)
    found, sums, unparsed, out, constant = collections.Counter(), [0] * 5, set(), set(), set()
    path, attributes = None, 0
    for line in run.stdout.splitlines():
        head, *cells = line.split("\t")
        if head:
            path = head
            if cells == ["-"]:
                unparsed.add(path)
            else:
                sums = [a + int(b) for a, b in zip(sums, cells)]
        elif cells[1] == "attr":
            attributes += 1
        elif cells[1].rstrip("!~") in KINDS:
            place = (KINDS[cells[1].rstrip("!~")], path, int(cells[0]))
            if "~" in cells[1]:
                constant.add(place)
            if "!" in cells[1]:
                out.add(place)
            else:
                found[place] += 1
    return found, sums, unparsed, out, constant, attributes


def why_ours(place, marks, unparsed, out, geiger):
    if place in geiger:
        return "twice"
    if "macro" in marks:
        return "macro"
    if place[1] in unparsed:
        return "unparsed"
    if "input" in marks:
        return "input"
    return "trait" if "trait" in marks or place in out else None


def compare(dump, program, folder, year):
    files, mine, marks = set(), collections.Counter(), {}
    for root in [folder / "src/lib.rs", folder / "src/main.rs"]:
        if root.exists():
            more, found, told = ours(dump, str(root), year)
            files |= more
            mine |= found
            marks.update(told)
    everything = {str(p) for p in (folder / "src").rglob("*.rs")}
    geiger, sums, unparsed, out, constant, attributes = theirs(program, everything)
    reasons, unknown = collections.Counter(), []
    for place in mine - geiger:
        if "test" in marks[place]:
            continue
        reason = why_ours(place, marks[place], unparsed, out, geiger)
        reasons[reason] += (mine - geiger)[place]
        unknown += [("we", place)] * (reason is None)
    for place in geiger - mine:
        reason = "file" if place[1] not in files else "constant" if place in constant else None
        reasons[reason] += (geiger - mine)[place]
        unknown += [("geiger", place)] * (reason is None)
    for place in set(geiger) & {p for p in mine if "test" in marks[p]}:
        reasons["test"] += 1
    assert sum(geiger.values()) == sum(sums[:4]) - attributes, "the places are not what geiger counts"
    total = sum(n for p, n in mine.items() if "test" not in marks[p])
    return total, sum(geiger.values()), reasons, unknown


def edition(text):
    match = re.search(r'(?m)^edition *= *"(\d+)"', text)
    return match.group(1) if match else "2015"


def version(manifest):
    return [int(n) for n in re.findall(r"\d+", manifest.parent.name.rpartition("-")[2])]


def packages(limit):
    newest = {}
    for manifest in manifests():
        name = re.sub(r"-\d+\.\d.*$", "", manifest.parent.name)
        if name in NAMES:
            newest[name] = max(newest.get(name, manifest), manifest, key=version)
    return [newest[n] for n in NAMES if n in newest][:limit]


def build(folder):
    made = subprocess.run(["cargo", "build", "--release", "--quiet", "--locked", "--target-dir", folder / "geiger"],
                          cwd=HERE / "geiger", capture_output=True, text=True)
    if made.returncode != 0:
        print("skipped: tests/rust/geiger does not build:", made.stderr.strip().split("\n")[-1])
        sys.exit(77)
    return folder / "geiger/release/geiger_counts"


def main():
    limit = int(sys.argv[sys.argv.index("--packages") + 1]) if "--packages" in sys.argv else len(NAMES)
    found = packages(limit)
    if not found or not shutil.which("cargo"):
        print("skipped: none of the packages on this machine, or no cargo\n0 passed, 0 failed, 1 skipped")
        return 77
    program = build(pathlib.Path(sys.argv[2]).resolve())
    failed, sums = 0, collections.Counter()
    for manifest in found:
        text = manifest.read_text(errors="replace")
        mine, geiger, reasons, unknown = compare(sys.argv[1], program, manifest.parent, edition(text))
        sums.update(reasons)
        failed += bool(unknown)
        cells = ", ".join(f"{n} {k}" for k, n in sorted(reasons.items(), key=str))
        print(f"| {manifest.parent.name} | {mine} | {geiger} | {cells} |")
        for side, place in unknown:
            print(f"FAILED: {side} alone: {' '.join(map(str, place))}")
    for key, n in sums.most_common():
        print(f"{n} {key}: {REASONS.get(key, 'without a reason')}")
    print(f"{len(found) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
