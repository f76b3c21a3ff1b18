#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""COFF and Mach-O objects are read like linked files: what we say of each beside (1) what llvm-objdump -dr shows of its
functions, (2) what we say of the library that lld makes of it, (3) counts by hand. rustc's objects and rlibs too.

  objects_foreign.py DUMP_COVERAGE RUSTPROOF
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SRC = pathlib.Path(__file__).resolve().parents[1] / "checks/src"
# seven functions with an indirect call or none, one with a large frame, one with a switch
C = """
typedef int (*fn)(int);
extern fn table[4], hook;
extern int other(int);
extern void fill(char *);
FAR extern int imported(int);
static int hidden(int x) { return x * 3; }
static __attribute__((noinline)) int direct(int x) { return x * x + other(x); }
static fn local_hook = hidden;
int call_hook(int x) { return hook(x) + 1; }
int call_table(int i) { return table[i & 3](i) + other(i); }
int call_local(int x) { return local_hook(x) + imported(x) + direct(x); }
fn get(void) { return hidden; }
void set(fn f) { local_hook = f; }
int large(void) { char b[20000]; fill(b); return b[5]; }
int small(void) { char b[64]; fill(b); return b[5] + direct(2); }
int choose(int x) {
    switch (x) {
    case 0: return other(1);
    case 1: return other(7) + 1;
    case 2: return other(9) * 3;
    case 3: return hidden(x) * other(3);
    case 4: return other(99) - x;
    case 5: return 5 + other(22);
    default: return 0;
    }
}
"""
REST = """
typedef int (*fn)(int);
fn table[4], hook;
int other(int x) { return x; }
int imported(int x) { return x; }
void fill(char *c) { *c = 0; }
"""
FUNCTIONS = {"hidden", "direct", "call_hook", "call_table", "call_local", "get", "set", "large", "small", "choose"}
INDIRECT = {"call_hook", "call_table", "call_local"}
TARGETS = {  # flags; the cookie's helper; whether its large frame is probed
    "x86_64-pc-windows-msvc": ([], "__security_check_cookie", True),
    "i686-pc-windows-msvc": ([], "__security_check_cookie", True),
    "aarch64-pc-windows-msvc": ([], "__security_check_cookie", True),
    "x86_64-w64-windows-gnu": ([], "__stack_chk_fail", True),
    "x86_64-apple-macosx11": ([], "__stack_chk_fail", False),
    "arm64-apple-macosx11": (["-mbranch-protection=standard"], "__stack_chk_fail", False),
}
KEPT = ("coverage protector", "coverage probes", "coverage signing", "coverage bare_returns", "coverage kcfi",
        "coverage cfg", "edges")
RUST = """
#![feature(no_core, lang_items)]
#![no_core]
#![crate_type = "lib"]
#[lang = "pointee_sized"] trait PointeeSized {}
#[lang = "meta_sized"] trait MetaSized: PointeeSized {}
#[lang = "sized"] trait Sized: MetaSized {}
#[lang = "copy"] trait Copy {}
impl Copy for i32 {}
extern "C" { fn other(x: i32) -> i32; }
#[no_mangle] pub fn call(f: extern "C" fn(i32) -> i32, x: i32) -> i32 { f(x); f(x) }
#[no_mangle] pub fn direct(x: i32) -> i32 { unsafe { other(x) } }
#[no_mangle] pub fn leaf(x: i32) -> i32 { x }
"""
RUST_TARGETS = {  # calls that are checked
    "x86_64-pc-windows-msvc": 2, "i686-pc-windows-msvc": 2, "aarch64-pc-windows-msvc": 2,
    "x86_64-pc-windows-gnu": 0, "x86_64-apple-darwin": 0, "aarch64-apple-darwin": 0,
}
failures, passed = [], 0
DUMP, RUSTPROOF = sys.argv[1:3]


def run(*argv, **kw):
    return subprocess.run([str(a) for a in argv], check=True, capture_output=True, text=True, **kw).stdout


def must(ok, what):
    global passed
    passed += ok
    if not ok:
        failures.append(what)
        print("FAIL", what)


def find(*names):
    return next((path for path in map(shutil.which, names) if path), None)


class Coverage:
    """What dump_coverage prints."""

    def __init__(self, path):
        self.text = run(DUMP, path)
        self.rows = {m[1]: (m[2], int(m[3]), int(m[4]))
                     for m in re.finditer(r"^coverage (\w+) (\w+) (\d+) (\d+)", self.text, re.M)}

    def outside(self, name):
        return {m[1].lstrip("_") for m in re.finditer(rf"^outside {name} \w+ \d+ (\S*)", self.text, re.M)}

    def kept(self):
        return [line for line in self.text.splitlines() if line.startswith(KEPT)]


def functions_of(objdump, path):
    """Name → disassembly with relocations. Mach-O: a label ltmpN stands where the first function does."""
    bodies, name = {}, None
    first = {m[1].lstrip("0"): m[2].lstrip("_")
             for m in re.finditer(r"^([0-9a-f]+) .* __TEXT,__text (?:\.\w+ )?(_\S+)$", run(objdump, "-t", path), re.M)}
    # LLVM 14 calls paciasp in a Mach-O file unknown unless it is told of the architecture's version
    newer = ["--mattr=+v8.5a"] if path.name.startswith("arm64") else []
    for line in run(objdump, "-dr", "--no-show-raw-insn", *newer, path).splitlines():
        m = re.match(r"([0-9a-f]+) <([^>]+)>:", line)
        if m:
            name = first.get(m[1].lstrip("0"), m[2]) if m[2].startswith("ltmp") else m[2].lstrip("_")
            bodies[name] = ""
        elif name:
            bodies[name] += line + "\n"
    return bodies


def link(work, target, path):
    """The library that lld makes of the object, or None."""
    rest, out = work / "rest.o", path.with_suffix(".linked")
    (work / "rest.c").write_text(REST)
    run("clang", f"--target={target}", "-O1", "-w", "-c", work / "rest.c", "-o", rest)
    if "apple" in target:
        linker = find("ld64.lld", "ld64.lld-14")
        arch = target.split("-")[0]
        command = [linker, "-dylib", "-arch", arch, "-platform_version", "macos", "11.0", "11.0", "-undefined",
                   "dynamic_lookup", path, rest, "-o", out]
    else:
        linker = find("lld-link", "lld-link-14")
        extra = work / "lc.obj"
        run("clang", f"--target={target}", "-c", SRC / "pe_load_config.S", "-o", extra)
        command = [linker, "/dll", "/noentry", "/nodefaultlib", "/force:unresolved", "/opt:noref,noicf", "/guard:cf",
                   *(["/safeseh:no"] if target.startswith("i686") else []), path, rest, extra, f"/out:{out}"]
    if not linker or subprocess.run(command, capture_output=True).returncode != 0:
        return None
    return out


def c_object(objdump, work, target, sections):
    flags, helper, probed = TARGETS[target]
    windows, msvc = "windows" in target, "msvc" in target
    path = work / f"{target}{'-sections' * sections}.o"
    (work / "a.c").write_text(C)
    run("clang", f"--target={target}", "-O2", "-w", "-fdeclspec", "-fstack-protector-strong", *flags,
        *(["-Xclang", "-cfguard"] if msvc else []), *(["-ffunction-sections", "-fdata-sections"] if sections else []),
        f"-DFAR={'__declspec(dllimport)' if windows else ''}", "-c", work / "a.c", "-o", path)
    got, bodies = Coverage(path), functions_of(objdump, path)
    bodies = {name: body for name, body in bodies.items() if name in FUNCTIONS}
    must(set(bodies) == FUNCTIONS, f"{path.name}: the fixture has other functions: {sorted(bodies)}")
    must(f"functions {len(FUNCTIONS)} named {len(FUNCTIONS)}" in got.text and "read yes" in got.text,
         f"{path.name}: functions: {got.text.splitlines()[:3]}")
    guarded = {name for name, body in bodies.items() if helper in body}
    must(guarded == {"large", "small"} and got.rows["protector"][1] == 2 and not guarded & got.outside("protector"),
         f"{path.name}: protector {got.rows['protector']} {guarded}")
    must(got.rows["probes"] == ("yes", int(probed), 1) and got.outside("probes") == (set() if probed else {"large"}),
         f"{path.name}: probes {got.rows['probes']}")
    checked = {name for name, body in bodies.items() if re.search(r"guard_(check|dispatch)_icall_fptr", body)}
    if msvc:
        must(checked == INDIRECT and got.rows["cfg"] == ("yes", 3, 3), f"{path.name}: cfg {got.rows['cfg']} {checked}")
    else:
        must(got.rows["kcfi"] == ("yes", 0, 3) and got.outside("kcfi") == INDIRECT,
             f"{path.name}: indirect calls {got.rows['kcfi']} {got.outside('kcfi')}")
    if "-mbranch-protection=standard" in flags:
        signs = {name for name, body in bodies.items() if re.search(r"paciasp|pacia\s+x30, sp|hint\s+#25", body)}
        must(got.rows["signing"][1] == len(signs) and not signs & got.outside("signing"),
             f"{path.name}: signed {got.rows['signing']} {signs}")
    linked = link(work, target, path)
    must(linked is not None, f"{path.name}: lld does not link it")
    if linked:
        same_edges(path, got, Coverage(linked))


def same_edges(path, got, twin):
    """The linked file has no symbols but those of two more files, and no helpers' names: its edges are the same."""
    edges = [re.search(r"^edges guarded (\d+) spilled (\d+) unguarded (\d+) undecided (\d+).* jump_table (\d+)",
                       c.text, re.M).groups() for c in (got, twin)]
    must(edges[0] == edges[1], f"{path.name}: edges {edges[0]}, in the linked file {edges[1]}")


def code_of(node):
    if isinstance(node, dict):
        if "edges" in node and "cfg" in node:
            yield node
        node = list(node.values())
    for child in node if isinstance(node, list) else []:
        yield from code_of(child)


def rust_object(rustc, objdump, work, target, checked):
    (work / "k.rs").write_text(RUST)
    path, rlib = work / f"k-{target}.o", work / f"libk-{target}.rlib"
    flags = ["-Ccontrol-flow-guard=checks"] if checked else []
    done = subprocess.run([rustc, "--target", target, "-O", "-Cpanic=abort", "-Ccodegen-units=1", *flags,
                           f"--emit=obj={path},link={rlib}", work / "k.rs"], capture_output=True, text=True,
                          env=dict(os.environ, RUSTC_BOOTSTRAP="1"))
    if done.returncode != 0:
        print(f"skipped: rustc for {target}: {done.stderr.strip().splitlines()[0] if done.stderr else ''}")
        return 1
    bodies = functions_of(objdump, path)
    must({"call", "direct", "leaf"} <= set(bodies), f"{path.name}: the fixture has other functions: {sorted(bodies)}")
    for file in (path, rlib):
        code = [c for c in code_of(json.loads(run(RUSTPROOF, "facts", "--code", file))) if c["functions"]]
        must(len(code) == 1 and code[0]["functions"] == 3 and code[0]["whole"] == "yes", f"{file.name}: functions")
        if len(code) == 1:
            edges = code[0]["edges"]  # AArch64 reloads the pointer from the stack behind its check
            guarded, open_ = edges["guarded"] + edges["spilled"], edges["unguarded"]
            must((guarded, open_) == (checked, 2 - checked), f"{file.name}: {guarded} guarded, {open_} not")
    return 0


def main():
    objdump = find("llvm-objdump-22", "llvm-objdump", "llvm-objdump-14")
    if not find("clang") or not objdump:
        print("skipped: clang or llvm-objdump is not installed")
        return 77
    skipped, rustc = 0, find("rustc")
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        for target in TARGETS:
            for sections in (False, True):
                c_object(objdump, work, target, sections)
        for target, checked in RUST_TARGETS.items() if rustc else []:
            skipped += rust_object(rustc, objdump, work, target, checked)
    if not rustc:
        print("skipped: rustc is not installed")
    print(f"{passed} passed, {len(failures)} failed, {skipped + (not rustc)} skipped")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
