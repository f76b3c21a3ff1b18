#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Calls through thunks (retpolines, LVI's) are indirect calls. One source is built with branches through registers
and with each kind of thunk, by clang, GCC and rustc; objdump says which direct branches go to a thunk. Those must be in
the list of indirect branches, and stand there as their twins without thunks do; the same when the file is stripped.
Also with CFI and KCFI, whose checked calls stay checked.

  thunks.py BENCH_CODE DUMP_COVERAGE
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

C = """
typedef int (*fn)(int);
struct ops { fn a, b; };
static int one(int x) { return x + 1; }
static int two(int x) { return x + 2; }
const fn table[2] = {one, two};
volatile fn known;
int call_arg(fn f, int x) { return f(x) + 1; }
int tail_arg(fn f, int x) { return f(x + 3); }
int call_field(struct ops *o, int x) { return o->a(x) + o->b(x); }
int tail_maybe(struct ops *o, int x) { if (x > 5) return o->b(x); return x; }
int loop(struct ops *o, int n) { int s = 0; for (int i = 0; i < n; i++) s += o->a(i); return s; }
int constant_table(int i, int x) { return table[i & 1](x) + 2; }
int global(int x) { return known(x) - 1; }
int only(int x) { fn f = one; __asm__("" : "+r"(f)); return f(x) * 3; }
int across(fn f, fn g, int x) { int r = f(x); return r + g(r) + f(r); }
"""
# Conditional jumps to a thunk, which newer compilers make of conditional tail calls; T: "thunk", or the twin's jump
# around an indirect one.
JCC = """
.macro either cc, not, reg
.ifdef THUNK
j\\cc __x86_indirect_thunk_\\reg
.else
j\\not 9f
jmp *%\\reg
9:
.endif
.endm
.macro start name
.globl \\name
.type \\name, @function
\\name:
.cfi_startproc
.endm
.macro stop name
.cfi_endproc
.size \\name, . - \\name
.endm
start from_memory; mov (%rdi), %rax; test %esi, %esi; either e, ne, rax; xor %eax, %eax; ret; stop from_memory
start own; lea from_memory(%rip), %r11; cmp $5, %esi; either a, na, r11; mov $1, %eax; ret; stop own
start goes_on; mov (%rdi), %rax; test %esi, %esi; either s, ns, rax; mov 8(%rdi), %rax; jmp *%rax; stop goes_on
start behind; lea own(%rip), %rax; test %esi, %esi; either e, ne, rax; mov $7, %ecx; jmp *%rax; stop behind
start compared; lea own(%rip), %rcx; cmp %rcx, %rdi; either e, ne, rdi; ud2; stop compared
start refused; lea own(%rip), %rcx; cmp %rcx, %rdi; either ne, e, rdi; ud2; stop refused
"""
RUST = """
pub struct Ops { a: fn(u32) -> u32, b: Box<dyn Fn(u32) -> u32> }
#[no_mangle] #[inline(never)] pub fn call_arg(f: fn(u32) -> u32, x: u32) -> u32 { f(x) + 1 }
#[no_mangle] #[inline(never)] pub fn tail_arg(f: fn(u32) -> u32, x: u32) -> u32 { f(x + 3) }
#[no_mangle] #[inline(never)] pub fn call_field(o: &Ops, x: u32) -> u32 { (o.a)(x) + (o.b)(x) }
#[no_mangle] #[inline(never)] pub fn all(v: &[fn(u32) -> u32], x: u32) -> u32 { v.iter().map(|f| f(x)).sum() }
fn one(x: u32) -> u32 { x + 1 }
fn two(x: u32) -> u32 { x * 2 }
fn main() {
    let n = std::env::args().count() as u32;
    let f: fn(u32) -> u32 = if n > 1 { one } else { two };
    let o = Ops { a: f, b: if n > 2 { Box::new(move |x| x + n) } else { Box::new(move |x| x * n) } };
    println!("{}", call_arg(f, n) + tail_arg(f, n) + call_field(&o, n) + all(&[one, two, f], n));
}
"""
RUST_FUNCTIONS = ("call_arg", "tail_arg", "call_field", "all")
THUNK = r"__x86_indirect_thunk|__llvm_retpoline_|__llvm_lvi_thunk_"
BENCH, DUMP = sys.argv[1:3]
UNSTABLE = dict(os.environ, RUSTC_BOOTSTRAP="1")
failures, passed = [], 0


def run(*argv, **kw):
    return subprocess.run([str(a) for a in argv], check=True, capture_output=True, text=True, **kw).stdout


def must(ok, what):
    global passed
    passed += bool(ok)
    if not ok:
        failures.append(what)


def listed(path):
    """Indirect branches: address, call or jump, class, function; no returns in disguise."""
    rows = [line.split(" ") for line in run(BENCH, "--list", path).splitlines()]
    return [(int(r[0], 16), r[1], r[2], r[-1]) for r in rows if r[3] != "return"]


def to_thunks(path):
    """What objdump says: direct branches to a thunk, none of them in a thunk. Where the dynamic linker fills in the
    displacement, its relocation stands below the instruction and names the thunk."""
    found, function, branch = set(), "", None
    for line in run("objdump", "-dR", "--no-show-raw-insn", path).splitlines():
        head = re.match(r"[0-9a-f]+ <(.*)>:", line)
        function = head[1] if head else function
        m = re.match(r"\s*([0-9a-f]+):\s+(?:(?:cs|bnd) )?(call|j[a-z]+)\S*\s+[0-9a-f]+ <([^>]*)>", line)
        patch = re.match(r"\s*[0-9a-f]+: R_\w+_PC32\s+(\S+)", line)
        to = m[3] if m else patch[1] if patch else ""
        branch = (int(m[1], 16), "call" if m[2] == "call" else "jmp") if m else branch
        if branch and re.match(THUNK, to) and "+" not in to and not re.match(THUNK, function):
            found.add(branch)
    return found


def stand(rows):
    """How the branches of each function stand, in their order."""
    by = {}
    for _, kind, how, function in rows:
        if not re.match(THUNK, function):
            by.setdefault(function, []).append((kind, how))
    return by


def stripped(path):
    out = pathlib.Path(f"{path}.stripped")
    run("strip", "-s", "-o", out, path)
    return out


def compare(name, path, twin, *, inline=False, by_function=True):
    rows, calls = listed(path), to_thunks(path)
    own = {(a, k) for a, k, _, f in rows if not re.match(THUNK, f)}
    must(rows and (calls or inline), f"{name}: no calls of thunks")
    if not inline:
        must(calls <= own, f"{name}: not among the branches: {sorted(calls - own)}")
    if by_function:
        must(stand(rows) == stand(listed(twin)), f"{name}: {stand(rows)}, without thunks {stand(listed(twin))}")
    # rustc's main has no unwind data: stripped, nothing tells of it
    kept = {(a, k, h) for a, k, h, f in rows if (inline or (a, k) in calls) and f != "main"}
    bare = {(a, k, h) for a, k, h, _ in listed(stripped(path))}
    must(kept <= bare, f"{name}, stripped: not among the branches: {sorted(kept - bare)}")


def coverage(path, what):
    return re.search(rf"^coverage {what} \w+ (\d+) (\d+)", run(DUMP, path), re.M).groups()


def c_thunks(work, compiler, flags, bits, inline=False, link="-fPIC"):
    name = f"{compiler} -m{bits} {flags} {link}"
    source, out, twin = work / "t.c", work / "t.so", work / "plain.so"
    source.write_text(C)
    base = [compiler, f"-m{bits}", "-O2", *link.split(), "-shared", "-nostdlib", source]
    try:
        run(*base, *flags.split(), "-o", out)
        run(*base, "-o", twin)
    except subprocess.CalledProcessError as e:
        print(f"skipped: {name}: {e.stderr.splitlines()[-1:]}")
        return
    compare(name, out, twin, inline=inline)
    for path in (out, stripped(out)):
        covered, total = coverage(path, "retpoline")
        barrier = "0" if "lvi" in flags else total
        must(covered == barrier and (total != "0") == ("lvi" not in flags), f"{path.name} {name}: {covered}/{total}")


def conditional(work):
    """Each stands as an indirect jump behind the opposite branch does; behind it the code goes on."""
    source, out, twin = work / "j.s", work / "j.so", work / "j-plain.so"
    thunks = "".join(f".hidden __x86_indirect_thunk_{r}\n.globl __x86_indirect_thunk_{r}\n__x86_indirect_thunk_{r}:\n"
                     f"call 1f\n0: pause\nlfence\njmp 0b\n1: mov %{r}, (%rsp)\nret\n" for r in ("rax", "r11", "rdi"))
    source.write_text(JCC + ".ifdef THUNK\n" + thunks + ".endif\n")
    base = ["gcc", "-shared", "-nostdlib", "-Wl,-Bsymbolic", source]
    run(*base, "-Wa,--defsym,THUNK=1", "-o", out)
    run(*base, "-o", twin)
    compare("jcc", out, twin)
    must(stand(listed(out)).get("from_memory") == [("jmp", "unguarded")], f"jcc: {stand(listed(out))}")


def rust_thunks(work, flags, thunk="-Zretpoline"):
    name = f"rustc {flags} {thunk}"
    source, out, twin = work / "t.rs", work / "t.so", work / "plain.so"
    source.write_text(RUST)
    base = ["rustc", "--edition=2021", "-O", "-Cpanic=abort", "-Cforce-unwind-tables=yes", *flags.split(), source]
    try:
        run(*base, thunk, "-Cunsafe-allow-abi-mismatch=retpoline,retpoline-external-thunk,sanitizer", "-o", out,
            env=UNSTABLE)
        run(*base, "-Cunsafe-allow-abi-mismatch=sanitizer", "-o", twin, env=UNSTABLE)
    except subprocess.CalledProcessError as e:
        print(f"skipped: {name}: {e.stderr.splitlines()[:2]}")
        return
    compare(name, out, twin, by_function=False)
    theirs, ours = stand(listed(twin)), stand(listed(out))
    for function in RUST_FUNCTIONS:
        must(function in ours and ours[function] == theirs.get(function),
             f"{name}: {function} {ours.get(function)}, without thunks {theirs.get(function)}")
    guard = "kcfi" if "kcfi" in flags else "cfi" if "cfi" in flags else None
    if guard:
        covered, total = coverage(out, guard)
        must(int(covered) > 0, f"{name}: {guard} {covered}/{total}")


def main():
    with tempfile.TemporaryDirectory() as d:
        work = pathlib.Path(d)
        conditional(work)
        for bits in (64, 32):
            for flags in ("-mretpoline", "-mlvi-cfi"):
                if shutil.which("clang") and not (bits == 32 and "lvi" in flags):  # that thunk jumps through ebx
                    c_thunks(work, "clang", flags, bits)
            for how in ("thunk", "thunk-inline"):
                c_thunks(work, "gcc", f"-mindirect-branch={how}", bits, inline=how == "thunk-inline")
        for compiler, flags in (("clang", "-mretpoline -mretpoline-external-thunk"),
                                ("gcc", "-mindirect-branch=thunk-extern"),
                                ("gcc", "-mindirect-branch=thunk-extern -mindirect-branch-cs-prefix"),
                                ("gcc", "-mindirect-branch=thunk -mindirect-branch-register")):
            if shutil.which(compiler):
                c_thunks(work, compiler, flags, 64)
        for compiler, flags in (("clang", "-mretpoline -mretpoline-external-thunk"),
                                ("gcc", "-mindirect-branch=thunk-extern")):
            for link in ("-fPIC", "-fno-pic", "-fno-pic -fuse-ld=lld"):
                if shutil.which(compiler):
                    c_thunks(work, compiler, flags, 32, link=f"{link} -Wl,-z,notext")
        if shutil.which("rustc"):
            rust_thunks(work, "")
            rust_thunks(work, "-Zsanitizer=cfi -Clto=fat -Ccodegen-units=1")
            rust_thunks(work, "-Zsanitizer=kcfi")
    for f in failures:
        print("FAILED", f)
    print(f"{passed} passed, {len(failures)} failed")
    sys.exit(1 if failures or not passed else 0)


main()
