#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Trees of the files in trees/, each named after its edition, beside those that were looked at by
hand and kept as .tree. rustc's parser must agree that all but errors.* are Rust, and that those are
not. Usage: trees.py DUMP_RUST [--rebase]"""
import os
import pathlib
import shutil
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent / "trees"


def rustc_accepts(path, edition):
    run = subprocess.run(["rustc", "--edition", edition, "-Zparse-crate-root-only", "--crate-type",
                          "lib", "--cap-lints", "allow", path], capture_output=True, text=True,
                         env={**os.environ, "RUSTC_BOOTSTRAP": "1"})
    return run.returncode == 0, run.stderr


def main():
    dump, rebase = sys.argv[1], "--rebase" in sys.argv
    counts = {"passed": 0, "failed": 0, "skipped": 0}

    def count(ok, text):
        counts["passed" if ok else "failed"] += 1
        if not ok:
            print(f"FAIL {text}")

    for path in sorted(FOLDER.glob("*.rs")):
        edition, broken = path.stem.split(".")[1], path.name.startswith("errors")
        run = subprocess.run([dump, edition, path], capture_output=True, text=True)
        kept = path.with_suffix(".tree")
        if rebase:
            kept.write_text(run.stdout)
        count(run.returncode == (1 if broken else 0), f"{path.name}: exit {run.returncode}\n" +
              "\n".join(x for x in run.stdout.splitlines() if x.startswith("error")))
        count(kept.exists() and kept.read_text() == run.stdout,
              f"{path.name}: the tree is not {kept.name}")
        if shutil.which("rustc"):
            accepts, said = rustc_accepts(path, edition)
            count(accepts != broken, f"{path.name}: rustc's parser says otherwise\n{said}")
        else:
            counts["skipped"] += 1
            print(f"skipped: rustc is not installed, nobody confirms {path.name}")
    print(", ".join(f"{n} {what}" for what, n in counts.items()))
    return 1 if counts["failed"] else 0


sys.exit(main())
