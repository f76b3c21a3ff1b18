#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Asks rustc what it makes of tests/unit/rust_macro_cases.inc: -Ztrace-macros prints every expansion.

  macros.py SOURCE_ROOT

Each case is a program of its own. What rustc says `m!` becomes must be what the case says, but for white space and the
marks around fragments; where the case says that no rule fits rustc must say so; where it says error rustc must
stop with another one. Exit 77 without rustc.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
from unstable import unstable  # noqa: E402

RUSTC, ENVIRONMENT = unstable("rustc")
MADE = re.compile(r'\{"((?:[^"\\]|\\.)*)", "([^"]*)"\},$')
CASE = re.compile(r'^\{"((?:[^"\\]|\\.)*)", "((?:[^"\\]|\\.)*)", (?:"((?:[^"\\]|\\.)*)"|(NULL))\},$')
TO = re.compile(r"= note: to `(.*?)`\n", re.S)


def unescape(text):
    return text.replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\")


def compile_with(folder, text, *flags):
    source = folder / "case.rs"
    source.write_text('#![crate_type = "lib"]\n' + text)
    return subprocess.run([*RUSTC, *flags, "--edition", "2021", "--emit", "metadata",
                           "-o", str(folder / "out"), str(source)], capture_output=True, text=True,
                          env=ENVIRONMENT)


def ask(folder, rules, given):
    alone = compile_with(folder, f"macro_rules! m {{ {rules} }}\n")
    if alone.returncode != 0:  # it is expanded none the less
        return f"error: {alone.stderr[:300]}"
    run = compile_with(folder, f"macro_rules! m {{ {rules} }}\nm! {{ {given} }}\n", "-Ztrace-macros")
    said = TO.search(run.stderr)
    if said:
        return said.group(1)
    none = re.search(r"error: (no rules expected|unexpected end of macro invocation)", run.stderr)
    return "-" if none else f"error: {run.stderr[:300]}"


def squeezed(text):
    return re.sub(r"[\s‹›]", "", text)


def agrees(want, said):
    if want is None:
        return said.startswith("error: ")
    if want == "-":
        return said == "-"
    return not said.startswith("error: ") and squeezed(want) == squeezed(said)


def main():
    if RUSTC is None:
        print("skipped: rustc is not installed")
        return 77
    lines = (pathlib.Path(sys.argv[1]) / "tests/unit/rust_macro_cases.inc").read_text().splitlines()
    cases = [m.groups() for m in map(CASE.match, lines) if m]
    if len(cases) != sum(line.startswith("{") for line in lines) or not cases:
        print("cases that are not one line each")
        return 1
    lines = (pathlib.Path(sys.argv[1]) / "tests/unit/rust_made_cases.inc").read_text().splitlines()
    made = [m.groups() for m in map(MADE.match, lines) if m]
    if len(made) != sum(line.startswith("{") for line in lines) or not made:
        print("made cases that are not one line each")
        return 1
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for rules, given, want, _ in cases:
            want = unescape(want) if want is not None else None
            said = ask(pathlib.Path(folder), unescape(rules), unescape(given))
            if not agrees(want, said):
                failed += 1
                print(f"{{{rules}}} of {{{given}}}:\n  we say    {want}\n  rustc says {said}")
    for text, _ in made:
        with tempfile.TemporaryDirectory() as folder:
            run = compile_with(pathlib.Path(folder), unescape(text))
            failed += run.returncode != 0
            print(f"{text}: {run.stderr[:300]}\n" if run.returncode != 0 else "", end="")
    print(f"{len(cases)} + {len(made)} cases, {failed} where rustc says otherwise")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
