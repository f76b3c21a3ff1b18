#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Four threads say what one says: `bin`, `facts` and `src` over what lies on the machine. Under ThreadSanitizer a race
ends the program, so this is what shows races in whole runs.

  threads.py RUSTPROOF [FILES]
"""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
from crates import manifests  # noqa: E402

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
FILES = int(sys.argv[2]) if len(sys.argv) > 2 else 200
CRATES = 12
LARGEST = 2 << 20


def run(command, paths, threads):
    done = subprocess.run([PROGRAM, *command, "-j", str(threads), *paths], capture_output=True, timeout=900,
                          env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"})
    told = done.stdout.replace(b" -j %d " % threads, b" ")  # JSON repeats the command
    return done.returncode, told, done.stderr


def programs():
    def wanted(path):
        if path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST:
            return False
        with path.open("rb") as file:
            return file.read(4) == b"\x7fELF"

    found = sorted(p for p in pathlib.Path("/usr/bin").iterdir() if wanted(p))
    return found[:: max(1, len(found) // FILES)][:FILES]


def crates():
    found = [m.parent for m in manifests()]
    return found[:: max(1, len(found) // CRATES)][:CRATES]


def neighbours():
    """Crates whose lock files name libc: threads that read them share what they read of it."""
    found = [m.parent for m in manifests() if (m.parent / "Cargo.lock").is_file()]
    found = [p for p in found if 'name = "libc"' in (p / "Cargo.lock").read_text(errors="replace")]
    return found[:: max(1, len(found) // CRATES)][:CRATES]


def main():
    passed, failed, skipped = 0, 0, 0
    files = programs()
    cases = [(["bin", "--any-language"], files), (["bin", "--any-language", "--format", "jsonl"], files),
             (["facts"], files), (["src"], crates()), (["src"], neighbours())]
    for command, paths in cases:
        if not paths:
            print(f"skipped: {' '.join(command)}: nothing to read on this machine")
            skipped += 1
            continue
        one, four = run(command, paths, 1), run(command, paths, 4)
        good = one == four and one[0] in (0, 1, 3) and one[1] != b""
        passed, failed = passed + good, failed + (not good)
        if not good:
            print(f"FAIL {' '.join(command)} over {len(paths)}: exit codes {one[0]} and {four[0]}\n"
                  f"{four[2].decode(errors='replace')[:3000]}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
