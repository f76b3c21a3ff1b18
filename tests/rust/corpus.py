#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Every .rs file of crates that lie on this machine, beside rustc's own parser.

  corpus.py DUMP_RUST [--all] [FOLDER…]

Folders of crates, default: cargo's registry, Debian's /usr/share/cargo/registry and the sources of
the standard library, as far as they are there; none at all: skipped. Each file is read in the
edition of the Cargo.toml above it. Its tokens, comments and white space must be its bytes. Where we
find an error, rustc is asked (-Zparse-crate-root-only): what it accepts must be accepted; and of
what we accept a sample is shown to rustc, which may be stricter: that is counted, not failed.

Without --all a fixed choice of files, at most some 40 MB, is read.
"""
import argparse
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

EDITIONS = {"2015", "2018", "2021", "2024"}
QUICK_BYTES = 40_000_000


def default_folders():
    home = pathlib.Path(os.environ.get("CARGO_HOME", pathlib.Path.home() / ".cargo"))
    folders = list((home / "registry/src").glob("*")) + [pathlib.Path("/usr/share/cargo/registry")]
    if shutil.which("rustc"):
        root = subprocess.run(["rustc", "--print", "sysroot"], capture_output=True, text=True)
        folders.append(pathlib.Path(root.stdout.strip()) / "lib/rustlib/src/rust")
    return [f for f in folders if f.is_dir()]


class Editions:
    """The edition that a file is read in: of the nearest package above it."""

    def __init__(self):
        self.known = {}

    def of(self, folder):
        folder = pathlib.Path(folder)
        if folder not in self.known:
            self.known[folder] = self.look(folder)
        return self.known[folder]

    def look(self, folder):
        manifest = folder / "Cargo.toml"
        if manifest.is_file():
            text = manifest.read_text(errors="replace")
            package = re.search(r"^\[package\](.*?)(?=^\[|\Z)", text, re.S | re.M)
            if package:
                m = re.search(r'^edition\s*=\s*"(\d+)"', package[1], re.M)
                if m or not re.search(r"^edition\.workspace", package[1], re.M):
                    return m[1] if m and m[1] in EDITIONS else "2015"
            m = re.search(r'^\[workspace\.package\].*?^edition\s*=\s*"(\d+)"', text, re.S | re.M)
            if m:
                return m[1]
        return "2021" if folder == folder.parent else self.of(folder.parent)


def rustc_says(path, edition):
    """None when rustc's parser accepts the file, else its first error."""
    run = subprocess.run(
        ["rustc", "--edition", edition, "-Zparse-crate-root-only", "--crate-type", "lib",
         "--cap-lints", "allow", "--error-format", "short", path], capture_output=True, text=True,
        errors="replace", env={**os.environ, "RUSTC_BOOTSTRAP": "1"}, timeout=60)
    errors = [x for x in run.stderr.splitlines() if ": error" in x or x.startswith("error")]
    return None if run.returncode == 0 else (errors or run.stderr.splitlines() or ["?"])[0]


def collect(folders, everything):
    editions, files = Editions(), []
    for folder in folders:
        for top, dirs, names in os.walk(folder):
            dirs.sort()
            for name in sorted(names):
                path = os.path.join(top, name)
                if name.endswith(".rs") and "\t" not in path and os.path.isfile(path):
                    files.append((hashlib.sha256(path.encode()).hexdigest(), path))
    if not everything:
        files.sort()
        total = 0
        for i, (_, path) in enumerate(files):
            total += os.path.getsize(path)
            if total > QUICK_BYTES:
                del files[i:]
                break
    return [(editions.of(os.path.dirname(path)), path) for _, path in files]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("dump")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("folders", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    folders = options.folders or default_folders()
    files = collect(folders, options.all)
    if not files:
        print("skipped: no crates on this machine (looked in cargo's registry, Debian's, rust-src)")
        return 77
    start = time.monotonic()
    run = subprocess.run([options.dump, "--list"], input="".join(f"{e}\t{p}\n" for e, p in files),
                         capture_output=True, text=True, errors="surrogateescape")
    rows = [x.split("\t") for x in run.stdout.split("\n") if x]
    if run.returncode != 0 or len(rows) != len(files):
        print(f"dump_rust ended with {run.returncode} after {len(rows)} of {len(files)} files")
        return 1
    seconds = time.monotonic() - start
    total = [sum(int(r[i]) for r in rows) for i in range(1, 5)]
    print(f"{len(rows)} files, {total[0]} bytes, {total[1]} lines, {total[2]} tokens, {total[3]} "
          f"nodes in {seconds:.1f} s")
    return judge(files, rows)


def judge(files, rows):
    failed = both = 0
    asked = shutil.which("rustc") is not None
    for (edition, path), row in zip(files, rows):
        if row[5] == "ok":
            continue
        theirs = rustc_says(path, edition) if asked and "print back" not in row[5] else None
        if theirs is None:
            failed += 1
            print(f"FAIL {path} ({edition}): we say {row[5]}; rustc "
                  f"{'accepts it' if asked else 'is not there to ask'}")
        else:
            both += 1
    accepted = [f for f, row in zip(files, rows) if row[5] == "ok"]
    sample = accepted[::max(1, len(accepted) // 60)] if asked else []
    stricter = [(path, e) for edition, path in sample if (e := rustc_says(path, edition))]
    for path, error in stricter:
        print(f"rustc is stricter: {path}: {error}")
    print(f"no Rust for either: {both}; of {len(sample)} that we accept rustc refuses "
          f"{len(stricter)}")
    if not asked:
        print("rustc is not installed: errors could not be compared")
    print(f"{len(rows) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
