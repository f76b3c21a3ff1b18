#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Direct calls between functions against a disassembler's.

  calls.py CALLS [FILE…]

Every branch that objdump prints with a target that is where one of our functions begins must be an edge, and
every edge of kind `call` must be such a branch, or (x86) a call through a register or slot in that function.
Without files: C libraries for the processors whose cross compilers are installed. Skipped (77) without any."""
import bisect
import pathlib
import re
import shutil
import subprocess
import sys

CROSS = [("x86_64-linux-gnu", "/lib/x86_64-linux-gnu/libm.so.6"),
         ("aarch64-linux-gnu", "/usr/aarch64-linux-gnu/lib/libm.so.6"),
         ("riscv64-linux-gnu", "/usr/riscv64-linux-gnu/lib/libm.so.6"),
         ("arm-linux-gnueabihf", "/usr/arm-linux-gnueabihf/lib/libm.so.6")]
BRANCH = re.compile(r"^\s*([0-9a-f]+):\s+(?:[0-9a-f]{2,8} )*\s*(\S+)\s+(.*)$")
TARGET = re.compile(r"\b(?:0x)?([0-9a-f]+) <")
JUMPS = {"x86_64": r"(bnd )?(call|jmp|j[a-z]+)q?$", "aarch64": r"bl?$", "riscv64": r"(jal|j|jalr|tail|call)$",
         "arm": r"(b|bl|blx|b[a-z]{2}|bl[a-z]{2})(\.[wn])?$"}


def ours(tool, path):
    starts, calls, addresses, whole = [], set(), set(), False
    for line in subprocess.run([tool, path], capture_output=True, text=True, check=True).stdout.splitlines():
        kind, *rest = line.split()
        if kind == "f":
            starts.append((int(rest[0], 16), int(rest[1], 16)))
        elif kind in "ac" and len(rest) == 2:
            (calls if kind == "c" else addresses).add((int(rest[0], 16), int(rest[1], 16)))
        whole |= line == "whole"
    return starts, calls, addresses, whole


def theirs(objdump, machine, path, functions):
    starts, found, indirect = [s for s, _ in functions], set(), set()
    begins = set(starts)
    text = subprocess.run([objdump, "-d", "--no-show-raw-insn", path], capture_output=True, text=True,
                          check=True).stdout
    for line in text.splitlines():
        m = BRANCH.match(line)
        if not m:
            continue
        at, name, rest = int(m[1], 16), m[2], m[3]
        i = bisect.bisect_right(starts, at) - 1
        if i < 0 or at >= functions[i][1]:
            continue
        if name in ("bnd", "notrack", "addr32", "data16"):
            name, _, rest = rest.partition(" ")
        if not re.match(JUMPS[machine], name):
            continue
        target = TARGET.search(rest)
        to = int(target[1], 16) if target else None
        if rest.lstrip().startswith("*"):
            indirect.add(starts[i])
        elif to in begins and to != starts[i]:
            found.add((starts[i], to))
    return found, indirect


def compare(tool, triple, path):
    machine = triple.split("-")[0]
    objdump = shutil.which(f"{triple}-objdump") or (shutil.which("objdump") if machine == "x86_64" else None)
    if objdump is None or not pathlib.Path(path).is_file():
        return None
    functions, calls, addresses, whole = ours(tool, path)
    found, indirect = theirs(objdump, machine, path, functions)
    missed = found - calls
    wrong = {(a, b) for a, b in calls - found if not (machine == "x86_64" and a in indirect)}
    if machine == "riscv64":  # auipc and jalr: objdump names no target
        wrong = set()
    print(f"{path}: {len(functions)} functions, {len(found)} calls, {len(missed)} missed, {len(wrong)} not so, "
          f"{len(addresses)} addresses")
    for name, edges in (("missed", missed), ("not so", wrong)):
        for a, b in sorted(edges)[:5]:
            print(f"  {name}: {a:x} -> {b:x}")
    return whole and not missed and not wrong and len(found) > 20


def main():
    tool, files = sys.argv[1], sys.argv[2:]
    pairs = [("x86_64-linux-gnu", f) for f in files] if files else CROSS
    results = [r for r in (compare(tool, t, f) for t, f in pairs) if r is not None]
    if not results:
        print("skipped: no objdump, or no library")
        return 77
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
