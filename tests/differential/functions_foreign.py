#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Functions found in stripped PE and Mach-O files beside the symbols of their unstripped twins, as functions.py does
for ELF; and what is found without the tables that tell most: PE without its exception directory, Mach-O without
function starts.

  functions_foreign.py DUMP_CODE            builds the twins with the compilers of this machine
  functions_foreign.py DUMP_CODE FILE …     these files: beside their own tables, which a copy lacks
"""
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

from functions import PLT, c_source, dump, failures, freestanding, must, run
from pdata import READOBJ, find, macho_starts

# what must be reached: precision, recall
FLOORS = {"mingw": (0.98, 0.99), "windows": (0.99, 0.92), "windows i686": (0.99, 0.88), "apple": (0.99, 0.99)}
# … where only calls, pointers and padding tell: the program has functions that nothing leads to. ld64.lld 14 writes
# .eh_frame for x86-64 that points elsewhere, which only function starts give away
BARE_FLOORS = {"mingw": (0.97, 0.80), "windows": (0.99, 0.88), "apple": (0.99, 0.90), "apple x86_64": (0.2, 0.2)}
# What images without a C runtime call for large frames.
PROBES = "void __chkstk(void) {}\nvoid _chkstk(void) {}\n"


# ---- twins ----

def mingw(folder):
    """(name, path, stripped twin) of GCC's images."""
    source = folder / "hosted.c"
    source.write_text(c_source(1).replace("__attribute__((weak)) int main", "int main"))
    for arch in ("x86_64", "i686"):
        cc, strip = find(f"{arch}-w64-mingw32-gcc"), find(f"{arch}-w64-mingw32-strip")
        if not cc or not strip:
            print("skipped: no mingw for", arch)
            continue
        path, stripped = folder / f"mingw-{arch}.exe", folder / f"mingw-{arch}.stripped"
        run(cc, "-O2", source, "-o", path)
        run(strip, path, "-o", stripped)
        yield f"mingw {arch}", path, stripped


def windows(folder):
    """LLVM's images for MSVC's ABI: the same link with and without a symbol table."""
    clang, link = find("clang", "clang-14"), find("lld-link", "lld-link-14")
    if not clang or not link:
        print("skipped: no clang or lld-link")
        return
    (folder / "free.c").write_text(freestanding() + PROBES)
    for arch in ("x86_64", "aarch64", "i686"):
        packed = [("-Os",)] if arch == "i686" else []  # functions without padding, as in MSVC's runtime
        for level, *flags in [("-O0",), ("-O2",), ("-O2", "-ffunction-sections"), *packed]:
            name, program = " ".join(("windows", arch, level, *flags)), folder / "free.obj"
            run(clang, f"--target={arch}-pc-windows-msvc", level, *flags, "-w", "-fno-builtin", "-c",
                folder / "free.c", "-o", program)
            twins = [folder / f"{name.replace(' ', '')}.{kind}" for kind in ("exe", "stripped")]
            for twin, flags in zip(twins, (["/debug:symtab"], [])):
                run(link, program, "/nodefaultlib", "/subsystem:console", "/entry:main", "/safeseh:no", "/opt:noref",
                    "/opt:noicf", *flags, f"/out:{twin}")
            yield name, *twins


def apple(folder):
    clang, link, strip = (find(n, n + "-14") for n in ("clang", "ld64.lld", "llvm-strip"))
    if not clang or not link or not strip:
        print("skipped: no clang, ld64.lld or llvm-strip")
        return
    (folder / "free.c").write_text(freestanding() + PROBES)
    for arch in ("x86_64", "arm64"):
        for level in ("-O0", "-O2"):
            program = folder / "free.o"
            run(clang, f"--target={arch}-apple-macos12", level, "-w", "-fno-builtin", "-c", folder / "free.c", "-o",
                program)
            path, stripped = (folder / f"apple-{arch}{level}.{kind}" for kind in ("dylib", "stripped"))
            run(link, "-arch", arch, "-platform_version", "macos", "12", "12", "-dylib", "-exported_symbol", "_entry1",
                program, "-o", path)
            run(strip, "-x", path, "-o", stripped)
            yield f"apple {arch} {level}", path, stripped


# ---- the same file without its table ----

def header(path, pattern):
    return int(re.search(pattern, run(READOBJ, "--file-headers", path))[1], 0)


def is_macho(path):
    return path.read_bytes()[:4] in (b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe")


def without_table(path, to):
    """A copy whose headers do not name the exception directory or the function starts."""
    data = bytearray(path.read_bytes())
    if is_macho(path):
        at = 32
        for _ in range(struct.unpack_from("<I", data, 16)[0]):
            command, size = struct.unpack_from("<2I", data, at)
            if command == 0x26:  # LC_FUNCTION_STARTS: its data size
                struct.pack_into("<I", data, at + 12, 0)
            at += size
    else:
        optional = struct.unpack_from("<I", data, 0x3C)[0] + 24
        wide = struct.unpack_from("<H", data, optional)[0] == 0x20B
        struct.pack_into("<2I", data, optional + (112 if wide else 96) + 3 * 8, 0, 0)
    to.write_bytes(data)


# ---- the oracle and the comparison ----

def symbols_of_pe(path):
    """COFF function symbols, by llvm-readobj."""
    base = header(path, r"ImageBase: (0x[0-9A-Fa-f]+)")
    text = int(re.search(r"Name: \.text .*?VirtualAddress: (0x[0-9A-Fa-f]+)", run(READOBJ, "--sections", path),
                         re.S)[1], 0)
    return {base + text + int(m[1]) for m in
            re.finditer(r"Name: \S+\s+Value: (\d+)\s+Section: \.text .*?\s+BaseType: \w+ .*?\s+ComplexType: Function",
                        run(READOBJ, "--symbols", path))}


def symbols_of_macho(path):
    nm = find("llvm-nm", "llvm-nm-14")
    return {int(m[1], 16) for m in re.finditer(r"^([0-9a-f]+) [tT] _", run(nm, path), re.M)}


def compare(name, path, known, floors):
    found = dump("functions", path)
    starts = {int(f[0], 16): int(f[1], 16) for f in found if int(f[3]) != PLT}
    known = known - {int(f[0], 16) for f in found if int(f[3]) == PLT}
    both = set(starts) & known
    precision, recall = len(both) / max(1, len(starts)), len(both) / max(1, len(known))
    print(f"{name:38} {len(known):6} known  {len(starts):6} found  precision {precision:.4f}  recall {recall:.4f}")
    must(len(known) >= 60, f"{name}: the twin has symbols")
    for value, floor, what in zip((precision, recall), floors, ("precision", "recall")):
        must(value >= floor, f"{name}: {what} {value:.4f} is below {floor}")


def floors_of(table, name):
    """The row for a compiler and machine, else the compiler's."""
    compiler, machine, *_ = name.split()
    return table.get(f"{compiler} {machine}", table.get(compiler))


def twins(folder):
    built = 0
    for make in (mingw, windows, apple):
        for name, path, stripped in make(folder):
            known = symbols_of_macho(path) if make is apple else symbols_of_pe(path)
            bare = folder / "bare"
            without_table(stripped, bare)
            compare(name + ", stripped", stripped, known, floors_of(FLOORS, name))
            compare(name + ", without its table", bare, known, floors_of(BARE_FLOORS, name))
            built += 1
    return built


def by_own_table(folder, path):
    """A file of somebody else: what its own table says is the truth for a copy without."""
    bare = folder / "bare"
    without_table(path, bare)
    known = set(macho_starts(path)[0]) if is_macho(path) else \
        {int(f[0], 16) for f in dump("functions", path) if int(f[2]) == 1}
    compare(path.name, bare, known, (0, 0))


def main():
    if not READOBJ:
        print("skipped: llvm-readobj is not installed")
        return 77
    with tempfile.TemporaryDirectory() as t:
        folder = pathlib.Path(t)
        if sys.argv[2:]:
            for path in sys.argv[2:]:
                by_own_table(folder, pathlib.Path(path))
        elif twins(folder) < 2:
            print("skipped: too few compilers for a test")
            return 77
    print(f"{len(failures)} failures")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
