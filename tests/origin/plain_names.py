#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Functions of Rust that are not mangled, beside C or alone, in libraries and programs, whole and stripped: never
called C's where they are not. What was written in which language is known here.

  plain_names.py DUMP_ATTRIBUTION
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

RUST = """
#[inline(never)] #[no_mangle] pub extern "C" fn rust_add(a: i32, b: i32) -> i32 { a ^ b }
#[no_mangle] pub extern "C" fn rust_call(f: extern "C" fn(i32) -> i32) -> i32 { f(3) + 1 }
pub fn mangled(x: &str) -> String { x.repeat(3) }
"""
BESIDE = """
extern "C" { fn c_call(f: extern "C" fn(i32) -> i32) -> i32; }
#[no_mangle] pub extern "C" fn rust_ffi(f: extern "C" fn(i32) -> i32) -> i32 { unsafe { c_call(f) } }
"""
C = "int c_call(int (*f)(int)) { return f(7) + 1; }\n"
MAIN = 'fn main() { println!("{}{}", rust_add(std::env::args().count() as i32, 2), mangled("x")); }\n'
NAMES = ("rust_add", "rust_call", "rust_ffi", "c_call")
FORMS = {"whole": [], "without debug information": ["--strip-debug"], "stripped": ["--strip-all"]}
# owners that are right for a function of Rust and for one of C; "unknown" is never wrong
RUST_IS, C_IS = ("user", "unknown"), ("c", "unknown")
failures = []


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, check=True, **more).stdout


def owners(tool, path):
    """Owner and crate of each function with a name."""
    rows = (line.split(" ") for line in run(tool, str(path)).splitlines())
    return {r[8]: (r[2], r[4]) for r in rows if r[0] == "function"}


def expect(what, found, allowed):
    good = found in allowed
    print(f"{'ok  ' if good else 'FAIL'} {what}: {found}")
    if not good:
        failures.append(what)


def judge(tool, label, path, sure):
    """`sure`: what must be told of the Rust functions of the whole file, or None."""
    for form, flags in FORMS.items():
        twin = path.with_name("twin")
        run("strip", *flags, str(path), "-o", str(twin)) if flags else shutil.copy(path, twin)
        named = {name: owner for name, owner in owners(tool, twin).items() if name in NAMES}
        if form != "stripped" and not named:
            expect(f"{label}, {form}", "no function found", ())
        for name, owner in named.items():
            if name.startswith("rust_") and form == "whole" and sure:
                expect(f"{label}, {form}, {name}", owner, (sure,))
            else:
                expect(f"{label}, {form}, {name}", owner[0], RUST_IS if name.startswith("rust_") else C_IS)


def main():
    tool = str(pathlib.Path(sys.argv[1]).resolve())
    if shutil.which("rustc") is None or shutil.which("gcc") is None:
        print("SKIPPED: rustc or gcc is missing")
        return 77
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for file, text in {"pure.rs": RUST, "mixed.rs": RUST + BESIDE, "program.rs": RUST + MAIN, "c.c": C}.items():
            (folder / file).write_text(text)
        run("gcc", "-O2", "-fPIC", "-c", "c.c", cwd=folder)
        run("ar", "rcs", "libc_part.a", "c.o", cwd=folder)
        rustc = ["rustc", "-O", "-Ccodegen-units=1"]
        run(*rustc, "--crate-type=cdylib", "pure.rs", "-o", "pure.so", cwd=folder)
        run(*rustc, "--crate-type=cdylib", "-Clink-arg=-fuse-ld=bfd", "pure.rs", "-o", "alone.so", cwd=folder)
        run(*rustc, "--crate-type=cdylib", "mixed.rs", "-L.", "-lstatic=c_part", "-o", "mixed.so", cwd=folder)
        run(*rustc, "program.rs", "-o", "program", cwd=folder)
        judge(tool, "library of Rust", folder / "pure.so", ("user", "pure"))
        judge(tool, "library of Rust without std", folder / "alone.so", ("user", "pure"))
        judge(tool, "library of both", folder / "mixed.so", None)
        judge(tool, "program of Rust", folder / "program", ("user", "program"))
    return 1 if failures else 0


sys.exit(main())
