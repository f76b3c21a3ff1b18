#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""AArch64's compressed jump tables: how many entries each has, and where each of them leads, as the
compilers' own assembly says it.

usage: switches.py BENCH_CODE

clang and GCC write a program of switches as assembly. Its tables name a label for each entry; the
assembler keeps the labels, so each has an address. What bench_code --switches reads from the code of
the same program, without labels, must lead to the same addresses, entry by entry."""
import re
import shutil
import struct
import subprocess
import sys
import tempfile

SIZES = [5, 8, 17, 60, 200, 700]  # cases; the larger ones need entries of two bytes
CLANG = next((c for c in ("clang", "clang-14", "clang-16") if shutil.which(c)), None)
GCC = shutil.which("aarch64-linux-gnu-gcc")
LINK = ["ld.lld", "-shared"] if shutil.which("ld.lld") else None


def program():
    out = ["extern int g(int, int);\n"]
    for n in SIZES:
        cases = "".join(f"case {i}: return g(x + {i * 7 % 31}, {i}) {'+-*^'[i % 4]} x;\n" for i in range(n))
        out.append(f"int s{n}(unsigned i, int x) {{ switch (i) {{\n{cases}}} return g(0, 1); }}\n"
                   f"int t{n}(int i, int x) {{ x += g(1, i); switch (i - 3) {{\n{cases}}} return g(x, 2); }}\n")
    return "".join(out)


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def tables(assembly):
    """Labels of each table, by the compilers' ways to write an entry: a difference, over four."""
    found, entries = [], []
    for line in assembly.splitlines():
        entry = re.match(r"\s+\.(?:byte|hword|2byte|word)\s+\(?\((\.L\w+)\s*-\s*\.L\w+\)\s*(?:>>2|/ 4)", line)
        if entry:
            entries.append(entry[1])
        elif entries and not line.strip().startswith("//"):
            found.append(entries)
            entries = []
    return found + ([entries] if entries else [])


def sections(path):
    """(address, bytes) of what is loaded."""
    data = open(path, "rb").read()
    at, size, n = struct.unpack_from("<Q", data, 32)[0], *struct.unpack_from("<HH", data, 54)
    for i in range(n):
        kind, _, offset, addr, _, length = struct.unpack_from("<IIQQQQ", data, at + i * size)
        if kind == 1:
            yield addr, data[offset:offset + length]


def bytes_at(path, addr, n):
    return next(d[addr - a:addr - a + n] for a, d in sections(path) if a <= addr < a + len(d))


def led_to(path, line):
    """Addresses that the table leads to, as bench_code describes it."""
    _, entries, table, base, size, signed, shift = line.split()
    n, size, signed = int(entries), int(size), signed == "1"
    raw = bytes_at(path, int(table, 16), n * size)
    return [int(base, 16) + (int.from_bytes(raw[i * size:(i + 1) * size], "little", signed=signed) << int(shift))
            for i in range(n)]


def compare(name, compile_to, bench, folder):
    source = f"{folder}/s.c"
    open(source, "w").write(program())
    run(*compile_to, "-S", "-o", f"{folder}/s.s", source)
    made = {}
    for kind, flags in (("plain", []), ("labels", ["-Wa,-L"])):
        run(*compile_to, *flags, "-c", "-o", f"{folder}/{kind}.o", f"{folder}/s.s")
        made[kind] = f"{folder}/{kind}.so"
        run(*LINK, "-o", made[kind], f"{folder}/{kind}.o")
    address = {words[2]: int(words[0], 16) for words in map(str.split, run("nm", made["labels"]).splitlines())
               if len(words) == 3}
    wanted = sorted([address[label] for label in t] for t in tables(open(f"{folder}/s.s").read()))
    lines = run(bench, "--switches", made["plain"]).splitlines()
    got = sorted(led_to(made["plain"], line) for line in lines)
    if len(wanted) < len(SIZES) or wanted != got:
        sys.exit(f"{name}: tables of {sorted(map(len, wanted))} entries in assembly, read {sorted(map(len, got))}")
    print(f"{name}: {len(got)} tables, {sum(map(len, got))} entries, no difference")


def main():
    bench = sys.argv[1]
    compilers = {}
    if CLANG:
        compilers["clang"] = [CLANG, "--target=aarch64-linux-gnu", "-O2", "-fPIC", "-w"]
        compilers["clang, for size"] = [CLANG, "--target=aarch64-linux-gnu", "-Os", "-fPIC", "-w"]
    if GCC:
        compilers["gcc"] = [GCC, "-O2", "-fPIC", "-w"]
    if not compilers or not LINK:
        print("skipped: neither clang nor aarch64-linux-gnu-gcc, or no ld.lld")
        sys.exit(77)
    for name, compile_to in compilers.items():
        with tempfile.TemporaryDirectory() as folder:
            compare(name, compile_to, bench, folder)


main()
