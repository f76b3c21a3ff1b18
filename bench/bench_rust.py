#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Reading Rust beside syn, tree-sitter-rust, rust-analyzer's parser and rustc's, on the same files;
names and rules beside clippy, on the same crates.

  bench_rust.py BENCH_RUST [--peers PROGRAM] [--rustproof PROGRAM] [FOLDER…]
                                                       folders as for tests/rust/corpus.py

The peers' program is bench/rust_peers, built with `cargo build --release`. rustc starts anew for each
file, so it parses the largest ones only, and what it takes for an empty file is subtracted. Clippy has
to build what a crate depends on, so it is held against crates that depend on none. Prints Markdown.
"""
import argparse
import hashlib
import importlib.util
import os
import pathlib
import re
import resource
import subprocess
import tempfile
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
LARGEST = 40
SAMPLE_BYTES = 100_000_000  # of packages that are read with all rules
ALONE = 30                  # crates that clippy reads, too


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


# ---- names and rules ----

def packages(folders):
    """Folders of packages, in an order that has nothing to do with what is in them."""
    found = {m.parent for folder in folders for m in folder.glob("*/Cargo.toml")}
    return sorted(found, key=lambda p: hashlib.sha256(p.name.encode()).hexdigest())


def size_of(folder):
    """Bytes and lines of the Rust files below a folder."""
    texts = [p.read_bytes() for p in folder.rglob("*.rs") if p.is_file()]
    return sum(map(len, texts)), sum(t.count(b"\n") for t in texts)


def src(program, folder, *flags):
    return cpu([program, "src", folder, "-j1", "--format", "jsonl", *flags])


def lines_read(rustproof, package):
    """Lines of the files that the modules of a package's crates name."""
    run = subprocess.run([rustproof, "src", package, "-j1", "--format", "jsonl", "--select", "RP5103"],
                         capture_output=True, text=True, errors="replace")
    return sum(int(next(iter(re.findall(r"\d+ files?, (\d+) lines?", line)), 0))
               for line in run.stdout.splitlines())


def sample(rustproof, folders):
    size = lines = named = 0
    seconds = {"names, types and unsafe code, one rule": 0.0, "all rules": 0.0}
    for package in packages(folders):
        if size > SAMPLE_BYTES:
            break
        b, n = size_of(package)
        if b > SAMPLE_BYTES // 10:
            continue
        size, lines, named = size + b, lines + n, named + lines_read(rustproof, package)
        seconds["names, types and unsafe code, one rule"] += src(rustproof, package, "--select", "RP5103")
        seconds["all rules"] += src(rustproof, package)
    print(f"\n### Packages up to {SAMPLE_BYTES / 1e7:.0f} MB chosen by hash, {size / 1e6:.0f} MB, "
          f"{lines} lines, {named} in modules of crates\n")
    for what, t in seconds.items():
        print(f"- {what}: {size * named / lines / 1e6 / t:.1f} MB/s, {named / 1e6 / t:.2f} M lines/s "
              f"({t:.2f} s)")


def stands_alone(package):
    """The edition and the root of a library that depends on nothing; None of others."""
    try:
        manifest = tomllib.loads((package / "Cargo.toml").read_text())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return None
    lib = manifest.get("lib", {})
    root = package / lib.get("path", "src/lib.rs")
    about = manifest.get("package", {})
    needs = any(manifest.get(k) for k in ("dependencies", "build-dependencies", "target"))
    if needs or lib.get("proc-macro") or not root.is_file() or "build" in about:
        return None
    edition = about.get("edition", "2015")
    return (edition, root) if isinstance(edition, str) else None


def clippy(edition, root, scratch):
    """Seconds; None when the crate does not compile on its own."""
    sysroot = subprocess.run(["rustc", "--print", "sysroot"], capture_output=True, text=True)
    command = ["clippy-driver", "--sysroot", sysroot.stdout.strip(), "--crate-type", "lib",
               "--edition", edition, "--cap-lints", "warn", "--emit", "metadata", "--crate-name",
               "sample", "--out-dir", scratch, root]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run(command, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            if run.returncode == 0 else None)


def beside_clippy(rustproof, folders, scratch):
    empty = scratch / "empty.rs"
    empty.write_text("")
    try:
        start = min(clippy("2021", empty, scratch) for _ in range(5))
    except (FileNotFoundError, TypeError):
        print("\nskipped: no clippy-driver that works")
        return
    ours = theirs = size = lines = count = 0
    for package in packages(folders):
        known = stands_alone(package)
        if known is None or (package / "src").is_dir() and size_of(package / "src")[0] < 50_000:
            continue
        seconds = clippy(*known, scratch)
        if seconds is None:
            continue
        b, n = size_of(known[1].parent)
        size, lines, count = size + b, lines + n, count + 1
        theirs += seconds - start
        ours += src(rustproof, package)
        if count == ALONE:
            break
    if count == 0:
        print("\nskipped: no crates that compile on their own")
        return
    print(f"\n### {count} crates without dependencies, {size / 1e6:.1f} MB, {lines} lines\n")
    for what, t in (("all rules, its start included", ours),
                    (f"clippy, its start of {start:.2f} s subtracted", theirs)):
        print(f"- {what}: {size / 1e6 / t:.1f} MB/s, {lines / 1e6 / t:.3f} M lines/s ({t:.2f} s)")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("--peers")
    parser.add_argument("--rustproof")
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
        if options.rustproof:
            folders = options.folders or tools.default_folders()
            sample(options.rustproof, folders)
            beside_clippy(options.rustproof, folders, scratch)


main()
