#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""The default screen is a screen: at most 40 lines, standard error included, for programs, folders and packages that
lie on the machine; and the columns of the fleet table are about checks that exist."""
import json
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SCREEN = 40
COMING = {"RP9101"}  # advisories: a column for the day when the check is there
FAILURES = []


def run(*args):
    return subprocess.run([PROGRAM, *args], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
                          text=True, errors="replace", env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"})


def screen(path, *args):
    for width in (80, 100, 132):
        text = run("bin", path, "--width", str(width), *args).stdout
        if not 3 <= len(text.splitlines()) <= SCREEN:
            FAILURES.append(f"{path} {args} at width {width}: {len(text.splitlines())} lines")
        for line in text.splitlines():
            copyable = re.match(r" +(= )?(verify|to verify)|^ {12,}|\bnote: |error: |hint: |^\d+ errors?, ", line)
            if len(line) > width and not copyable and " " in line.strip()[40:]:
                FAILURES.append(f"{path} at width {width}: {len(line)} columns: {line}")


def columns_of_the_fleet():
    known = {check["code"]: check for check in json.loads(run("list", "checks", "--format", "json").stdout)}
    text = (ROOT / "src/report/table.c").read_text()
    rows = re.findall(r'\{"([^"]+)", \{((?:"RP\d{4}"(?:, )?)+)\}\}', text)
    about = {"PIE": "pie", "NX": "nx-stack", "W^X": "wx-", "RELRO": "relro|data-const", "CFG": "control-flow-guard",
             "probes": "stack-clash", "IBT": "ibt", "SHSTK": "shstk|cet-compat", "BTI": "bti", "PAC": "pac|pauth",
             "ovf": "overflow-checks", "deps": "vulnerab"}
    if len(rows) != len(about):
        FAILURES.append(f"columns: {rows}")
    for title, codes in rows:
        for code in re.findall(r"RP\d{4}", codes):
            name = known[code]["name"] if code in known else None
            if name is None and code not in COMING or name is not None and not re.search(about[title], name):
                FAILURES.append(f"column {title}: {code} is {name}")


columns_of_the_fleet()
programs = [p for p in pathlib.Path("/usr/bin").iterdir() if p.is_file() and p.open("rb").read(4) == b"\x7fELF"]
programs.sort(key=lambda p: p.stat().st_size)
for place in (0, len(programs) // 2, -1):
    screen(programs[place], "--any-language")
screen(PROGRAM, "--any-language")
screen("/usr/bin")
screen("/usr/bin", "--any-language", "--only-rust")
with tempfile.TemporaryDirectory() as folder:
    for name, some in (("one", programs[:1]), ("few", programs[3:7]), ("many", programs[:30])):
        package = pathlib.Path(folder, f"{name}.tar.gz")
        with tarfile.open(package, "w:gz", compresslevel=1) as tar:
            for program in some:
                tar.add(program.resolve())
        screen(package)
for text in FAILURES:
    print(text)
print(f"{len(programs)} programs, {len(FAILURES)} failures")
sys.exit(bool(FAILURES) or (77 if not programs else 0))
