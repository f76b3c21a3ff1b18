#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""The guide's samples as they stand in the guide, through `rustproof src`: each is found by the function that it
has, no text of it is kept here. What is expected was written by hand, from what the guide says of each.

  guide.py RUSTPROOF [GUIDE.md]      exit 77, and it says so, without the guide (GUIDE_MD names another place)
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve()
# what the guide's list of unsafe operations names without showing it
MISSING = "#[derive(Clone, Copy)] pub struct Global { field: usize }\n" \
          "static mut MUT_GLOBAL: Global = Global { field: 0 };\n" \
          "#[derive(Clone, Copy)] pub union Union { field: usize }\n"


def samples(text):
    return re.findall(r"^```rust\n(.*?)^```$", text, re.S | re.M)


def with_function(blocks, name):
    found = [b for b in blocks if re.search(rf"\bfn {name}\b", b)]
    assert len(found) == 1, f"{len(found)} samples of the guide have {name}"
    return found[0]


def one_function(sample, name):
    """From `fn NAME` to the brace that closes it, in the first column."""
    return re.search(rf"^(pub )?fn {name}\b.*?^}}\n", sample, re.S | re.M).group(0)


def judge(program, folder, source, *options):
    path = folder / "sample.rs"
    path.write_text(source)
    run = subprocess.run([program, "src", *options, "--format", "json", str(path)], capture_output=True, text=True)
    report = json.loads(run.stdout)
    return [r for t in report["targets"] for r in t["results"]]


def said(results, code, outcome):
    return [r for r in results if r["code"] == code and r["outcome"] == outcome]


def line_of(source, words):
    return next(i for i, line in enumerate(source.splitlines(), 1) if words in line)


def transmutes(program, folder, blocks):
    for name, words in [("add_two", "as if it had another signature"),
                        ("call_nonsecure_function", "non-secure world")]:
        source = with_function(blocks, name)
        found = said(judge(program, folder, source, "--select", "RP5144"), "RP5144", "finding")
        assert len(found) == 1, f"{name}: {len(found)} findings of RP5144"
        assert words in found[0]["text"], f"{name}: {found[0]['text']}"
        assert found[0]["where"]["line"] == line_of(source, "transmute::<"), f"{name}: {found[0]['where']}"


def scopes(program, folder, blocks):
    sample = with_function(blocks, "read_ptr_bad")
    good, bad = one_function(sample, "read_ptr"), one_function(sample, "read_ptr_bad")
    options = ["--strict", "--select", "RP5102,RP5103"]
    results = judge(program, folder, good, *options)
    for code in ["RP5102", "RP5103"]:
        assert said(results, code, "pass") and not said(results, code, "finding"), f"read_ptr: {results}"
    results = judge(program, folder, bad, *options)
    found = said(results, "RP5102", "finding")
    # the reason: the block is needed (so RP5103 passes), but a statement in it is not
    assert len(found) == 1 and "1 of the block's 2 statements" in found[0]["text"], f"read_ptr_bad: {results}"
    assert said(results, "RP5103", "pass") and not said(results, "RP5103", "finding"), f"read_ptr_bad: {results}"
    whole = said(judge(program, folder, sample, *options), "RP5102", "finding")
    start = sample[:sample.index(bad)].count("\n")
    lines = [r["where"]["line"] - start for r in whole]
    assert lines == [line_of(bad, "unsafe {")], f"read_ptr and read_ptr_bad: {whole}"


def counts(program, folder, source):
    """Kind of operation -> how many `main` has."""
    path = folder / "sample.rs"
    path.write_text(source)
    run = subprocess.run([program, "src", "--inventory", str(path)], capture_output=True, text=True)
    lines = run.stdout.splitlines()
    heads = next(line for line in lines if line.split()[:2] == ["deref", "call"]).split()
    cells = next(line for line in lines if "fn sample::main" in line).split()
    return {head: int(cell) for head, cell in zip(heads, cells) if cell != "."}


def patterns(program, folder, blocks):
    """The guide's list of unsafe operations: each is counted, under its own kind once its names are there."""
    source = with_function([b for b in blocks if "asm!" in b and "Union" in b], "main")
    alone = counts(program, folder, source)
    assert alone == {"deref": 1, "asm": 1, "maybe": 3, "blocks": 1}, alone
    whole = counts(program, folder, MISSING + source)
    assert whole == {"deref": 1, "static": 1, "union": 1, "asm": 1, "blocks": 1}, whole


def main():
    program = sys.argv[1]
    guide = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else os.environ.get(
        "GUIDE_MD", HERE.parents[3] / "shared/guide/rust-security-guide.md"))
    if not guide.is_file():
        print(f"skipped: the guide is not there ({guide})")
        return 77
    blocks = samples(guide.read_text())
    with tempfile.TemporaryDirectory() as work:
        folder = pathlib.Path(work)
        transmutes(program, folder, blocks)
        scopes(program, folder, blocks)
        patterns(program, folder, blocks)
    print("guide: two transmutes, three scopes and the list of operations are as expected")
    return 0


if __name__ == "__main__":
    sys.exit(main())
