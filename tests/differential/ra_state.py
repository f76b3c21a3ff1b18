#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""AArch64 return addresses: the unwind data of a signing function holds DW_CFA_AARCH64_negate_ra_state (or its _with_pc
form), so readelf's list of those functions must be ours, which comes from the code: all, some, none; stripped too.

  ra_state.py DUMP_COVERAGE
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

DUMP = sys.argv[1]


def run(*argv):
    return subprocess.run([str(a) for a in argv], check=True, capture_output=True, text=True).stdout


def source(seed):
    """Leaf functions keep the link register; the others spill it."""
    out = ["extern int outside(int); extern int (*volatile hook)(int);"]
    for i in range(20):
        out.append([f"int f{seed}_{i}(int x) {{ return x * {i + 3}; }}",
                    f"int f{seed}_{i}(int x) {{ return outside(x) + {i}; }}",
                    f"int f{seed}_{i}(int x) {{ char b[{100 + 50 * i}]; outside((int)(long)b); return b[x & 63]; }}",
                    f"int f{seed}_{i}(int x) {{ if (x > {i}) return hook(x) - outside(x); return x; }}"][i % 4])
    return "\n".join(out) + "\n"


def signed_frames(path):
    """Start addresses of the FDEs that change the state of the return address."""
    start, found = None, set()
    for line in run("readelf", "--debug-dump=frames", "-W", path).splitlines():
        m = re.search(r"FDE .*pc=([0-9a-f]+)\.\.", line)
        start = int(m[1], 16) if m else None if " CIE" in line else start
        if start is not None and ("negate_ra_state" in line or "GNU_window_save" in line):
            found.add(start)
    return found


def ours(path):
    """(signing, spilling) and the addresses of those that spill without signing."""
    text = run(DUMP, path)
    m = re.search(r"^coverage signing yes (\d+) (\d+)", text, re.M)
    return int(m[1]), int(m[2]), {int(a, 16) for a in re.findall(r"^outside signing (\w+)", text, re.M)}


def main():
    compiler = shutil.which("aarch64-linux-gnu-gcc")
    if not compiler or not shutil.which("llvm-strip"):
        print("skipped: aarch64-linux-gnu-gcc or llvm-strip is not installed")
        return 77
    failures, passed = [], 0
    spilling = 15  # of 20 functions in each file, by hand: three of four
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        protected, plain = "-mbranch-protection=pac-ret", "-mbranch-protection=none"
        for label, flags in (("all", (protected, protected)), ("some", (protected, plain)), ("none", (plain, plain))):
            for seed, flag in enumerate(flags):
                (work / f"{seed}.c").write_text(source(seed))
                run(compiler, "-O2", "-w", "-fPIC", "-fno-optimize-sibling-calls", flag, "-c", work / f"{seed}.c",
                    "-o", work / f"{seed}.o")
            run(compiler, "-shared", "-nostdlib", work / "0.o", work / "1.o", "-o", work / "a.so")
            run("llvm-strip", work / "a.so", "-o", work / "stripped.so")
            wanted = spilling * sum(f == protected for f in flags)
            for path in (work / "a.so", work / "stripped.so"):
                frames, (signs, spills, outside) = signed_frames(path), ours(path)
                ok = len(frames) == signs == wanted and spills == 2 * spilling and not frames & outside
                passed += ok
                if not ok:
                    failures.append(f"{label} {path.name}: {len(frames)} frames, {signs} of {spills} sign, "
                                    f"{wanted} wanted")
    print("\n".join(failures))
    print(f"{passed} passed, {len(failures)} failed, 0 skipped")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
