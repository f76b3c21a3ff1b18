#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""SafeStack, function by function: rustc's programs (the pointer is at a constant from the thread pointer, which
objdump shows) and clang's objects and libraries (its place comes from the GOT, which relocations show), on, partly and
off, stripped too.

  safestack.py DUMP_COVERAGE
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

C = """
extern void ext(char *);
int unsafe_one(int x) { char b[64]; ext(b); return b[x]; }
int unsafe_two(int x) { char b[640]; ext(b); return b[x]; }
int safe(int x) { volatile int y = x; return y + 1; }
__attribute__((no_sanitize("safe-stack"))) int left_out(int x) { char b[64]; ext(b); return b[x]; }
"""
RUST = """
use std::io::Write;
fn main() {
    let mut line = [0u8; 64];
    for (i, a) in std::env::args().enumerate() { line[i & 63] = a.len() as u8; }
    std::io::stdout().write_all(&line).unwrap();
}
"""
POINTER = "__safestack_unsafe_stack_ptr"
DUMP = sys.argv[1]
failures, passed = [], 0


def run(*argv, **kw):
    return subprocess.run([str(a) for a in argv], check=True, capture_output=True, text=True, **kw).stdout


def must(ok, what):
    global passed
    passed += bool(ok)
    if not ok:
        failures.append(what)


def row(path):
    """(state, functions on the second stack, functions with a frame or on it), names outside."""
    text = run(DUMP, path)
    m = re.search(r"^coverage safe_stack (\w+) (\d+) (\d+)", text, re.M)
    return (m[1], int(m[2]), int(m[3])), set(re.findall(r"^outside safe_stack \w+ \d+ (\S+)", text, re.M))


def users(path):
    """Functions of a program that name the pointer's distance from the thread pointer."""
    value = int(re.search(rf"(\w+)\s+\d+ TLS .*{POINTER}", run("readelf", "-sW", path))[1], 16)
    m = re.search(r"TLS\s+\S+ \S+ \S+ \S+ (\S+) R\s+(\S+)", run("readelf", "-lW", path))
    size, align = int(m[1], 16), int(m[2], 16)
    constant = (value - -(-size // align) * align) & (1 << 64) - 1
    name, found = None, set()
    for line in run("objdump", "-d", "--no-show-raw-insn", path).splitlines():
        m = re.match(r"\w+ <(.*)>:", line)
        name = m[1] if m else name
        if f"$0x{constant:x}," in line:
            found.add(name)
    return found


def rust(work):
    (work / "a.rs").write_text(RUST)
    out = work / "rust"
    command = ["rustc", "-Copt-level=0", "-Zsanitizer=safestack", "-Cunsafe-allow-abi-mismatch=sanitizer"]
    run(*command, work / "a.rs", "-o", out, env=dict(os.environ, RUSTC_BOOTSTRAP="1"))
    got, _ = row(out)
    wanted = users(out)
    must(got[0] == "yes" and got[1] == len(wanted) > 0 and got[2] > 100 + got[1],
         f"rust, std without: {got}, by the code {len(wanted)}")


def clang(work):
    (work / "a.c").write_text(C)
    for flags, covered in (["-fsanitize=safe-stack"], 2), ([], 0):
        command = ["clang", "-O1", "-fPIC", *flags, work / "a.c", "-o"]
        run(*command, work / "a.o", "-c")
        run("ld.lld", "-shared", work / "a.o", "-o", work / "a.so")
        shutil.copy(work / "a.so", work / "stripped.so")
        run("strip", work / "stripped.so")
        for name in ("a.o", "a.so", "stripped.so"):
            got, outside = row(work / name)
            must(got == ("yes", covered, 3), f"clang {flags} {name}: {got}")
            missing = {"left_out"} | (set() if covered else {"unsafe_one", "unsafe_two"})
            must(outside == missing, f"clang {flags} {name}: outside are {outside}")


def main():
    skipped = 0
    with tempfile.TemporaryDirectory() as name:
        for tool, test in (("rustc", rust), ("clang", clang)):
            if shutil.which(tool) and (tool != "clang" or shutil.which("ld.lld")):
                try:
                    test(pathlib.Path(name))
                except subprocess.CalledProcessError as e:
                    if tool != "rustc" or "-Zsanitizer=safestack" not in e.cmd:
                        raise
                    skipped += 1
                    print(f"skipped: rustc cannot link with SafeStack: {e.stderr.strip().splitlines()[0]}")
            else:
                skipped += 1
                print(f"skipped: {tool} or its linker is not installed")
    print("\n".join(failures))
    print(f"{passed} passed, {len(failures)} failed, {skipped} skipped")
    return 1 if failures else 77 if passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
