#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Syntax of the newest edition and nightly beside rustc's parser: generators, unsafe fields and binders, default
values of fields, guard patterns, precise captures, const traits, pinned borrows, contracts, `.use`, never patterns,
`super let`, frontmatter, and texts that are no Rust.

  syntax.py DUMP_RUST

What rustc's parser accepts we must accept. What it refuses we may accept (docs/internals/rust.md, "Superset"), but no
more than a third of it. Skipped without a rustc that takes `-Zparse-crate-root-only`.
"""
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
from unstable import unstable  # noqa: E402

RUSTC, ENVIRONMENT = unstable("rustc")
CASES = pathlib.Path(__file__).with_name("syntax_cases.txt")


def by_rustc(path, year):
    run = subprocess.run([*RUSTC, "-Zparse-crate-root-only", "--edition", year, "--crate-type=lib", str(path)],
                         capture_output=True, text=True, env=ENVIRONMENT)
    return run.returncode == 0


def by_us(program, paths, year):
    run = subprocess.run([program, "--list"], input="".join(f"{year}\t{path}\n" for path in paths),
                         capture_output=True, text=True, check=True)
    return [line.rpartition("\t")[2] for line in run.stdout.splitlines()]


def main():
    if RUSTC is None:
        print("skipped: rustc is not installed")
        return 77
    texts = [line.replace("\\n", "\n") for line in CASES.read_text().splitlines() if not line.startswith("# ")]
    failed = refused = wider = 0
    with tempfile.TemporaryDirectory() as folder:
        paths = [pathlib.Path(folder) / f"{i}.rs" for i in range(len(texts))]
        for path, text in zip(paths, texts):
            path.write_text(text + "\n")
        for path, text, said in zip(paths, texts, by_us(sys.argv[1], paths, "2024")):
            accepts = by_rustc(path, "2024")
            refused += not accepts
            wider += not accepts and said == "ok"
            if accepts and said != "ok":
                failed += 1
                print(f"rustc accepts {text!r}: {said}")
    print(f"{len(texts)} texts, {refused} refused by rustc, {wider} of them not by us, {failed} by us alone")
    return failed != 0 or wider * 3 > refused


if __name__ == "__main__":
    sys.exit(main())
