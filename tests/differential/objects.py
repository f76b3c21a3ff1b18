#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Objects are read like linked files: what we say of each object beside (1) which of its functions refer to
__stack_chk_fail and begin with a landing pad by llvm-objdump, (2) what we say of the library that lld makes of it,
(3) counts by hand. Members of archives and rlibs too.

  objects.py DUMP_COVERAGE RUSTPROOF
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

C = """
extern int ext(char *); extern int (*table[4])(int); extern __thread int there; static __thread int here;
static int hidden(int x) { return x * 3; }
static __attribute__((noinline)) int direct(int x) { return x * x + 5; }
int small(int x) { char b[64]; ext(b); return b[x]; }
int plain(int x) { return direct(x) + direct(x + 1); }
int call(int (*f)(int), int x) { return f(x) + 1; }
int large(int x) { char b[20000]; ext(b); return b[x]; }
int local(void) { return there + here++; }
int (*pick(int x))(int) { return x ? hidden : small; }
int entry(int i) { return table[i & 3](i) + 2; }
int two_calls(int x) { return ext((char *)(long)x) + ext(0); }
"""
PADS = r"endbr64|endbr32|bti\s+(c|jc)$|paciasp|pacibsp"
MACHINES = {  # target: flags, indirect calls (the call of a TLS descriptor is none), has landing pads
    "x86_64": (["-fcf-protection=full"], True), "i386": (["-fcf-protection=full"], True),
    "aarch64": (["-mbranch-protection=standard"], True), "armv7": (["-mfloat-abi=soft"], False),
    "thumbv7": (["-mfloat-abi=soft"], False), "riscv64": ([], False), "riscv32": ([], False),
}
FUNCTIONS = {"small", "plain", "call", "large", "local", "pick", "entry", "two_calls", "hidden", "direct"}
KEPT = ("coverage protector", "coverage probes", "coverage signing", "coverage bare_returns", "coverage kcfi",
        "coverage overflow", "coverage bounds", "coverage safe_stack", "functions", "sites", "kcfi")
TLS = """
__attribute__((tls_model("global-dynamic"))) extern __thread int a_gd;
__attribute__((tls_model("initial-exec"))) extern __thread int a_ie;
__attribute__((tls_model("local-dynamic"))) static __thread int a_ld, b_ld;
__attribute__((tls_model("local-exec"))) static __thread int a_le, b_le;
int gd(void) { return a_gd; }
int ie(void) { return a_ie; }
void ie_set(int x) { a_ie = x; }
int *ie_address(void) { return &a_ie; }
int ld(void) { return a_ld++ + b_ld++; }
int le(void) { return a_le; }
int *le_address(int i) { return &b_le + i; }
void le_add(void) { a_le++; }
int none(int x) { return x; }
"""
# compiler and flags → functions by model: one global, one local dynamic, three initial and three local exec
TRADITIONAL = "gd 1 ld 1 desc 0 ie 3 le 3 emulated 0"
ALIKE = "gd 2 ld 0 desc 0 ie 3 le 3 emulated 0"  # general and local dynamic are the same instructions
DESCRIPTORS = "gd 0 ld 0 desc 2 ie 3 le 3 emulated 0"
TLS_BUILDS = {
    ("clang", "--target=x86_64-linux-gnu"): TRADITIONAL, ("clang", "--target=i386-linux-gnu"): TRADITIONAL,
    ("clang", "--target=aarch64-linux-gnu"): DESCRIPTORS,
    ("clang", "--target=armv7-linux-gnueabihf"): ALIKE, ("clang", "--target=thumbv7-linux-gnueabihf"): ALIKE,
    ("clang", "--target=riscv64-linux-gnu"): ALIKE, ("clang", "--target=riscv32-linux-gnu"): ALIKE,
    ("clang", "--target=x86_64-linux-gnu", "-femulated-tls"): "gd 0 ld 0 desc 0 ie 0 le 0 emulated 8",
    ("gcc",): TRADITIONAL, ("gcc", "-mtls-dialect=gnu2"): DESCRIPTORS, ("gcc", "-m32"): TRADITIONAL,
    ("aarch64-linux-gnu-gcc",): DESCRIPTORS, ("aarch64-linux-gnu-gcc", "-mtls-dialect=trad"): ALIKE,
    ("arm-linux-gnueabihf-gcc",): ALIKE, ("riscv64-linux-gnu-gcc",): ALIKE,
}
RUST = """
#![no_std]
#[no_mangle] pub fn call(f: fn(i32) -> i32, x: i32) -> i32 { f(x) + 1 }
#[no_mangle] pub fn at_place(v: &[u8], i: usize) -> u8 { v[i] }
#[no_mangle] pub fn add(a: i32, b: i32) -> i32 { a + b }
#[no_mangle] pub fn and(a: i32, b: i32) -> i32 { a & b }
"""
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
        return {m[1] for m in re.finditer(rf"^outside {name} \w+ \d+ (\S*)", self.text, re.M)}

    def kept(self):
        return [line for line in self.text.splitlines() if line.startswith(KEPT)]


def functions_of(objdump, path):
    """Name → lines of disassembly with relocations."""
    bodies, name = {}, None
    # LLVM 14 writes `hint #25` for paciasp unless it is told of the architecture's version
    newer = ["--mattr=+v8.5a"] if path.name.startswith("aarch64") else []
    for line in run(objdump, "-dr", "--no-show-raw-insn", *newer, path).splitlines():
        m = re.match(r"[0-9a-f]+ <([^>]+)>:", line)
        if m and m[1].startswith((".L", "$")):
            continue
        if m:
            name = m[1]
            bodies[name] = []
        elif name and line.strip():
            bodies[name].append(line)
    return bodies


def c_object(tools, work, machine, extra=()):
    flags, pads = MACHINES[machine]
    path = work / f"{machine}{''.join(extra)}.o"
    (work / "a.c").write_text(C)
    run(tools["clang"], f"--target={machine}-linux-gnu", "-O1", "-fPIC", "-fstack-protector-strong", *flags, *extra,
        "-w", "-c", work / "a.c", "-o", path)
    got, bodies = Coverage(path), functions_of(tools["objdump"], path)
    bodies = {name: body for name, body in bodies.items() if name in FUNCTIONS}
    must(set(bodies) == FUNCTIONS, f"{path.name}: the fixture has other functions: {sorted(bodies)}")
    must(f"functions {len(FUNCTIONS)} named {len(FUNCTIONS)} undecodable 0" in got.text, f"{path.name}: functions")
    guarded = {name for name, body in bodies.items() if any("__stack_chk_fail" in line for line in body)}
    must(guarded == {"small", "large"} and got.rows["protector"][1] == 2
         and not guarded & got.outside("protector"), f"{path.name}: protector {got.rows['protector']}")
    if pads:
        taken = FUNCTIONS - {"direct"} - ({"hidden"} if machine == "i386" else set())
        padded = {name for name, body in bodies.items() if re.search(PADS, body[0].strip())}
        must(padded >= FUNCTIONS - {"direct"} and got.rows["landing"] == ("yes", len(taken), len(taken)),
             f"{path.name}: landing pads {got.rows['landing']} of {len(padded)}")
    if got.rows["probes"][0] == "yes":
        must(got.rows["probes"][1:] == (0, 1) and got.outside("probes") == {"large"}, f"{path.name}: probes")
    must(got.rows["kcfi"] == ("yes", 0, 2) and got.outside("kcfi") == {"call", "entry"},
         f"{path.name}: indirect calls {got.rows['kcfi']} {got.outside('kcfi')}")
    if tools["lld"]:
        linked = path.with_suffix(".so")
        run(tools["lld"], "-shared", "-z", "now", path, "-o", linked)
        twin = Coverage(linked)
        must(twin.kept() == got.kept(), f"{path.name}: object and library differ:\n" +
             "\n".join(f"  {a}\n  {b}" for a, b in zip(got.kept(), twin.kept()) if a != b))


def compiles(command):
    return shutil.which(command[0]) and subprocess.run(command, capture_output=True).returncode == 0


def tls(tools, work):
    """The model of every access, at two levels of optimisation; libraries (without local exec, which no
    library may use) say the same from their dynamic relocations."""
    lines = TLS.splitlines()
    library = "\n".join(line for line in lines if "_le" not in line.replace("_ie", ""))
    (work / "tls.c").write_text(TLS)
    (work / "library.c").write_text(library.replace("int le(void)", "int unused(void)"))
    skipped = 0
    for (compiler, *flags), wanted in TLS_BUILDS.items():
        for level in ("-O1", "-O2"):
            command = [compiler, *flags, level, "-w", "-fPIC", "-c", "-o", work / "tls.o"]
            if not compiles([*command, work / "tls.c"]):
                print("skipped:", compiler, *flags, "does not compile")
                skipped += 1
                continue
            got = re.search(r"^tls (.*)", Coverage(work / "tls.o").text, re.M)[1]
            must(got == wanted, f"tls {compiler} {flags} {level}: {got}, not {wanted}")
            linker = tools["lld"] if "clang" in compiler else None
            run(*command, work / "library.c")
            link = [linker] if linker else [compiler, *flags, "-nostdlib"]
            if compiles([*link, "-shared", work / "tls.o", "-o", work / "tls.so"]):
                got = re.search(r"^tls (.*)", Coverage(work / "tls.so").text, re.M)[1]
                expected = re.sub(r"le \d", "le 0", wanted).replace("emulated 8", "emulated 5")
                must(got == expected, f"tls library {compiler} {flags} {level}: {got}, not {expected}")
    return skipped


def signed(tools, work):
    """AArch64: pac-ret by the instructions that llvm-objdump shows."""
    path = work / "aarch64.o"
    bodies = functions_of(tools["objdump"], path)
    signs = {n for n, b in bodies.items() if any(re.search(r"paciasp", line) for line in b)}
    got = Coverage(path)
    must(got.rows["signing"][1] == len(signs) and not signs & got.outside("signing"), "aarch64: signed functions")


def rust(tools, work):
    (work / "k.rs").write_text(RUST)
    env = dict(os.environ, RUSTC_BOOTSTRAP="1")
    run(tools["rustc"], "-O", "--crate-type=lib", f"--emit=obj={work}/k.o,link={work}/libk.rlib",
        "-Coverflow-checks=on", "-Cpanic=abort", "-Zsanitizer=kcfi", "-Ccodegen-units=1",
        "-Cunsafe-allow-abi-mismatch=sanitizer",
        work / "k.rs", env=env)
    got = Coverage(work / "k.o")
    bodies = functions_of(tools["objdump"], work / "k.o")
    for name, symbol in (("overflow", "panic_const_add_overflow"), ("bounds", "panic_bounds_check")):
        users = {n for n, b in bodies.items() if any(symbol in line for line in b)}
        must(got.rows[name] == ("yes", len(users), 4) and not users & got.outside(name),
             f"rust: {name} {got.rows[name]}, {users}")
    must(got.rows["overflow"][1] == 2 and got.rows["bounds"][1] == 1,
         "rust: overflow in call and add, bounds in at_place")
    must(got.rows["kcfi"] == ("yes", 1, 1), f"rust: kcfi {got.rows['kcfi']}")
    must("kcfi prefixes 4 traps yes" in got.text, "rust: .kcfi_traps of an object agrees with its code")
    facts = json.loads(run(RUSTPROOF, "facts", "--code", work / "libk.rlib"))
    code = [node for node in walk(facts) if "kcfi" in node and "edges" in node and node["overflow"]["total"]]
    must(len(code) == 1 and code[0]["kcfi"]["covered"] == 1 and code[0]["overflow"]["covered"] == 2,
         "rust: the rlib's member")


def walk(node):
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    for child in node if isinstance(node, list) else []:
        yield from walk(child)


def main():
    tools = {"clang": find("clang", "clang-14"), "objdump": find("llvm-objdump-22", "llvm-objdump", "llvm-objdump-14"),
             "lld": find("ld.lld-22", "ld.lld", "ld.lld-14"), "rustc": find("rustc")}
    if not tools["clang"] or not tools["objdump"]:
        print("skipped: clang or llvm-objdump is not installed")
        return 77
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        for machine in MACHINES:
            c_object(tools, work, machine)
        c_object(tools, work, "x86_64", ("-ffunction-sections",))
        signed(tools, work)
        skipped = tls(tools, work)
        if tools["rustc"]:
            rust(tools, work)
        else:
            print("skipped: rustc is not installed")
    print(f"{passed} passed, {len(failures)} failed, {skipped + (not tools['rustc'])} skipped")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
