#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""File and line of the places outside coverages, beside llvm-symbolizer's (addr2line's where that is missing): Rust and
C, DWARF 4 and 5, libraries and objects. A file without debug information has none.

  lines.py DUMP_COVERAGE
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

C = """
extern int ext(char *);
int small(int x) { char b[64]; ext(b); return b[x]; }

int call(int (*f)(int), int x)
{
    return f(x) + 1;
}
int large(int x)
{
    char b[20000];
    ext(b);
    return b[x];
}
"""
RUST = """
pub fn unused() {}
#[no_mangle] #[inline(never)]
pub fn call(f: fn(i32) -> i32, x: i32) -> i32 {
    f(x) ^ 1
}
#[no_mangle]
pub fn each(fs: &[Box<dyn Fn(i32) -> i32>], x: i32) -> i32 {
    fs.iter()
        .map(|f| f(x))
        .fold(0, |a, b| a ^ b)
}
"""
DUMP = sys.argv[1]
SYMBOLIZER = next(filter(None, map(shutil.which, ("llvm-symbolizer", "llvm-symbolizer-14"))), None)


def run(*argv, **kw):
    return subprocess.run([str(a) for a in argv], check=True, capture_output=True, text=True, **kw).stdout


def places(path):
    """(address, file:line or "") of every place outside."""
    rows = set()
    for line in run(DUMP, path).splitlines():
        m = re.match(r"outside \w+ ([0-9a-f]+) \d+ (.*?)(?: (/.*:\d+))?$", line)
        if m:
            rows.add((int(m[1], 16), m[3] or ""))
    return rows


def oracle(path, addresses, tool):
    hexes = [hex(a) for a in addresses]
    if tool:  # innermost frame first; without inlining there is one: the line table's row
        text = run(tool, f"--obj={path}", "--no-inlines", "-f=none", *hexes)
        rows = [re.sub(r":\d+$", "", line) for line in text.splitlines() if line]
    else:
        text = run("addr2line", "-e", path, *hexes)
        rows = [re.sub(r" \(discriminator \d+\)", "", line) for line in text.splitlines()]
    return dict(zip(addresses, rows))


def said(line):
    """What an oracle says, in our terms: "" for no line."""
    wanted = os.path.normpath(line) if not line.startswith("??") else ""
    return "" if re.search(r":[0?]$", wanted) else wanted


def compare(path, failures):
    ours = places(path)
    addresses = sorted(a for a, _ in ours)
    theirs = oracle(path, addresses, SYMBOLIZER)
    # of the debug information that a much newer LLVM writes, LLVM 14's symbolizer loses whole units
    second = oracle(path, addresses, None) if SYMBOLIZER and shutil.which("addr2line") else theirs
    same = 0
    for address, line in sorted(ours):
        wanted, other = said(theirs[address]), said(second[address])
        if (os.path.normpath(line) if line else "") in (wanted, other):
            same += 1
        else:
            failures.append(f"{path.name} {address:#x}: we say {line!r}, they say {wanted!r} and {other!r}")
    return same


def build(work):
    (work / "a.c").write_text(C)
    (work / "a.rs").write_text(RUST)
    for compiler in filter(shutil.which, ("gcc", "clang")):
        for version in (4, 5):
            name = f"{compiler}-{version}"
            command = [compiler, f"-gdwarf-{version}", "-O1", "-w", "-fPIC", work / "a.c", "-o"]
            for out, how in ((f"{name}.so", "-shared"), (f"{name}.o", "-c")):
                run(*command, work / out, how)
                yield work / out, 3
    if shutil.which("rustc"):
        for level, least in (("0", 50), ("2", 5)):
            path = work / f"rust-{level}.so"
            run("rustc", "--crate-type=cdylib", "-g", f"-Copt-level={level}", work / "a.rs", "-o", path)
            yield path, least
    else:
        print("skipped: rustc is not installed")


def main():
    failures, compared = [], 0
    if not shutil.which("llvm-symbolizer") and not shutil.which("addr2line"):
        print("skipped: neither llvm-symbolizer nor addr2line is installed")
        return 77
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        for path, least in build(work):
            same = compare(path, failures)
            with_line = sum(line != "" for _, line in places(path))
            print(f"{path.name}: {same} places as llvm-symbolizer says, {with_line} with a line")
            compared += same
            if with_line < least:
                failures.append(f"{path.name}: only {with_line} places have a line")
        stripped = work / "stripped.so"
        run("strip", "-g", work / "gcc-5.so", "-o", stripped) if (work / "gcc-5.so").exists() else None
        if stripped.exists() and any(line for _, line in places(stripped)):
            failures.append("a file without debug information has lines")
    print("\n".join(failures[:20]))
    print(f"{compared} passed, {len(failures)} failed, 0 skipped")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
