#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Tables of functions (vtables, arrays, tables behind tables) in ELF, PE and Mach-O: what they hold and who uses
them, as the source says it, in programs with symbols and in the same programs stripped.

  tables.py TABLES

Addresses come from nm. Every word of a table that the source fills with a function must be known with that function;
every function that names a table must be known to use it, and no other one; from each function the functions in
the tables that it uses, and in those behind them, must be reached. Skipped (77) without a compiler for any format."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

# name: (type, element by element: a function, a table, or a number)
TABLES = {
    "v_plain": ("const", [0, 8, 8, "t00", "t01", "t02"]),        # rustc's: nothing to drop, size, alignment, methods
    "v_drop": ("const", ["t03", 16, 8, "t04", "t05"]),
    "array": ("const", ["t06", "t07", "t08", "t09"]),
    "v_inner": ("const", ["t10", 24, 8, "t11"]),
    "pair": ("const", [1, "v_inner"]),                           # a trait object in a static: data, vtable
    "hooks": ("", ["t12", "t13"]),                               # can be written
    "v_late": ("const", [0, 0, 1, "t14"]),                       # without data: size 0
    "unused": ("const", [0, 8, 8, "t15"]),
}
USERS = {  # function: (tables that it names, its body)
    "u_index": (["v_plain"], "return ((f *)v_plain[3 + (i & 1)])(i);"),
    "u_fixed": (["v_drop"], "take(v_drop); return i;"),
    "u_array": (["array"], "return ((f *)array[i & 3])(i);"),
    "u_pair": (["pair"], "take(pair); return i + 1;"),
    "u_hooks": (["hooks"], "hooks[i & 1] = hooks[0]; return ((f *)hooks[i & 1])(i);"),
    "u_two": (["v_plain", "v_late"], "take(i ? v_plain : v_late); return i + 2;"),
    "u_none": ([], "return t15(i) + t00(i);"),
}
TARGETS = [f"t{i:02}" for i in range(16)]


def source():
    lines = ["typedef int f(int);", "typedef const void *word;", "#define KEEP __attribute__((noinline, used))",
             "KEEP int helper(int x); volatile int sink; word volatile taken;",
             "KEEP int helper(int x) { sink += x; return sink; }", "KEEP void take(const word *p) { taken = p; }"]
    for i, name in enumerate(TARGETS):  # no two alike; every third is a leaf
        lines.append(f"KEEP int {name}(int x) {{ sink = x * {i + 3}; return "
                     f"{'sink' if i % 3 == 0 else f'helper(x + {i}) + {i}'}; }}")
    for name, (kind, items) in TABLES.items():
        values = ", ".join(f"(word){i}" for i in items)
        lines.append(f"__attribute__((used)) word {kind} {name}[] = {{{values}}};")
    for name, (_, body) in USERS.items():
        lines.append(f"KEEP int {name}(int i) {{ {body} }}")
    lines.append("int start(int i) { return " + " + ".join(f"{u}(i + {k})" for k, u in enumerate(USERS)) + "; }")
    return "\n".join(lines) + "\n"


# As rustc does: tables to unwind by, and each address formed by itself (GCC's anchors: one for many objects).
PLAIN = ["-nostdlib", "-ffreestanding", "-funwind-tables", "-fno-section-anchors"]


def find(*names):
    return next((p for p in map(shutil.which, names) if p), None)


def run(*args):
    done = subprocess.run([str(a) for a in args], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, args))}\n{done.stderr}")


def linux(triple, *flags):
    """Compiler and strip of the machine or of its cross tools."""
    native = triple.startswith("x86_64")
    gcc, strip = find("gcc" if native else f"{triple}-gcc"), find("strip" if native else f"{triple}-strip")

    def build(c, out):
        run(gcc, "-O2", *PLAIN, "-Wl,-e,start", *flags, c, "-o", out)
        shutil.copy(out, f"{out}.stripped")
        run(strip, f"{out}.stripped")
    return build if gcc and strip else None


def mingw(triple):
    gcc, strip = find(f"{triple}-gcc"), find(f"{triple}-strip")

    def build(c, out):
        entry = "_start" if triple.startswith("i686") else "start"
        run(gcc, "-O2", *PLAIN, f"-Wl,-e,{entry}", c, "-o", out)
        shutil.copy(out, f"{out}.stripped")
        run(strip, f"{out}.stripped")
    return build if gcc and strip else None


def msvc(machine):
    clang, link, strip = find("clang", "clang-14"), find("lld-link", "lld-link-14"), find("llvm-strip", "llvm-strip-14")

    def build(c, out):
        run(clang, f"--target={machine}-pc-windows-msvc", "-O2", "-ffreestanding", "-funwind-tables", "-c",
            c, "-o", f"{out}.obj")
        flags = ["-entry:start", "-nodefaultlib", "-subsystem:console", "-opt:noicf,noref", f"{out}.obj"]
        run(link, *flags, "-debug:symtab", f"-out:{out}")
        run(link, *flags, f"-out:{out}.stripped")
    return build if clang and link and strip else None


def apple(arch, system):
    clang, link = find("clang", "clang-14"), find("ld64.lld-14", "ld64.lld")
    strip = find("llvm-strip", "llvm-strip-14")

    def build(c, out):
        run(clang, f"--target={arch}-apple-macos{system}", "-O2", "-ffreestanding", "-funwind-tables", "-c",
            c, "-o", f"{out}.o")
        run(link, "-arch", arch, "-platform_version", "macos", system, system, "-dylib", "-exported_symbol", "_start",
            f"{out}.o", "-o", out)
        run(strip, "-x", out, "-o", f"{out}.stripped")
    return build if clang and link and strip else None


BUILDS = {
    "ELF x86-64": linux("x86_64-linux-gnu", "-static-pie"),
    "ELF x86-64, fixed": linux("x86_64-linux-gnu", "-static", "-no-pie"),
    "ELF AArch64": linux("aarch64-linux-gnu", "-static-pie"),
    "ELF Arm": linux("arm-linux-gnueabihf", "-static", *(f"-Wl,--defsym=__aeabi_unwind_cpp_pr{i}=0" for i in "01")),
    "ELF RISC-V": linux("riscv64-linux-gnu", "-static"),
    "PE x86-64, mingw": mingw("x86_64-w64-mingw32"),
    "PE x86, mingw": mingw("i686-w64-mingw32"),
    "PE x86-64, lld-link": msvc("x86_64"),
    "PE AArch64, lld-link": msvc("aarch64"),
    "Mach-O x86-64": apple("x86_64", "10.15"),
    "Mach-O AArch64": apple("arm64", "12"),
}


def symbols(path):
    nm = find("llvm-nm", "llvm-nm-14", "nm")
    text = subprocess.run([nm, path], capture_output=True, text=True, check=True).stdout
    names = {}
    for line in text.splitlines():
        m = re.match(r"([0-9a-f]+) [A-Za-z] _?(\w+)$", line)
        if m is not None:
            names[m[2]] = int(m[1], 16)
    return names


def ours(tool, path):
    said = {kind: set() for kind in "pluc"}
    lines = subprocess.run([tool, path], capture_output=True, text=True, check=True).stdout.splitlines()
    for line in lines[:-1]:
        kind, a, b = line.split()
        said[kind].add((int(a, 16), int(b, 16)))
    return said, lines[-1] == "whole"


def behind(table):
    """Functions in a table, and in the tables behind it."""
    for item in TABLES[table][1]:
        if item in TABLES:
            yield from behind(item)
        elif item in TARGETS:
            yield item


def compare(what, tool, path, at, word):
    said, whole = ours(tool, path)
    clear = ~1 if what.startswith("ELF Arm") else ~0  # Thumb's bit
    at = {name: (value & clear if name not in TABLES else value) for name, value in at.items()}
    for user, place in list(said["u"]):  # a load from inside of one
        table = next((at[t] for t, (_, items) in TABLES.items() if at[t] <= place < at[t] + word * len(items)), place)
        said["u"].add((user, table))
    inside = [(at[t], at[t] + word * len(items)) for t, (_, items) in TABLES.items()]
    wanted = {"p": set(), "l": set(), "u": set(), "c": set()}
    for name, (_, items) in TABLES.items():
        for k, item in enumerate(items):
            if item in TABLES or item in TARGETS:
                wanted["l" if item in TABLES else "p"].add((at[name] + word * k, at[item]))
    for user, (tables, _) in USERS.items():
        wanted["u"] |= {(at[user], at[t]) for t in tables}
        wanted["c"] |= {(at[user], at[f]) for t in tables for f in behind(t)}
    users, tables = {at[u] for u in USERS}, {at[t] for t in TABLES}
    about = {"p": lambda e: any(a <= e[0] < b for a, b in inside), "l": lambda e: any(a <= e[0] < b for a, b in inside),
             "u": lambda e: e[0] in users and e[1] in tables, "c": lambda e: False}  # an upper bound
    faults = [] if whole else ["not whole"]
    names = {value: name for name, value in at.items()}
    if what.startswith("ELF Arm"):  # code's addresses are not followed there: nobody is known to use a table
        wanted["u"].clear(), wanted["c"].clear()
    for kind, edges in wanted.items():
        false = {e for e in said[kind] if about[kind](e)} - edges
        for sign, odd in (("missed", edges - said[kind]), ("not so", false)):
            faults += [f"{sign} {kind} {names.get(a, hex(a))} {names.get(b, hex(b))}" for a, b in sorted(odd)]
    more = len({e for e in said["c"] if e[0] in users} - wanted["c"])
    print(f"{what}: {sum(map(len, wanted.values()))} wanted, {len(faults)} faults; {more} ways more than there are")
    print("\n".join(f"  {f}" for f in faults[:12]), end="\n" if faults else "")
    return not faults


def main():
    tool, results = pathlib.Path(sys.argv[1]).resolve(), []
    with tempfile.TemporaryDirectory() as temp:
        c = pathlib.Path(temp) / "tables.c"
        for i, (name, build) in enumerate(BUILDS.items()):
            if build is None:
                print(f"skipped: {name}: no compiler")
                continue
            narrow = name in ("ELF Arm", "PE x86, mingw")
            c.write_text(source())
            out = pathlib.Path(temp) / f"program{i}.exe"
            build(c, out)
            at = symbols(out)
            for kind in ("", ".stripped") if name != "ELF Arm" else ("",):  # leaves leave no trace but a symbol
                results.append(compare(f"{name}{kind and ', stripped'}", tool, f"{out}{kind}", at, 4 if narrow else 8))
    if not results:
        return 77
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    return 0 if all(results) else 1


sys.exit(main())
