#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""What `--by` splits adds up to the whole: for each check that counts code, the rows by crate, language and object on
the screen together are the covered and total of its JSON; whole and stripped.

  test_by.py RUSTPROOF
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE = """
use std::collections::BTreeMap;
fn main() {
    let v: Vec<i32> = std::env::args().map(|a| a.len() as i32).collect();
    let mut m = BTreeMap::new();
    for (i, x) in v.iter().enumerate() { m.insert(i.to_string(), x + 1); }
    println!("{:?} {:?}", m, &v[1..v.len() - 1]);
}
"""
LEAST = 5  # checks that count code


def run(*argv):
    return subprocess.run([str(a) for a in argv], capture_output=True, text=True).stdout


def counted(exe, path):
    """Check → (covered, total), by the JSON."""
    results = json.loads(run(exe, "--code", "--format", "json", path))["targets"][0]["results"]
    return {r["code"]: (r["coverage"]["covered"], r["coverage"]["total"]) for r in results if r.get("coverage")}


def shown(exe, path, by):
    """Check → the sum of its rows, by the screen."""
    sums, code, covers = {}, None, False
    for line in run(exe, "--code", "--show-suppressed", "--format", "full", "--by", by, path).splitlines():
        if match := re.match(r"\s+\S+.*?\b(RP\d{4}) ", line):
            code, covers = match[1], False
        elif line[:18].strip():  # a label: rows follow the first one without
            covers = line.strip().startswith("covers")
        if covers and (row := re.search(r" (\d+) of (\d+)$", line)):
            covered, total = sums.get(code, (0, 0))
            sums[code] = (covered + int(row[1]), total + int(row[2]))
    return sums


def main():
    exe = sys.argv[1]
    if not shutil.which("rustc"):
        print("skipped: rustc is not installed")
        sys.exit(77)
    faults, seen = [], 0
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        (work / "a.rs").write_text(SOURCE)
        subprocess.run(["rustc", "-O", "-o", work / "whole", work / "a.rs"], check=True)
        subprocess.run(["strip", work / "whole", "-o", work / "stripped"], check=True)
        for path in (work / "whole", work / "stripped"):
            wanted = {code: n for code, n in counted(exe, path).items() if n[1] != 0}
            for by in ("crate", "language", "object"):
                got = shown(exe, path, by)
                seen += len(wanted.keys() & got.keys())
                faults += [f"{path.name}, by {by}, {code}: rows are {got[code]} together, the whole is {wanted[code]}"
                           for code in sorted(wanted.keys() & got.keys()) if got[code] != wanted[code]]
    print("\n".join(faults))
    print(f"{seen} sums, {len(faults)} faults")
    sys.exit(bool(faults) or seen < LEAST)


main()
