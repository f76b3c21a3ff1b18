#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Renews fuzz/corpus/<target>/ from the fixtures of tests/hostile, from what `make fuzz` found, and from
what is there. libFuzzer's merge keeps what adds coverage; of that an even sample over the sizes stays,
up to a total for each target.

  fuzz/seed.py BUILD-FUZZ [TARGET…]        after `make fuzzers`

Files named crash-* are kept always: each was a bug.
"""
import hashlib
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
LARGEST, TOTAL, FILES = 16 << 10, 160 << 10, 60


def merge(program, sources, out):
    run = subprocess.run([program, "-merge=1", "-max_len=65536", "-timeout=5", out, *sources],
                         stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"{program.name}: merge failed: {run.stderr[-800:]}")


def renew(program, target, fixtures, learned):
    corpus = ROOT / "fuzz/corpus" / target
    corpus.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as out:
        merge(program, [p for p in (corpus, fixtures, learned) if p.is_dir()], out)
        chosen = sorted(pathlib.Path(out).iterdir(), key=lambda p: (p.stat().st_size, p.name))
        for old in corpus.iterdir():
            if not old.name.startswith("crash-"):
                old.unlink()
        small = [p for p in chosen if p.stat().st_size <= LARGEST]
        total = kept = 0
        for file in small[:: -(-len(small) // FILES) or 1]:  # an even sample over the sizes
            data = file.read_bytes()
            if total + len(data) > TOTAL:
                break
            (corpus / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
            total, kept = total + len(data), kept + 1
    print(f"{target}: {kept} of {len(chosen)} files, {total} bytes")


def main():
    build, wanted = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        made, flat = pathlib.Path(folder, "made"), pathlib.Path(folder, "flat")
        subprocess.run([sys.executable, ROOT / "tests/hostile/fixtures.py", made], check=True)
        flat.mkdir()
        for n, file in enumerate(sorted(p for p in made.rglob("*") if p.is_file())):
            if file.stat().st_size <= 64 << 10:
                shutil.copy(file, flat / f"{n:03}-{file.name}")
        for source in sorted((ROOT / "fuzz").glob("fuzz_*.c")):
            target = source.stem.removeprefix("fuzz_")
            if not wanted or target in wanted:
                renew(build / "fuzz" / source.stem, target, flat, build / "corpus" / target)


if __name__ == "__main__":
    main()
