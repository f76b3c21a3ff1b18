#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Compile units and lines of programs by several compilers, versions and ways to store debug information, against
`readelf --debug-dump=info` (units) and `addr2line` (file and line of every function's first bytes).

  dwarf.py DUMP_DWARF
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

C = """#include <stdio.h>
static int twice(int n) { return n * 2; }
__attribute__((noinline)) int odd(int n)
{
    if (n & 1)
        return twice(n);
    return n + 7;
}
__attribute__((cold, noinline)) int rare(int n) { return printf("%d", n); }
int main(int argc, char **argv) { (void)argv; return odd(argc) + rare(argc); }
"""
RUST = """#[inline(never)] fn odd(n: usize) -> usize { if n & 1 == 1 { n * 2 } else { n + 7 } }
fn main() { let v: Vec<usize> = std::env::args().map(|a| odd(a.len())).collect(); println!("{v:?}"); }
"""
COMMANDS = {
    "gcc 4": "gcc -O1 -gdwarf-4 a.c -o out", "gcc 5": "gcc -O1 -gdwarf-5 a.c -o out",
    "gcc 2": "gcc -O1 -gdwarf-2 -gstrict-dwarf a.c -o out", "gcc 3": "gcc -O2 -gdwarf-3 a.c -o out",
    "gcc 5 sections": "gcc -O2 -gdwarf-5 -ffunction-sections a.c -o out",
    "gcc compressed": "gcc -O1 -gdwarf-5 -gz=zlib a.c -o out",
    "gcc old compressed": "gcc -O1 -gdwarf-4 -gz=none a.c -o out && objcopy --compress-debug-sections=zlib-gnu out",
    "gcc 64-bit DWARF": "gcc -O1 -gdwarf-5 -gdwarf64 a.c -o out",
    "gcc split 5": "gcc -O1 -gdwarf-5 -gsplit-dwarf a.c -o out",
    "gcc split 4": "gcc -O1 -gdwarf-4 -gsplit-dwarf a.c -o out",
    "clang 4": "clang -O1 -gdwarf-4 a.c -o out", "clang 5": "clang -O1 -gdwarf-5 a.c -o out",
    "clang 5 sections": "clang -O1 -gdwarf-5 -ffunction-sections a.c -o out",
    "clang split 5": "clang -O1 -gdwarf-5 -gsplit-dwarf a.c -o out",
    "big-endian": "powerpc64-linux-gnu-gcc -O1 -gdwarf-5 a.c -o out",
    "32-bit": "arm-linux-gnueabihf-gcc -O1 -gdwarf-4 a.c -o out",
    "aarch64": "aarch64-linux-gnu-gcc -O1 -gdwarf-5 a.c -o out",
    "rustc": "rustc -g a.rs -o out", "rustc optimised": "rustc -O -g a.rs -o out",
    "rustc 5": "rustc -O -g -Zdwarf-version=5 a.rs -o out",
}


def run(command, folder, **more):
    env = dict(os.environ, RUSTC_BOOTSTRAP="1", RUSTFLAGS="", LC_ALL="C")
    return subprocess.run(command, shell=True, capture_output=True, text=True, cwd=folder, env=env, errors="replace",
                          **more)


def units_of_readelf(folder):
    """Offsets and versions of compile units (types left out)."""
    text = run("readelf --debug-dump=info --dwarf-depth=1 out 2>/dev/null", folder).stdout
    text = text.split(".debug_info.dwo section")[0]  # readelf follows the skeleton into the other file
    return [(at, int(version)) for at, version in re.findall(
        r"Compilation Unit @ offset (?:0x)?([0-9a-f]+):\n\s+Length:.*\n\s+Version:\s+(\d)", text)]


def addresses(folder):
    out = []
    for line in run("nm --defined-only -S out", folder).stdout.splitlines():
        part = line.split()
        if len(part) == 4 and part[2] in "tT":
            start, size = int(part[0], 16), int(part[1], 16)
            out += [start, start + size // 2]
    return sorted(set(out))[:4000]


def normal(path):
    return os.path.normpath(path) if path else path


def judge(tool, label, command, folder):
    if run(command, folder).returncode != 0:
        return [f"{label}: cannot build"]
    where = addresses(folder)
    text = "".join(f"{a:x}\n" for a in where)
    said = run(f"{tool} out", folder, input=text).stdout.splitlines()
    units = [(r[1], int(r[2])) for r in (line.split() for line in said) if r and r[0] == "unit"]
    faults = []
    if units != units_of_readelf(folder) or not units:
        faults.append(f"{label}: units {units[:4]} readelf {units_of_readelf(folder)[:4]}")
    program = "llvm-addr2line" if "64-bit" in label else "addr2line"  # GNU's does not read 64-bit DWARF 5
    oracle = run(f"{program} -e out", folder, input=text).stdout.splitlines()
    ours = {r[1]: (int(r[2]), r[3] if len(r) > 3 else "") for r in (line.split(" ", 3) for line in said)
            if r[0] == "line"}
    same = told = 0
    for address, line in zip(where, oracle):
        file, number = re.sub(r" \(discriminator \d+\)", "", line).rsplit(":", 1)
        if file == "??" or not number.isdigit():
            continue
        told += 1
        mine = ours.get(f"{address:x}", (0, ""))
        ok = mine[0] == int(number) and (normal(mine[1]) == normal(file) or "gnu" not in label and
                                         os.path.basename(mine[1]) == os.path.basename(file))
        same += ok
        if not ok and len(faults) < 4:
            print(f"     {label} {address:x}: {mine} addr2line {line}")
    needed = 0 if label == "big-endian" else 4  # its functions' symbols are descriptors in .opd
    if told < needed or same < told * 0.99:
        faults.append(f"{label}: {same} of {told} lines as addr2line")
    print(f"{'FAIL' if faults else 'ok  '} {label}: {len(units)} units, {same} of {told} lines as addr2line")
    return faults


def main():
    tool = str(pathlib.Path(sys.argv[1]).resolve())
    faults, done = [], 0
    with tempfile.TemporaryDirectory() as name:
        (pathlib.Path(name) / "a.c").write_text(C)
        (pathlib.Path(name) / "a.rs").write_text(RUST)
        for label, command in COMMANDS.items():
            if shutil.which(command.split()[0]) is None:
                print(f"SKIPPED: {label}: {command.split()[0]} is missing")
                continue
            faults += judge(tool, label, command, name)
            done += 1
    for fault in faults:
        print(fault)
    sys.exit(1 if faults or done < 3 else 0)


main()
