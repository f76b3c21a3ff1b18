#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Trees beside syn's: how many nodes of sixteen kinds each file has, on the files that corpus.py
reads without --all. Needs cargo and its registry to build bench/rust_peers; skipped without. Files
of which syn keeps a part as bare tokens are left out. Usage: syn.py DUMP_RUST BUILD_FOLDER"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

import corpus

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# ours, in the order of count.rs
KINDS = [["FN"], ["METHOD_CALL"], ["unsafe"], ["BINARY", "ASSIGN"], ["CLOSURE"], ["MATCH"], ["CALL"],
         ["MACRO_CALL"], ["DEREF"], ["INDEX"], ["CAST"], ["FIELD_EXPR"], ["STRUCT_EXPR"], ["LET"],
         ["IMPL"], ["ARM"]]


def ours(line):
    path, text = line.split("\t")
    if text == "-":
        return path, None
    found = dict(x.split("=") for x in text.split())
    return path, [sum(int(found.get(k, 0)) for k in kinds) for kinds in KINDS]


def main():
    dump, build = sys.argv[1], pathlib.Path(sys.argv[2]) / "rust_peers"
    files = corpus.collect(corpus.default_folders(), False)
    if not files or not shutil.which("cargo"):
        print("skipped: no crates on this machine, or no cargo")
        return 77
    made = subprocess.run(["cargo", "build", "--release", "--bin", "count", "--target-dir", build],
                          cwd=ROOT / "bench/rust_peers", capture_output=True, text=True)
    if made.returncode != 0:
        print("skipped: bench/rust_peers does not build:", made.stderr.strip().split("\n")[-1])
        return 77
    with tempfile.NamedTemporaryFile("w", suffix=".list") as listing:
        listing.write("".join(f"{e}\t{p}\n" for e, p in files))
        listing.flush()
        theirs = subprocess.run([build / "release/count", listing.name], capture_output=True,
                                text=True, check=True).stdout.split("\n")
        listing.seek(0)
        mine = subprocess.run([dump, "--count"], input=pathlib.Path(listing.name).read_text(),
                              capture_output=True, text=True, check=True).stdout.split("\n")
    return judge(dict(ours(x) for x in mine if x), theirs[0].split(), [x for x in theirs[1:] if x])


def judge(known, names, theirs):
    passed = failed = skipped = nodes = 0
    for line in theirs:
        path, text = line.split("\t")
        counts = None if text == "-" else [int(x) for x in text.split()]
        if counts is None or counts[-1] != 0 or known[path] is None:
            skipped += 1
            continue
        nodes += sum(counts)
        differ = [f"{n}: ours {a}, syn's {b}" for n, a, b in zip(names, known[path], counts) if a != b]
        passed += not differ
        failed += bool(differ)
        if differ:
            print(f"FAIL {path}: {'; '.join(differ)}")
    print(f"{nodes} nodes compared; left out: {skipped} files that syn does not parse as a whole")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
