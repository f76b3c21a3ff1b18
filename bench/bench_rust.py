#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Reading Rust beside syn, tree-sitter-rust, rust-analyzer's parser and rustc's, on the same files.

  bench_rust.py BENCH_RUST [--peers PROGRAM] [FOLDER…]     folders as for tests/rust/corpus.py

PROGRAM is bench/rust_peers, built with `cargo build --release`. rustc starts anew for each file, so
it parses the largest ones only, and what it takes for an empty file is subtracted. Prints Markdown.
"""
import argparse
import importlib.util
import os
import pathlib
import resource
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
LARGEST = 40


def corpus():
    spec = importlib.util.spec_from_file_location("corpus", ROOT / "tests/rust/corpus.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def cpu(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, capture_output=True, env={**os.environ, "RUSTC_BOOTSTRAP": "1"})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def rustc(files, scratch):
    def one(edition, path):
        return cpu(["rustc", "--edition", edition, "-Zparse-crate-root-only", "--crate-type", "lib",
                    "--cap-lints", "allow", path])
    empty = scratch / "empty.rs"
    empty.write_text("")
    start = min(one("2021", empty) for _ in range(5))
    return sum(max(0.0, one(e, p) - start) for e, p in files)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("--peers")
    parser.add_argument("folders", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    tools = corpus()
    files = tools.collect(options.folders or tools.default_folders(), False)
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        for title, chosen in (("all", files), ("largest", sorted(
                files, key=lambda f: -os.path.getsize(f[1]))[:LARGEST])):
            listing = scratch / "list"
            listing.write_text("".join(f"{e}\t{p}\n" for e, p in chosen))
            print(f"\n### The {len(chosen)} {'files' if title == 'all' else 'largest files'}\n")
            run = subprocess.run([options.bench, listing, "3"], capture_output=True, text=True,
                                 check=True)
            print("\n".join(f"- {x}" for x in run.stdout.replace("\t", ": ", ).splitlines()))
            for peer in ("syn", "tree-sitter", "rust-analyzer") if options.peers else ():
                out = subprocess.run([options.peers, peer, listing], capture_output=True, text=True)
                if out.returncode != 0:
                    print(f"- {peer}: ended with {out.returncode}: {out.stderr[-200:]}")
                    continue
                n, size, errors, seconds = out.stdout.split()
                print(f"- {peer}: {int(size) / 1e6 / float(seconds):.1f} MB/s "
                      f"({seconds} s, {errors} of {n} with errors)")
            if title == "largest":
                seconds = rustc(chosen, scratch)
                size = sum(os.path.getsize(p) for _, p in chosen)
                print(f"- rustc's parser: {size / 1e6 / seconds:.1f} MB/s ({seconds:.2f} s)")


main()
