#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""The matrix of mitigations in machine code: each on everywhere, partly, off and forced in the header alone; each of
these whole, stripped, and stripped without section headers. Which functions have the mitigation is counted by hand
(rows.py) and by llvm-objdump (oracle.py); we must name exactly the functions without, in every form.

  run.py RUSTPROOF [WORD …]   rows whose name or compiler holds all of the words
  run.py --check-table [--write]  whether docs/internals/coverage.md has the table that the rows make; makes it so
"""
import concurrent.futures
import functools
import itertools
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import build
import oracle
import rows

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/internals/coverage.md"
MANGLED = ("each.rs", "asserts.rs")
BEGIN, END = "<!-- made by tests/coverage/run.py --check-table --write -->\n", "<!-- end -->\n"


def names(row, prefix, which):
    return {f"{prefix}_{name}" for name in which}


def wanted(row, mode):
    """Names of the functions that count, and of those among them that have the mitigation."""
    counted = names(row, "a", row.counted) | names(row, "b", row.counted)
    has = {"everywhere": "ab", "partly": "a"}.get(mode, "")
    counted = counted.union(*[names(row, prefix, row.brings) for prefix in has])
    gets = set().union(*[names(row, prefix, row.gets or row.counted) for prefix in has])
    return counted, gets


class Cell:
    """One row in one mode: its program in three forms, and what must be said of it."""

    def __init__(self, row, mode, folder):
        self.row, self.mode, self.folder, self.faults = row, mode, folder, []
        self.counted, self.gets = wanted(row, mode)

    def build(self):
        path, objects = build.whole(self.row, self.mode, self.folder)
        self.forms = build.forms(path)
        self.names = oracle.addresses(path)
        if self.row.says:
            if oracle.declares(path, self.row.pattern) != (self.mode in self.row.says):
                self.faults.append("llvm-readobj disagrees with the mode")
        elif self.row.listed:
            if oracle.listed(path, self.row.listed) != self.gets:
                self.faults.append("llvm-readobj's table disagrees with the hand count")
        elif shown := oracle.showing(objects, self.row.pattern, self.counted) ^ self.gets:
            self.faults.append(f"llvm-objdump disagrees with the hand count: {sorted(shown)}")

    def compare_counts(self, form, facts):
        """A coverage, or a number that the facts keep at a path with dots."""
        if "." in self.row.field:
            got = functools.reduce(lambda node, name: node[name], self.row.field.split("."), facts)
            if got != len(self.gets):
                self.faults.append(f"{form}: {self.row.field} is {got}, and should be {len(self.gets)}")
            return
        said = facts["code"][self.row.field]
        outside = {self.names.get(p["function"], hex(p["function"])) for p in said["outside"]}
        got = (said["known"], said["covered"], said["total"], sorted(outside))
        want = ("yes", len(self.gets), len(self.counted), sorted(self.counted - self.gets))
        if got != want:
            self.faults.append(f"{form}: we count {got}, and should {want}")
        if self.row.source in MANGLED:
            self.compare_crates(form, said)

    def compare_crates(self, form, said):
        """Each half is a crate of its own, which its symbols name."""
        got = {row["name"].split()[0]: (row["covered"], row["total"]) for row in said["by_crate"]}
        want = {f"half{p}": tuple(sum(name[0] == p for name in names) for names in (self.gets, self.counted))
                for p in "ab"}
        if got != want:
            self.faults.append(f"{form}: by crate {got}, and should be {want}")

    def compare(self, form, facts, results):
        if self.row.field:
            self.compare_counts(form, facts)
        verdict = next((r for r in results if r["code"] == self.row.check), None)
        if verdict is None:
            return
        said = verdict["outcome"] + (f" {verdict['level']}" if verdict["outcome"] == "finding" else "")
        self.said = f"{said}: {verdict['text']}"
        expected = self.row.verdicts.get(self.mode)
        if expected == "pass" and facts["code"]["whole"] != "yes":
            # functions may be missing, so all of those found are no proof: what is left is the header's word
            expected = "pass" if self.row.forced or self.row.declared else "unknown"
        if expected and said != expected:
            self.faults.append(f"{form}: {self.row.check} {self.said}; expected {expected}")


def possible(row, mode):
    return mode not in row.lacks and (mode != "forced" or bool(row.forced))


def make_cells(chosen, folder):
    cells = []
    for number, row in enumerate(chosen):
        for mode in rows.MODES:
            if possible(row, mode):
                cells.append(Cell(row, mode, folder / str(number) / mode))
    return cells


def audit(rustproof, command, cells):
    """What we say of each form of each cell, by path."""
    paths = [str(path) for cell in cells for path in cell.forms.values()]
    if not paths:
        return {}
    out = subprocess.run([rustproof, *command, *paths], capture_output=True, text=True).stdout
    return {target["path"]: target for target in json.loads(out)["targets"]}


def attempt(cells):
    for cell in cells:
        try:
            cell.build()
        except (RuntimeError, OSError, KeyError) as error:
            cell.forms = {}
            cell.faults.append(f"cannot be built: {error}")


def count(row, mode):
    """What the table says of the mode; empty: neither a program nor a reason why there is none."""
    if not possible(row, mode):
        return row.lacks.get(mode) or row.unforced
    if not row.field:
        return "said" if mode in row.says else "not said"
    counted, gets = wanted(row, mode)
    return f"{len(gets)}/{len(counted)}"


def table():
    lines = ["| mitigation | compiler, machine | everywhere | partly | off | forced in the header | verdict |",
             "|---|---|---|---|---|---|---|"]
    for row in rows.ROWS:
        cells = [row.name, row.by, *(count(row, mode) for mode in rows.MODES), row.check or "–"]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n\n" + absences()


def absences():
    """What has no row, and why."""
    lines = ["| without a row | machine | why |", "|---|---|---|"]
    have = {(rows.mitigation_of(row), rows.machine_of(row)) for row in rows.ROWS}
    for name, machines in rows.MITIGATIONS.items():
        missing = [machine for machine in machines if (name, machine) not in have]
        for why in dict.fromkeys(rows.reason(name, machine) for machine in missing):
            of = ", ".join(machine for machine in missing if rows.reason(name, machine) == why)
            lines.append(f"| {name} | {of} | {why} |")
    return "\n".join(lines) + "\n"


def gaps():
    """Cells of the matrix without a test and without a reason."""
    empty = [f"{row.name}, {row.by}, {mode}: no program and no reason" for row in rows.ROWS for mode in rows.MODES
             if not count(row, mode)]
    return [*rows.unfilled(), *empty]


def check_table():
    """Whether every mitigation has its cells, and the page says what the rows say."""
    if missing := gaps():
        print("\n".join(missing))
        return 1
    text = PAGE.read_text()
    head, _, rest = text.partition(BEGIN)
    said, _, tail = rest.partition(END)
    if said == table():
        print("1 passed, 0 failed, 0 skipped")
        return 0
    if "--write" in sys.argv:
        PAGE.write_text(head + BEGIN + table() + END + tail)
        return 0
    print(f"{PAGE.name} is not what tests/coverage/rows.py says: run tests/coverage/run.py --check-table --write")
    return 1


def main(argv):
    if argv[0] == "--check-table":
        return check_table()
    rustproof, words = argv[0], argv[1:]
    chosen = [row for row in rows.ROWS if all(word.lower() in f"{row.name} {row.by} ".lower() for word in words)]
    skipped = {row.by: build.missing(row) for row in chosen if build.missing(row)}
    with tempfile.TemporaryDirectory() as name:
        cells = make_cells([row for row in chosen if row.by not in skipped], pathlib.Path(name))
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            list(pool.map(attempt, (list(of_row) for _, of_row in itertools.groupby(cells, lambda c: id(c.row)))))
        facts = audit(rustproof, ["facts", "--code"], cells)
        verdicts = audit(rustproof, ["--code", "--format", "json"], cells)
        for cell in cells:
            for form, path in cell.forms.items():
                cell.compare(form, facts[str(path)]["facts"], verdicts[str(path)]["results"])
                if "--show" in sys.argv and form != "stripped":
                    print(f"  {cell.row.name}, {cell.row.by}, {cell.mode}, {form}: {getattr(cell, 'said', '')}")
    for by, tool in skipped.items():
        print(f"skipped: {by}: {tool} is not installed")
    for cell in cells:
        for fault in cell.faults:
            print(f"FAIL {cell.row.name}, {cell.row.by}, {cell.mode}: {fault}")
    failed = sum(bool(cell.faults) for cell in cells)
    print(f"{len(cells) - failed} passed, {failed} failed, {len(skipped)} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main([a for a in sys.argv[1:] if a != "--show"]))
