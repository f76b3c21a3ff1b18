#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Our word on each indirect branch beside llvm-cfi-verify's, branch by branch, on code with LLVM CFI of rustc (x86-64)
and clang (x86-64, AArch64); and the KCFI calls beside .kcfi_traps, address by address (rustc, and clang for x86-64,
AArch64 and RISC-V). Every disagreement belongs to a named class, whose count is printed.

  cfi_verify.py BENCH_CODE
"""
import collections
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

OBJDUMP = next(filter(None, map(shutil.which, ("llvm-objdump-22", "llvm-objdump-14", "llvm-objdump"))), None)
RUST = """
#[inline(never)] fn add(x: i32) -> i32 { x + 1 }
#[inline(never)] fn sub(x: i32) -> i32 { x - 1 }
#[inline(never)] fn twice(f: fn(i32) -> i32, x: i32) -> i32 { f(x) + f(x) }
trait Shape { fn area(&self) -> u64; }
struct Square(u64); struct Oblong(u64, u64);
impl Shape for Square { fn area(&self) -> u64 { self.0 * self.0 } }
impl Shape for Oblong { fn area(&self) -> u64 { self.0 * self.1 } }
#[inline(never)] fn total(v: &[Box<dyn Shape>]) -> u64 { v.iter().map(|s| s.area()).sum() }
fn main() {
    let n = std::env::args().count() as i32;
    println!("{}", twice(if n > 2 { sub } else { add }, 5));
    println!("{}", total(&[Box::new(Square(n as u64)), Box::new(Oblong(n as u64, 3))]));
}
"""

# Functions in C, NUMBER of each: an argument, a table's entry, a tail call, a loop, a pointer that calls come between,
# members, one of two, a switch's cases, and one without a pointer.
NUMBER = 8
HEAD = """
typedef int (*unary)(int); typedef int (*binary)(int, int);
struct ops { unary first; binary second; };
#define SEEN EXTERN __attribute__((visibility("default"), noinline))
EXTERN int outside(int *);
EXTERN __attribute__((noinline)) int one(int x) { return x + 1; }
EXTERN __attribute__((noinline)) int two(int x) { return x * 3; }
EXTERN __attribute__((noinline)) int three(int x, int y) { return x - y; }
__attribute__((visibility("default"))) unary volatile table[] = {one, two};
__attribute__((visibility("default"))) binary volatile second = three;
"""
SHAPES = """
SEEN int parameter_@(unary f, int x) { return f(x) + @; }
SEEN int entry_@(int i) { return table[i & 1](i) + @; }
SEEN int tail_@(binary f, int x) { return f(x, @); }
SEEN int loop_@(unary f, int n) { int s = 0; for (int i = 0; i < n; i++) s += f(i) + @; return s; }
SEEN int spilled_@(unary f, int a, int b, int c, int d, int e) {
    int s = f(a); outside(&s); s += f(b) * c; outside(&s); return f(s + d) + e + @; }
SEEN int member_@(struct ops *o, int x) { return o->first(x) + o->second(x, @); }
SEEN int chosen_@(int x, unary f, unary g) { unary h = x > @ ? f : g; return h(x) + h(x + 1); }
SEEN int switched_@(int x, unary f) { switch (x) { case 0: return f(1); case 1: return x * @; case 2: return f(x) + 3;
    case 3: return x - 7; case 4: return f(@) - x; case 5: return ~x; case 6: return x + @; default: return 0; } }
SEEN int imported_@(int x) { return outside(&x) + @; }
"""
# … and in C++: calls through vtables.
CLASSES = """
inline void *operator new(__SIZE_TYPE__, void *p) { return p; }
struct Shape { virtual int area(); virtual int grow(int by); int side; };
struct Round : Shape { int area() override; int grow(int by) override; };
int Shape::area() { return side * side; } int Shape::grow(int by) { return side += by; }
int Round::area() { return side * 3; } int Round::grow(int by) { return side -= by; }
SEEN Shape *make(void *p, int n) { return n ? new (p) Shape : new (p) Round; }
"""
VIRTUAL = "SEEN int virtual_@(Shape *s, Shape *t) { return s->area() + t->grow(@) * s->area(); }"


def repeated(text):
    return "".join(text.replace("@", str(n)) for n in range(NUMBER))


C = "#define EXTERN extern" + HEAD.replace("EXTERN _", "_") .replace("SEEN EXTERN", "SEEN") + repeated(SHAPES)
CXX = '#define EXTERN extern "C"' + HEAD + repeated(SHAPES) + CLASSES + repeated(VIRTUAL)


def ours(bench, path):
    rows = {}
    text = subprocess.run([bench, "--list", path], capture_output=True, text=True, check=True).stdout
    for line in text.splitlines():
        addr, kind, edge, detail = line.split(" ")[:4]
        rows[int(addr, 16)] = (kind, edge, detail)
    return rows


def theirs(tool, path):
    """Address → (protected?, text) of every indirect branch that llvm-cfi-verify lists."""
    rows = {}
    text = subprocess.run([tool, "--ignore-dwarf", path], capture_output=True, text=True).stdout
    for m in re.finditer(r"^Instruction: (0x[0-9a-f]+) \((\w+)\):\s*(.*)", text, re.M):
        rows[int(m[1], 16)] = (m[2] == "PROTECTED", m[3])
    return rows


def switches(bench, path):
    """AArch64's compressed switches, which the scan sets aside at once: addresses of their jumps."""
    text = subprocess.run([bench, "--switches", path], capture_output=True, text=True, check=True).stdout
    return {int(line.split()[0], 16) for line in text.splitlines()}


def classify(row, protected, text, switch):
    """None: they agree. Otherwise the name of the disagreement."""
    if row is None:  # our first pass counts these and keeps no list
        if switch:
            return "compressed switch, set aside at once"
        return "GOT slot, set aside at once" if "(%rip)" in text or "notrack" in text else f"UNNAMED: not seen: {text}"
    kind, edge, detail = row
    if edge == "aside":
        return f"not attackable: {detail}" if not protected else None
    if (edge in ("guarded", "spilled")) == protected:
        return None
    if edge in ("guarded", "spilled"):
        return {"guarded": "checked, then copied", "spilled": "checked, then spilled"}[edge]
    return f"UNNAMED: {kind} {edge} {detail}, they say protected"


def kcfi_calls(path):
    """Addresses behind KCFI's traps: .kcfi_traps lists them by distances from each entry; AArch64 has none, there the
    trap's number says what it is."""
    if path.name.startswith("aarch64"):
        text = subprocess.run([OBJDUMP, "-d", "--no-show-raw-insn", path], capture_output=True, text=True,
                              check=True).stdout
        return {int(m[1], 16) + 4 for m in re.finditer(r"^\s*([0-9a-f]+):\s+brk\s+#0x8[0-3]", text, re.M)}
    text = subprocess.run(["readelf", "-SW", path], capture_output=True, text=True, check=True).stdout
    sections = {m[1]: tuple(int(x, 16) for x in m.groups()[1:]) for m in
                re.finditer(r"(\.\S+)\s+\S+\s+([0-9a-f]+)\s+([0-9a-f]+)\s+([0-9a-f]+)", text)}
    machine = re.search(r"Machine:\s+(.*)", subprocess.run(["readelf", "-h", path], capture_output=True,
                                                           text=True, check=True).stdout)[1]
    data = pathlib.Path(path).read_bytes()
    addr, offset, size = sections[".kcfi_traps"]
    traps = {addr + i + struct.unpack_from("<i", data, offset + i)[0] for i in range(0, size, 4)}
    code, at, _ = sections[".text"]

    def length(trap):
        half = struct.unpack_from("<H", data, at + trap - code)[0]
        return 2 if "X86" in machine or half == 0x9002 else 4  # ud2, c.ebreak; brk, ebreak
    return {trap + length(trap) for trap in traps}


def rust(work, name, *flags):
    (work / "p.rs").write_text(RUST)
    argv = ["rustc", "-O", *flags, "-Cunsafe-allow-abi-mismatch=sanitizer", "-o", work / name, work / "p.rs"]
    env = os.environ | {"RUSTC_BOOTSTRAP": "1"}
    return work / name if subprocess.run(argv, env=env, capture_output=True).returncode == 0 else None


def clang(work, compiler, linker, machine, source, *flags):
    """A library, or None where the compiler or the flag is not here."""
    file, made = work / ("p.cc" if source is CXX else "p.c"), work / machine
    file.write_text(source)
    if not shutil.which(compiler) or not shutil.which(linker):
        return None
    common = [f"--target={machine}-linux-gnu", "-O2", "-fPIC", "-fvisibility=hidden", *flags]
    for argv in ([compiler, *common, "-c", file, "-o", work / "p.o"],
                 [linker, "-shared", "-z", "now", "--eh-frame-hdr", work / "p.o", "-o", made]):
        if subprocess.run(argv, capture_output=True).returncode != 0:
            return None
    return made


def compare_cfi(bench, tool, what, path, least):
    """True when every disagreement has a name, and enough was seen."""
    mine, other, tables = ours(bench, path), theirs(tool, path), switches(bench, path)
    both = mine.keys() & other.keys()
    names = collections.Counter(filter(None, (classify(mine.get(a), *row, a in tables) for a, row in other.items())))
    print(f"{what}: {len(mine)} of ours, {len(other)} of theirs, {len(both)} of both")
    for name, n in names.most_common():
        print(f"  {n:5} {name}")
    edges = collections.Counter(e for _, e, _ in mine.values())
    print("  ours:", dict(edges))
    unnamed = any(name.startswith("UNNAMED") for name in names)
    return not unnamed and edges["guarded"] != 0 and edges["undecided"] == 0 and len(both) >= least


def compare_kcfi(bench, what, path):
    guarded = {a for a, (_, e, g) in ours(bench, path).items() if e == "guarded" and g == "kcfi"}
    traps = kcfi_calls(path)
    print(f"{what}: {len(guarded)} guarded by KCFI, {len(traps)} traps, {len(guarded ^ traps)} not in both")
    return guarded == traps and bool(traps)


def main():
    bench = sys.argv[1]
    tool = next(filter(None, map(shutil.which, ("llvm-cfi-verify-22", "llvm-cfi-verify", "llvm-cfi-verify-14"))), None)
    if tool is None:
        sys.exit(77)
    good = []
    cfi = ["-fsanitize=cfi-icall,cfi-vcall", "-fsanitize-trap=cfi", "-fno-sanitize-ignorelist", "-flto", "-fno-rtti"]
    with tempfile.TemporaryDirectory() as d:
        work = pathlib.Path(d)
        made = [("rustc x86-64", rust(work, "cfi", "-Zsanitizer=cfi", "-Clto", "-Ccodegen-units=1"))]
        for version in ("", "-22"):
            (work / version).mkdir(exist_ok=True)
            made += [(f"clang{version} {machine}",
                      clang(work / version, f"clang++{version}", f"ld.lld{version}", machine, CXX, *cfi))
                     for machine in ("x86_64", "aarch64")]
        good += [compare_cfi(bench, tool, what, path, 100) for what, path in made if path]
        made = [("rustc x86-64", rust(work, "kcfi", "-Zsanitizer=kcfi", "-Cpanic=abort"))]
        made += [(f"clang-22 {machine}", clang(work, "clang-22", "ld.lld-22", machine, C, "-fsanitize=kcfi"))
                 for machine in ("x86_64", "aarch64", "riscv64")]
        good += [compare_kcfi(bench, what, path) for what, path in made if path]
    sys.exit(77 if not good else not all(good))


main()
