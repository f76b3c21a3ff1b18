#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Control Flow Guard as the compiler was told, against what we read in the code: one program, built with checks, with a
table only, without either, and with checks but linked without. The headers of the first three are alike.

  windows_guard.py RUSTPROOF
"""
import itertools
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

SRC = pathlib.Path(__file__).resolve().parents[1] / "checks/src"
PROGRAM = """
typedef int (*operation)(int);
volatile int selected = 1;
__declspec(noinline) static int one(int x) { return x + 1; }
__declspec(noinline) static int two(int x) { return x * 2; }
operation table[2] = {one, two};
operation other = one;
__declspec(noinline) int call(int x) { return other(x) + 1; }
__declspec(noinline) int tail(operation f, int x) { return f(x); }
__declspec(noinline) int pick(int i) { return table[i & 1](i) + 3; }
int mainCRTStartup(void) { return call(selected) + tail(table[selected & 1], 2) + pick(selected); }
"""
INDIRECT = 3  # calls through pointers in the program
MODES = {  # compiler's flags, linker's, calls that are checked
    "checks": (["-Xclang", "-cfguard"], ["/guard:cf"], INDIRECT),
    "table only": (["-Xclang", "-cfguard-no-checks"], ["/guard:cf"], 0),
    "off": ([], ["/guard:cf"], 0),
    "linked without": (["-Xclang", "-cfguard"], [], INDIRECT),
}

# MSVC's switch: 32-bit entries that count from the image's base, which was put into a register far away
SWITCH = """
    .text
    .globl choose
    .def choose; .scl 2; .type 32; .endef
    .seh_proc choose
choose:
    subq $40, %rsp
    .seh_stackalloc 40
    .seh_endprologue
    leaq __ImageBase(%rip), %r14
    cmpl $3, %ecx
    ja 5f
    movslq %ecx, %rax
    movl table@IMGREL(%r14,%rax,4), %ecx
    addq %r14, %rcx
    jmpq *%rcx
1:  movl $10, %eax
    jmp 6f
2:  movl $11, %eax
    jmp 6f
3:  movl $12, %eax
    jmp 6f
4:  callq *other(%rip)
    jmp 6f
5:  xorl %eax, %eax
6:  addq $40, %rsp
    retq
    .seh_endproc
    .section .rdata, "dr"
    .balign 4
table: .long 1b@IMGREL, 2b@IMGREL, 3b@IMGREL, 4b@IMGREL
"""
DELAYED = """
__declspec(dllimport) int far_away(int);
void *__delayLoadHelper2(void *a, void *b) { return b; }
__declspec(noinline) int call_far(int x) { return far_away(x) + far_away(x + 1); }
int mainCRTStartup(void) { return call_far(2); }
"""
# ucrt for ARM64: its objects call the check by a function, which hands on through the slot
HANDED_ON = """
    .text
    .globl check
    .p2align 2
    .seh_proc check
check:
    .seh_endprologue
    adrp x16, __guard_check_icall_fptr
    ldr x16, [x16, :lo12:__guard_check_icall_fptr]
    br x16
    .seh_endproc
    .globl choose
    .seh_proc choose
choose:
    stp x29, x30, [sp, #-16]!
    .seh_save_fplr_x 16
    .seh_endprologue
    adrp x8, other
    ldr x15, [x8, :lo12:other]
    bl check
    blr x15
    adrp x8, other
    ldr x8, [x8, :lo12:other]
    blr x8
    .seh_startepilogue
    ldp x29, x30, [sp], #16
    .seh_save_fplr_x 16
    .seh_endepilogue
    ret
    .seh_endproc
"""
OWN_SECTION = 0x1000 | 0x2000  # PROTECT_DELAYLOAD_IAT, DELAYLOAD_IAT_IN_ITS_OWN_SECTION


def find(*names):
    return next((path for path in map(shutil.which, names) if path), None)


def code_facts(node):
    """The code facts, wherever the document keeps them."""
    if isinstance(node, dict):
        if "edges" in node and "cfg" in node:
            return node
        node = list(node.values())
    for child in node if isinstance(node, list) else []:
        found = code_facts(child)
        if found:
            return found
    return None


def facts_of(rustproof, program):
    out = subprocess.run([rustproof, "facts", "--code", program], capture_output=True, text=True, check=True).stdout
    return code_facts(json.loads(out))


def switch(rustproof, clang, link, folder):
    """One call is open, the switch's jump is none that could be redirected; each of its ways is code."""
    (folder / "s.S").write_text(SWITCH)
    (folder / "m.c").write_text("typedef int (*f)(int); f other; extern int choose(int); volatile int n;"
                                "int mainCRTStartup(void) { return choose(n); }")
    cc, program = [clang, "--target=x86_64-pc-windows-msvc", "-O2", "-c"], folder / "switch.exe"
    for name in ("s.S", "m.c"):
        subprocess.run([*cc, folder / name, "-o", folder / (name + ".obj")], check=True)
    subprocess.run([link, folder / "s.S.obj", folder / "m.c.obj", "/nodefaultlib", "/subsystem:console",
                    "/entry:mainCRTStartup", f"/out:{program}"], check=True)
    edges = facts_of(rustproof, program)["edges"]
    got = (edges["aside_jump_table"], edges["unguarded"], edges["undecided"])
    return [] if got == (1, 1, 0) else [f"a switch of MSVC's: table, unguarded, undecided {got}, not (1, 1, 0)"]


def handed_on(clang, link, rustproof, folder):
    """One of two calls is checked, by a function that jumps through the slot; that function is none of the code's."""
    (folder / "h.S").write_text(HANDED_ON)
    (folder / "m.c").write_text("typedef int (*f)(int); f other; extern int choose(void);"
                                "int mainCRTStartup(void) { return choose(); }")
    cc, program = [clang, "--target=aarch64-pc-windows-msvc", "-O2", "-c"], folder / "handed.exe"
    for name in (folder / "h.S", folder / "m.c", SRC / "pe_load_config.S"):
        subprocess.run([*cc, name, "-o", folder / (name.name + ".obj")], check=True)
    subprocess.run([link, *(folder / f"{n}.obj" for n in ("h.S", "m.c", "pe_load_config.S")), "/nodefaultlib",
                    "/guard:cf", "/subsystem:console", "/entry:mainCRTStartup", f"/out:{program}"], check=True)
    cfg = facts_of(rustproof, program)["cfg"]
    got = (cfg["covered"], cfg["total"])
    return [] if got == (1, 2) else [f"a check that is handed on: {got} calls are checked, not (1, 2)"]


def delayed(rustproof, clang, link, folder):
    """Calls through delayed imports: open, but where GuardFlags says that Windows keeps their table read-only."""
    dlltool = find("llvm-dlltool", "llvm-dlltool-14")
    if not dlltool:
        print("skipped: llvm-dlltool is not installed")
        return []
    (folder / "far.def").write_text("LIBRARY far.dll\nEXPORTS\nfar_away\n")
    (folder / "d.c").write_text(DELAYED)
    cc, program, faults = [clang, "--target=x86_64-pc-windows-msvc", "-O2", "-c"], folder / "delayed.exe", []
    subprocess.run([dlltool, "-m", "i386:x86-64", "-d", folder / "far.def", "-l", folder / "far.lib"], check=True)
    subprocess.run([*cc, "-fdeclspec", folder / "d.c", "-o", folder / "d.obj"], check=True)
    for flags in (0, OWN_SECTION):
        subprocess.run([*cc, f"-DEXTRA_FLAGS={flags}", SRC / "pe_load_config.S", "-o", folder / "lc.obj"], check=True)
        subprocess.run([link, folder / "d.obj", folder / "lc.obj", folder / "far.lib", "/nodefaultlib", "/guard:cf",
                        "/delayload:far.dll", "/subsystem:console", "/entry:mainCRTStartup", f"/out:{program}"],
                       check=True, capture_output=True)
        edges = facts_of(rustproof, program)["edges"]
        got, wanted = (edges["unguarded"], edges["aside_read_only"]), (0, 2) if flags else (2, 0)
        if got != wanted:
            faults.append(f"delayed imports, GuardFlags {flags:#x}: unguarded, read-only {got}, not {wanted}")
    return faults


def modes(rustproof, clang, link, folder, arch, level):
    """Checked calls of one program built in each mode; without optimisation what was checked is read again."""
    cc, faults = [clang, f"--target={arch}-pc-windows-msvc", level, "-c"], []
    subprocess.run([*cc, SRC / "pe_load_config.S", "-o", folder / "lc.obj"], check=True)
    for mode, (compile_flags, link_flags, guarded) in MODES.items():
        program = folder / f"{arch}.exe"
        subprocess.run([*cc, *compile_flags, folder / "p.c", "-o", folder / "p.obj"], check=True)
        subprocess.run([link, folder / "p.obj", folder / "lc.obj", "/nodefaultlib", "/subsystem:console",
                        "/entry:mainCRTStartup", *link_flags, *(["/safeseh:no"] if arch == "i686" else []),
                        f"/out:{program}"], check=True)
        facts = facts_of(rustproof, program)
        got = (facts["cfg"]["covered"], facts["cfg"]["total"], facts["undecodable"])
        if got != (guarded, INDIRECT, 0):
            faults.append(f"{arch} {level}, {mode}: {guarded} of {INDIRECT} are checked, we say {got}")
    return faults, len(MODES)


def main():
    rustproof, clang, link = sys.argv[1], find("clang", "clang-14"), find("lld-link", "lld-link-14")
    if not clang or not link:
        print("clang or lld-link is not installed")
        return 77
    faults, compared = [], 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "p.c").write_text(PROGRAM)
        for arch, level in itertools.product(("x86_64", "i686", "aarch64"), ("-O0", "-O2")):
            found, n = modes(rustproof, clang, link, folder, arch, level)
            faults += found
            compared += n
        faults += switch(rustproof, clang, link, folder) + delayed(rustproof, clang, link, folder)
        faults += handed_on(clang, link, rustproof, folder)
        compared += 4
    print("\n".join(faults))
    print(f"{compared} programs compared, {len(faults)} differences")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
