# SPDX-License-Identifier: MIT OR Apache-2.0
"""The real database: every file of it is an advisory without a fault, its index says the same, and
the `rustsec` crate finds the same ones for versions at and around each bound.
Usage: test_database.py PROBE DATABASE ORACLE_FOLDER CACHE_FOLDER"""
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from oracle_build import build, skip  # noqa: E402

PROBE, DB, SOURCE, CACHE = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]), pathlib.Path(sys.argv[4])
faults = []


def expect(what, got, want):
    if got != want:
        faults.append(f"{what}: {str(got)[:200]}, not {str(want)[:200]}")


def probe(*args, **more):
    return subprocess.run([PROBE, *map(str, args)], capture_output=True, text=True, **more).stdout


def main():
    if not (DB / "crates").is_dir():
        skip(f"no database at {DB}")
    files = len([*DB.glob("crates/*/*.md"), *DB.glob("rust/*/*.md")])
    with tempfile.TemporaryDirectory() as temp:
        index = pathlib.Path(temp) / "index"
        expect("load", probe("load", DB), f"advisories {files} repeated 0 faults 0\n")
        probe("index", DB, index)
        expect("load of the index", probe("load", index), f"advisories {files} repeated 0 faults 0\n")
        expect("twice", probe("load", DB, index), f"advisories {files} repeated {files} faults 0\n")
        lines = oracle(files)
        questions = "".join(line.rsplit("\t", 1)[0] + "\n" for line in lines)
        wants = [line.rsplit("\t", 1)[1] for line in lines]
        # of an index beside the text the records are garbage: what is asked is read from the text
        ours = pathlib.Path(temp) / "ours"
        ours.mkdir()
        for part in "crates", "rust":
            (ours / part).symlink_to(DB / part)
        (ours / "stamp.toml").write_text('sha256 = "test"\nchecked = "2026-08-21T12:00:00Z"\n')
        garbage = bytearray(index.read_bytes())
        begin = int.from_bytes(garbage[32:40], "little")
        garbage[begin:] = bytes(len(garbage) - begin)
        (ours / "advisories.index").write_bytes(garbage)
        for way in ("affects", DB), ("affects", index), ("lazily", DB), ("lazily", index), ("lazily", ours), \
                ("lazily", index, DB):
            got = probe(*way, input=questions).splitlines()
            expect("answers", len(got), len(wants))
            for line, answer, want in zip(lines, got, wants):
                expect(line, answer, want)
    for fault in faults[:20]:
        print(fault)
    print(f"{files} advisories; {6 * len(lines) - len(faults)} passed, {len(faults)} failed, 0 skipped")
    return 1 if faults or len(lines) < 5 * files else 0


def oracle(files):
    done = subprocess.run([build(SOURCE, CACHE, "oracle-db"), DB], capture_output=True, text=True, check=True)
    expect("advisories that rustsec counts", int(done.stderr.split()[-1]), files)
    return done.stdout.splitlines()


sys.exit(main())
