# SPDX-License-Identifier: MIT OR Apache-2.0
"""Our own table of advisories on Rust itself: each row can be read and says where it was read again or that it
was not, and where RustSec's database speaks of the same one both say the same.
Usage: test_toolchain.py PROBE TABLE.inc TABLE.c DATABASE"""
import pathlib
import re
import subprocess
import sys

PROBE, TABLE, LOADER, DB = sys.argv[1], *map(pathlib.Path, sys.argv[2:5])
FIELDS = ("package", "id", "alias", "date", "title", "vector", "unaffected", "patched", "system", "functions",
          "url", "read_again")
REQUIREMENT = re.compile(r"(>=|<|>|<=|=|\^|~)? ?\d+\.\d+\.\d+(, .+)?$")
faults, checks = [], 0


def expect(what, good):
    global checks
    checks += 1
    if not good:
        faults.append(what)


def rows():
    text = re.sub(r"/\*.*?\*/", "", TABLE.read_text(), flags=re.S)
    for row in re.findall(r"\{(.*?)\},\n", text, re.S):
        parts = [re.sub(r'"\s+"', "", part) for part in re.findall(r'"(?:[^"\\]|\\.)*"(?:\s+"(?:[^"\\]|\\.)*")*', row)]
        yield dict(zip(FIELDS, (p[1:-1] for p in parts))), len(parts)


def database():
    """id or alias -> (package, patched, unaffected) of the folder rust/; the newest date."""
    known, newest = {}, ""
    for path in DB.glob("rust/*/*.md"):
        text = re.search(r"```toml\n(.*?)```", path.read_text(), re.S)[1]
        one = {k: v for k, v in re.findall(r'^(\w+) = (.*)$', text, re.M)}
        strings = {k: re.findall(r'"([^"]*)"', v) for k, v in one.items()}
        newest = max(newest, strings["date"][0])
        for name in strings["id"] + strings.get("aliases", []):
            known[name] = (path.parent.name, strings.get("patched", []), strings.get("unaffected", []))
    return known, newest


def main():
    if not (DB / "rust").is_dir():
        print(f"skipped: no database at {DB}")
        return 77
    known, newest = database()
    expect("the database has a folder rust/", len(known) >= 20)
    table, both = list(rows()), 0
    dates = [r["date"] for r, _ in table]
    expect("rows are found", len(table) >= 11)
    for row, n in table:
        name = row.get("id", "?")
        expect(f"{name}: {n} fields", n == len(FIELDS))
        expect(f"{name}: package", row["package"] in ("std", "cargo", "rustc", "rustdoc"))
        expect(f"{name}: id", re.fullmatch(r"CVE-\d{4}-\d{4,}", name))
        expect(f"{name}: alias", row["alias"] == "" or re.fullmatch(r"GHSA(-[0-9a-z]{4}){3}", row["alias"]))
        expect(f"{name}: versions", REQUIREMENT.match(row["patched"]) and
               (row["unaffected"] == "" or REQUIREMENT.match(row["unaffected"])))
        expect(f"{name}: where it was read", row["read_again"] in
               ("", "announcement", "CVE record", "announcement, CVE record", "CVE record, Cargo's change log"))
        if row["vector"]:
            score = subprocess.run([PROBE, "cvss"], input=row["vector"] + "\n", capture_output=True, text=True).stdout
            expect(f"{name}: vector", re.match(r"\d+ \w+", score))
        for alias in filter(None, (name, row["alias"])):
            if alias in known:
                both += 1
                want = (row["package"], [row["patched"]], [row["unaffected"]] if row["unaffected"] else [])
                expect(f"{alias}: the database says {known[alias]}", known[alias] == want)
        expect(f"{name}: the database holds it, and its folder goes further", name in known or row["date"] > newest or
               row["package"] == "rustc")
    expect("rows are in the order of their dates", dates == sorted(dates))
    expect("the date of the table is its newest row's", f'RP_STR("{max(dates)}")' in LOADER.read_text())
    expect("ids are different", len({r["id"] for r, _ in table}) == len(table))
    print("\n".join(faults))
    print(f"{len(table)} rows, {both} also in the database, whose newest is of {newest}")
    print(f"{checks - len(faults)} passed, {len(faults)} failed")
    return 1 if faults else 0


sys.exit(main())
