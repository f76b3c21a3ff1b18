#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Functions found in stripped files beside the symbols of their unstripped twins (precision, recall, ends), also
without section headers; call frames beside readelf's; landmarks of stripped files beside those that symbols give.

  functions.py DUMP_CODE            builds the twins with the compilers of this machine
  functions.py DUMP_CODE FILE …     these unstripped files instead
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ENV = dict(os.environ, LC_ALL="C")
DUMP = sys.argv[1]
PLT, CFI_TABLE = 1, 4
# what must be reached: precision, recall, right ends among those found
# Of stripped x86 code without unwind data nothing tells where functions begin: that must be said.
UNTOLD = ("i386-plain", "x86_64-plain")
FLOORS = {"default": (0.99, 0.98, 0.98), "riscv64": (0.95, 0.98, 0.98), "arm": (0.95, 0.95, 0.95)}
UNKNOWN = 2
failures = []


def run(*argv, **kw):
    return subprocess.run([str(a) for a in argv], env=ENV, check=True, capture_output=True, text=True, errors="replace",
                          **kw).stdout


def must(ok, what):
    if not ok:
        failures.append(what)
        print("FAIL", what)


def c_source(seed):
    """A C program with functions of many shapes: leaf, recursive, switch, variadic, large frame, tail call, table."""
    out = ["#include <stdarg.h>", "#include <stdio.h>", "#include <stdlib.h>", "#include <string.h>",
           "static volatile int sink;"]
    names = []
    for i in range(60):
        k = (i * 7 + seed) % 7
        f = f"{'static ' if i % 3 else ''}__attribute__((noinline)) int f{seed}_{i}(int x)"
        body = ["{ return x * %d + sink; }" % (i + 3),
                "{ return x < 2 ? x : f%d_%d(x - 1) + f%d_%d(x - 2); }" % (seed, i, seed, i),
                "{ switch (x) { case 0: return sink; case 1: return 7; case 2: return x * sink; case 3:"
                " puts(\"three\"); return 2; case 4: return x - sink; case 5: return sink + 9; default: abort(); } }",
                "{ char b[%d]; memset(b, x, sizeof b); sink = b[x & 63]; return b[sink & 63]; }" % (100 + 400 * i),
                "{ for (int i = 0; i < x; i++) sink += i * x; return sink; }",
                "{ return %s(x + 1); }" % (names[-1] if names else "abs"),
                "{ if (x > 9) { fprintf(stderr, \"%%d\", x); exit(1); } return x ^ sink; }"][k]
        out.append(f + " " + body)
        names.append(f"f{seed}_{i}")
    out.append("static int (*const table[])(int) = {" + ", ".join(names) + "};")
    out.append(f"int entry{seed}(int n) {{ int s = 0; for (unsigned i = 0; i < {len(names)}; i++) s += table[i](n); "
               "return s; }")
    out.append(f"__attribute__((weak)) int main(int argc, char **argv) {{ (void)argv; return entry{seed}(argc); }}")
    return "\n".join(out) + "\n"


RUST = """
use std::collections::BTreeMap;
#[inline(never)]
fn sum(v: &[i32], k: i32) -> i32 {
    let mut s = 0i32;
    for i in 0..v.len() { s = s + v[i] * k - (1 << (k - s)); }
    s
}
fn main() {
    let v: Vec<i32> = std::env::args().map(|a| a.len() as i32).collect();
    let mut m = BTreeMap::new();
    for (i, x) in v.iter().enumerate() { m.insert(i.to_string(), x + 1); }
    println!("{:?} {} {:?}", m, sum(&v, v[0]), &v[1..v.len() - 1]);
    CALL
}
"""


# What the C program calls, for machines whose C library is not here.
LIBRARY = """
typedef __SIZE_TYPE__ size_t;
static volatile int sink;
#define OUT __attribute__((noinline, used))
OUT int puts(const char *s) { while (*s) sink += *s++; return sink; }
OUT void *memset(void *p, int c, size_t n) { for (volatile char *q = p; n; n--) *q++ = (char)c; return p; }
OUT void abort(void) { for (;;) sink++; }
OUT void exit(int c) { for (;;) sink = c; }
OUT int abs(int x) { return x < 0 ? -x : x; }
OUT int print(int f, const char *s, int x) { return f + x + puts(s); }
#define fprintf print
#define stderr 2
"""


def freestanding():
    """The C program, with a library of its own."""
    body = c_source(1).split("static volatile int sink;", 1)[1].replace("__attribute__((weak)) int main", "int main")
    return LIBRARY + body


def build(folder):
    """(name, path, strip program) of each twin that this machine's compilers can make."""
    src = folder / "a.c"
    src.write_text(c_source(1))
    (folder / "a.rs").write_text(RUST.replace("CALL", ""))
    (folder / "mixed.rs").write_text(RUST.replace("CALL", "unsafe { entry1(v[0]); }") +
                                     "extern \"C\" { fn entry1(x: i32) -> i32; }\n")
    made = []

    def add(name, strip, *argv):
        if shutil.which(argv[0]) is None or shutil.which(strip) is None:
            print("skipped: no", argv[0])
            return
        path = folder / name
        try:
            run(*argv, "-o", path, cwd=folder)
        except subprocess.CalledProcessError as e:
            print("skipped:", name, e.stderr.strip().splitlines()[-1:])
            return
        made.append((name, path, strip))

    add("gcc", "strip", "gcc", "-O2", src)
    add("gcc-O0-nopie", "strip", "gcc", "-O0", "-no-pie", src)
    add("gcc-static", "strip", "gcc", "-O2", "-static", src)
    add("clang", "strip", "clang-14" if shutil.which("clang-14") else "clang", "-O2", src)
    add("gcc-m32", "strip", "gcc", "-m32", "-O2", src)
    (folder / "free.c").write_text(freestanding())
    free = ["-w", "-fno-builtin", "-nostdlib", "-Wl,-e,main", folder / "free.c"]
    add("i386", "strip", "gcc", "-m32", "-O2", "-fpie", "-pie", *free)
    add("i386-O0", "strip", "gcc", "-m32", "-O0", "-no-pie", *free)
    clang = "clang-14" if shutil.which("clang-14") else "clang"
    add("i386-clang", "strip", clang, "-m32", "-O2", "-fuse-ld=lld", *free)
    for bits, name in ("-m32", "i386-plain"), ("-m64", "x86_64-plain"):
        add(name, "strip", "gcc", bits, "-O2", "-fno-asynchronous-unwind-tables", "-fno-unwind-tables", *free)
    add("aarch64", "aarch64-linux-gnu-strip", "aarch64-linux-gnu-gcc", "-O2", src)
    add("riscv64", "riscv64-linux-gnu-strip", "riscv64-linux-gnu-gcc", "-O2", "-fasynchronous-unwind-tables", src)
    add("riscv64-plain", "riscv64-linux-gnu-strip", "riscv64-linux-gnu-gcc", "-O2", src)
    add("aarch64-plain", "aarch64-linux-gnu-strip", "aarch64-linux-gnu-gcc", "-O2", "-fno-asynchronous-unwind-tables",
        "-fno-unwind-tables", src)
    add("arm", "arm-linux-gnueabihf-strip", "arm-linux-gnueabihf-gcc", "-O2", "-funwind-tables", src)
    add("arm-marm", "arm-linux-gnueabihf-strip", "arm-linux-gnueabihf-gcc", "-O2", "-marm", "-funwind-tables", src)
    add("rust", "strip", "rustc", "-O", "a.rs")
    add("rust-checks", "strip", "rustc", "-O", "-C", "overflow-checks=on", "-C", "debug-assertions=on", "a.rs")
    add("rust-debug", "strip", "rustc", "a.rs")
    run("gcc", "-O2", "-Dmain=unused_main", "-c", src, "-o", folder / "a.o")
    add("rust-mixed", "strip", "rustc", "-O", "-C", f"link-arg={folder / 'a.o'}", "mixed.rs")
    return made


def without_sections(path, to):
    """A copy whose header names no section table."""
    data = bytearray(path.read_bytes())
    wide, order = data[4] == 2, "little" if data[5] == 1 else "big"
    at, width, count = (0x28, 8, 0x3c) if wide else (0x20, 4, 0x30)
    data[at:at + width] = (0).to_bytes(width, order)
    data[count:count + 4] = bytes(4)
    to.write_bytes(data)


def dump(what, path):
    return [line.split(" ") for line in run(DUMP, what, path).splitlines()]


def functions(path, stubs):
    """Without linkers' stubs, which have frames and, without sections, nothing that tells them from functions."""
    return {int(f[0], 16): (int(f[1], 16), int(f[3]), int(f[4])) for f in dump("functions", path)
            if int(f[3]) not in (PLT, CFI_TABLE) and not any(a <= int(f[0], 16) < b for a, b in stubs)}


def truth(path):
    """Function symbols with a size by readelf; ARM: Thumb's bit apart."""
    arm = "Machine:                           ARM" in run("readelf", "-h", path)
    code = [(int(m[2], 16), int(m[2], 16) + int(m[3], 16), m[1]) for m in
            re.finditer(r"^ +\[ *\d+\] (\S+) +PROGBITS +([0-9a-f]+) [0-9a-f]+ ([0-9a-f]+) [0-9a-f]+ +\w*X\w* ",
                        run("readelf", "-SW", path), re.M)]
    found, sizeless = {}, set()
    for m in re.finditer(r"^ *\d+: ([0-9a-f]+) +(\S+) (?:FUNC|IFUNC) +\S+ +\S+ +(?:<\S+>|\[.*?\])? *(\d+) ",
                         run("readelf", "-sW", path), re.M):
        value, size = int(m[1], 16), int(m[2], 0)
        thumb = value & 1 if arm else 0
        if not any(a <= value < b for a, b, _ in code):
            continue
        if size == 0:
            sizeless.add(value - thumb)
        else:
            old = found.get(value - thumb, (0, 0))
            found[value - thumb] = (max(old[0], value - thumb + size), thumb)
    return found, sizeless - set(found), [(a, b) for a, b, n in code if n.startswith(".plt")]


def compare(name, stripped, twin, floors):
    known, sizeless, stubs = twin
    got = functions(stripped, stubs)
    starts = set(got) - sizeless
    both = starts & set(known)
    precision = len(both) / max(1, len(starts))
    recall = len(both) / max(1, len(known))
    # symbols leave out literal pools at the end, frames may hold padding
    ends = sum(1 for a in both if abs(got[a][0] - known[a][0]) <= 3) / max(1, len(both))
    thumbs = sum(1 for a in both if got[a][2] == known[a][1])
    print(f"{name:26} {len(known):6} symbols  {len(starts):6} found  precision {precision:.4f}  recall {recall:.4f}  "
          f"ends {ends:.4f}")
    if os.environ.get("RP_SHOW"):
        print("   missed", [hex(a) for a in sorted(set(known) - both)[:8]], "too many",
              [hex(a) for a in sorted(starts - set(known))[:8]], "ends",
              [(hex(a), hex(got[a][0]), hex(known[a][0])) for a in sorted(both)
               if abs(got[a][0] - known[a][0]) > 3][:5])
    must(len(known) >= 60, f"{name}: the twin has symbols")
    must(thumbs >= 0.95 * len(both), f"{name}: Thumb or ARM is right for {thumbs} of {len(both)}")
    for value, floor, what in zip((precision, recall, ends), floors, ("precision", "recall", "ends")):
        must(value >= floor, f"{name}: {what} {value:.4f} is below {floor}")


def frames(path):
    """Every FDE that readelf shows, by range."""
    text = run("readelf", "--debug-dump=frames", path)
    eh = text.split("Contents of the .debug_frame")[0]
    wanted = sorted({(int(a, 16), int(b, 16)) for a, b in re.findall(r" FDE .*pc=([0-9a-f]+)\.\.([0-9a-f]+)", eh)
                     if int(a, 16) != 0 and int(b, 16) > int(a, 16)})
    got = sorted({(int(f[0], 16), int(f[1], 16)) for f in dump("frames", path)})
    must(got == wanted, f"{path}: {len(got)} frames, readelf has {len(wanted)}: "
         f"{[tuple(map(hex, x)) for x in sorted(set(got) ^ set(wanted))[:4]]}")
    return len(wanted)


def pe_twin(folder):
    """A PE image of GCC's: function symbols by llvm-readobj, then the same image stripped of them."""
    compiler, reader = shutil.which("x86_64-w64-mingw32-gcc"), shutil.which("llvm-readobj")
    if not compiler or not reader:
        print("skipped: no mingw or llvm-readobj")
        return
    path, stripped = folder / "a.exe", folder / "stripped.exe"
    (folder / "pe.c").write_text(c_source(1).replace("__attribute__((weak)) int main", "int main"))
    run(compiler, "-O2", folder / "pe.c", "-o", path)
    run("x86_64-w64-mingw32-strip", path, "-o", stripped)
    base = int(re.search(r"ImageBase: (0x[0-9A-Fa-f]+)", run(reader, "--file-headers", path))[1], 0)
    text = int(re.search(r"Name: \.text .*?VirtualAddress: (0x[0-9A-Fa-f]+)", run(reader, "--sections", path),
                         re.S)[1], 0)
    known = {base + text + int(m[1]) for m in
             re.finditer(r"Name: \S+\s+Value: (\d+)\s+Section: \.text .*?\s+BaseType: \w+ .*?\s+ComplexType: Function",
                         run(reader, "--symbols", path))}
    starts = {int(f[0], 16) for f in dump("functions", stripped) if int(f[3]) != PLT}
    thunks = {int(f[0], 16) for f in dump("functions", stripped) if int(f[3]) == PLT}
    known -= thunks
    both = starts & known
    precision, recall = len(both) / max(1, len(starts)), len(both) / max(1, len(known))
    print(f"{'mingw (stripped)':26} {len(known):6} symbols  {len(starts):6} found  precision {precision:.4f}  "
          f"recall {recall:.4f}")
    if os.environ.get("RP_SHOW"):
        print("   missed", [hex(a) for a in sorted(known - both)[:8]], "too many",
              [hex(a) for a in sorted(starts - known)[:8]])
    must(len(known) >= 60 and precision >= 0.9 and recall >= 0.98, "mingw: precision and recall")


def landmarks(path):
    return {int(l[0], 16): int(l[1]) for l in dump("landmarks", path)}


OVERFLOW, BOUNDS = 13, 14


def texts(name, path, stripped):
    """Panic functions that stripped files still tell by their texts: the same addresses as by symbols."""
    known, got = landmarks(path), landmarks(stripped)
    for kind, what in ((OVERFLOW, "overflow"), (BOUNDS, "bounds")):
        wanted = {a for a, k in known.items() if k == kind}
        found = {a for a, k in got.items() if k == kind}
        print(f"{name:26} {what}: {len(found)} landmarks of {len(wanted)}, {len(found - wanted)} others")
        must(not found - wanted, f"{name}: {what} landmarks that symbols do not have: {found - wanted}")
        must(found == wanted, f"{name}: {what} landmarks {len(found)} of {len(wanted)}")


def main():
    with tempfile.TemporaryDirectory() as t:
        folder = pathlib.Path(t)
        given = [(pathlib.Path(p).name, pathlib.Path(p), "strip") for p in sys.argv[2:]]
        twins = given or build(folder)
        must(len(twins) >= 4 or bool(given), "too few compilers for a test")
        for name, path, strip in twins:
            floors = FLOORS.get(name.split("-")[0], FLOORS["default"])
            twin = truth(path)
            compare(name + " (whole)", path, twin, floors)
            stripped = folder / (name + ".stripped")
            run(strip, "-o", stripped, path)
            if name in UNTOLD:
                compare(name + " (stripped)", stripped, twin, (0.99, 0, 0))
                must(run(DUMP, "whole", stripped).strip() == str(UNKNOWN), f"{name}: not known to be whole")
                continue
            compare(name + " (stripped)", stripped, twin, floors)
            bare = folder / (name + ".bare")
            without_sections(path, bare)
            if name == "gcc-static":  # nothing points to its frames: that must be said
                must(run(DUMP, "whole", bare).strip() == str(UNKNOWN), f"{name}: not known to be whole")
            else:
                compare(name + " (no sections)", bare, twin, floors)
            if name.startswith("rust"):
                texts(name, path, stripped)
                texts(name + " (no sections)", path, bare)
            frames(path)
        if not given:
            pe_twin(folder)
        checked = sum(frames(p) for p in ("/bin/ls", "/bin/bash", "/usr/bin/python3") if os.path.exists(p))
        print(checked, "frames of this machine's programs as readelf has them")
        must(checked > 1000, "too few frames were compared")
    print(f"{len(failures)} failures")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
