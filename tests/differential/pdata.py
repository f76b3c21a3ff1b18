#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Holds the functions that we read of PE and Mach-O files against llvm-readobj --unwind and llvm-objdump: each range of
the exception directory, each of LC_FUNCTION_STARTS, each start in the compact unwind table is a function of ours with
the same bounds, chained parts excepted; and what we call found by unwind data is there.

  pdata.py DUMP_FUNCTIONS            builds fixtures with the compilers that are here, compares them
  pdata.py DUMP_FUNCTIONS FILE …     compares these files
"""
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

SRC = pathlib.Path(__file__).resolve().parents[1] / "checks/src"


def find(*names):
    return next((path for path in map(shutil.which, names) if path), None)


READOBJ = find("llvm-readobj", "llvm-readobj-14")
OBJDUMP = find("llvm-objdump", "llvm-objdump-14")
PROGRAM = """
typedef int (*operation)(int, const char *);
int used(char *); volatile int sink; operation table[4];
int used(char *p) { return p[sink]; }
static int leaf(int x, const char *y) { return x * 3 + *y; }
static int framed(int x, const char *y) { char b[64]; b[x & 63] = *y; return used(b) + 1; }
static int large(int x, const char *y) { char b[9000]; b[x & 63] = *y; return used(b) + used(b + 5); }
int choose(int i) { table[0] = leaf; table[1] = framed; table[2] = large; return table[i & 3](i, "abc") + 1; }
int tail(operation f, int x) { return f(x, "t"); }
void __chkstk(void) {} void __stack_chk_fail(void) { for (;;) {} } long __stack_chk_guard;
int mainCRTStartup(void) { return choose(sink) + tail(table[sink & 1], 2); }
int start(void) { return mainCRTStartup(); }
"""


def build_windows(folder):
    for arch in ("x86_64", "i686"):
        cc = find(f"{arch}-w64-mingw32-gcc")
        for name, flags in {"plain": [], "stripped": ["-s"], "library": ["-shared", "-s"]}.items():
            if cc:
                subprocess.run([cc, *flags, SRC / "pe_hosted.c", "-o", folder / f"{arch}-{name}.exe"], check=True)
    clang, link = find("clang", "clang-14"), find("lld-link", "lld-link-14")
    if not clang or not link:
        return
    for arch in ("x86_64", "aarch64"):
        (folder / "p.c").write_text(PROGRAM)
        config = folder / "lc.obj"
        subprocess.run([clang, f"--target={arch}-pc-windows-msvc", "-c", SRC / "pe_load_config.S", "-o", config],
                       check=True)
        for level in ("-O0", "-O2", "-Os"):
            program = folder / "p.obj"
            subprocess.run([clang, f"--target={arch}-pc-windows-msvc", level, "-w", "-c", "-Xclang", "-cfguard",
                            folder / "p.c", "-o", program], check=True)
            subprocess.run([link, program, config, "/nodefaultlib", "/subsystem:console", "/entry:mainCRTStartup",
                            "/guard:cf", f"/out:{folder}/lld-{arch}{level}.exe"], check=True)


def build_apple(folder):
    clang, link = find("clang", "clang-14"), find("ld64.lld", "ld64.lld-14")
    if not clang or not link:
        return
    (folder / "p.c").write_text(PROGRAM)
    for arch in ("x86_64", "arm64"):
        subprocess.run([clang, f"--target={arch}-apple-macos12", "-O2", "-w", "-c", folder / "p.c", "-o",
                        folder / "p.o"], check=True)
        subprocess.run([link, "-arch", arch, "-platform_version", "macos", "12", "12", "-dylib", folder / "p.o", "-o",
                        folder / f"apple-{arch}.dylib"], check=True)


def crashed(path):
    """llvm-readobj 14 aborts on unwind codes that it does not know; what it printed before still counts."""
    return subprocess.run([READOBJ, "--unwind", path], capture_output=True).returncode < 0


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, errors="surrogateescape").stdout


# ---- the oracle ----

def x64_ranges(path):
    text = run(READOBJ, "--unwind", path)
    base = int((re.search(r"ImageBase: (0x[0-9A-F]+)", run(READOBJ, "--file-headers", path)) or [0, "0"])[1], 16)
    found = []
    for block in re.split(r"^  RuntimeFunction \{\n", text, flags=re.M)[1:]:
        low, high = (int(re.search(rf"{key}Address: .*?\(?(0x[0-9A-F]+)\)?$", block, re.M)[1], 16)
                     for key in ("Start", "End"))
        found.append((low, high, "ChainInfo" in block or "Chained {" in block))
    return base, found


def arm_ranges(path):
    text = run(READOBJ, "--unwind", path)
    found = []
    for block in re.split(r"^  RuntimeFunction \{\n", text, flags=re.M)[1:]:
        low = int(re.search(r"Function: .*?(0x[0-9A-F]+)\)?$", block, re.M)[1], 16)
        length = re.search(r"FunctionLength: (\d+)", block)
        found.append((low, low + int(length[1]), False))
    return found


def macho_starts(path):
    data = pathlib.Path(path).read_bytes()
    magic, _, _, _, n, _ = struct.unpack_from("<6I", data)
    at, base, place = 32 if magic == 0xFEEDFACF else 28, 0, None
    for _ in range(n):
        command, size = struct.unpack_from("<2I", data, at)
        if command == 0x19 and data[at + 8:at + 24].rstrip(b"\0") == b"__TEXT":
            base = struct.unpack_from("<Q", data, at + 24)[0]
        if command == 0x26:
            place = struct.unpack_from("<2I", data, at + 8)
        at += size
    starts, addr = [], base
    if place:
        value = shift = 0
        for byte in data[place[0]:place[0] + place[1]]:
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte & 0x80:
                continue
            if value == 0:
                break
            addr += value
            starts.append(addr)
            value = shift = 0
    unwind = []
    for line in run(OBJDUMP, "--macho", "--unwind-info", path).splitlines():
        entry = re.search(r"\[\d+\]: function offset=(0x[0-9a-f]+), encoding(?:\[\d+\])?=(0x[0-9a-f]+)", line)
        if entry and int(entry[2], 16):
            unwind.append(base + int(entry[1], 16))
    return starts, unwind


# ---- the comparison ----

def ours(dump, path):
    text = run(dump, path)
    return {int(m[1], 16): (int(m[2], 16), m[3], m[4]) for m in
            re.finditer(r"^function (\S+) (\S+) (\S+) (\S+) ", text, re.M)}


def check_pe(dump, path, headers):
    functions, faults, seen, cut = ours(dump, path), [], set(), crashed(path)
    if "AMD64" in headers:
        _, ranges = x64_ranges(path)
    elif "ARM64" in headers:
        ranges = arm_ranges(path)
    else:
        return [], 0
    extended = {}  # a chained part behind its function makes it longer
    for low, high, chained in sorted(ranges):
        before = next((k for k, v in extended.items() if v == low), None) if chained else None
        extended[before if before is not None else low] = high
    for low, high in extended.items():
        seen.add(low)
        if functions.get(low, (None,))[0] != high:
            faults.append(f"{path}: {low:#x}-{high:#x}: we have {functions.get(low)}")
    for low, (high, source, _) in functions.items():
        if source == "unwind" and low not in seen and not cut:
            faults.append(f"{path}: {low:#x}-{high:#x} is not in the exception directory")
    return faults, len(extended)


def check_macho(dump, path):
    starts, unwind = macho_starts(path)
    functions = ours(dump, path)
    faults = [f"{path}: {addr:#x} is missing" for addr in starts + unwind if addr not in functions]
    faults += [f"{path}: {addr:#x} ({source}) is not in the file" for addr, (_, source, kind) in functions.items()
               if starts and kind != "plt" and addr not in starts]
    return faults, len(starts) + len(unwind)


def check(dump, path):
    headers = run(READOBJ, "--file-headers", path)
    return check_macho(dump, path) if "Mach-O" in headers else check_pe(dump, path, headers)


def main():
    dump, files = sys.argv[1], sys.argv[2:]
    if not READOBJ or not OBJDUMP:
        print("llvm-readobj or llvm-objdump is not installed")
        return 77
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if not files:
            build_windows(folder)
            build_apple(folder)
            files = sorted(p for p in folder.iterdir() if p.suffix in (".exe", ".dylib"))
        faults, compared = [], 0
        for path in files:
            found, n = check(dump, path)
            faults += found
            compared += n
    print("\n".join(faults[:100]))
    print(f"{len(files)} files, {compared} functions compared, {len(faults)} differences")
    if not files:
        return 77
    return 1 if faults or compared == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
