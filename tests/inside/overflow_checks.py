#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Overflow checks at affected functions: a library and a program, each built with and without them.
`overflow_checks.py REACHES`; skipped (77) without rustc. The oracle is the program itself: it is run
with numbers that overflow, and either panics in the library's lines or does not."""
import pathlib
import shutil
import subprocess
import sys
import tempfile

REACHES = sys.argv[1]
LIBRARY = r'''
use std::ops::Add;
pub struct Own(pub u32);
impl Own {
    #[inline(never)] pub fn plain(&self, n: u32) -> u32 { self.0 + n }
    #[inline(always)] pub fn inlined(&self, n: u32) -> u32 { self.0 + n }
    #[inline(never)] pub fn generic<T: Into<u32>>(&self, n: T) -> u32 { self.0 + n.into() }
    #[inline(never)] pub fn inherited<T: Into<u32>>(&self, n: T) -> u32 { [self.0, n.into()].iter().sum() }
    #[inline(never)] pub fn through<T: Add<Output = u32>>(a: T, b: T) -> u32 { a + b }
}
'''
USER = r'''
use vuln::Own;
fn main() {
    let mut args = std::env::args().skip(1);
    let (what, n) = (args.next().unwrap(), args.next().unwrap().parse::<u32>().unwrap());
    let own = Own(n);
    let r = match what.as_str() {
        "plain" => own.plain(n),
        "inlined" => own.inlined(n),
        "generic" => own.generic(n),
        "inherited" => own.inherited(n),
        _ => Own::through(n, n),
    };
    println!("{r}");
}
'''
NAMES = ["plain", "inlined", "generic", "inherited", "through"]
# What must be told; the others hold checks of std's only, which prove nothing of the library.
TOLD = {"plain", "inlined", "generic"}
PACKAGE = "registry/src/index.crates.io-6f17d22bba15001f/vuln-1.2.3"


def build(folder, library, user, flags):
    where = folder / f"{library}-{user}-{len(flags)}-{''.join(flags)}".replace("=", "")
    where.mkdir()
    common = ["rustc", "--edition", "2021", *flags, "--out-dir", where]
    subprocess.run([*common, f"-Coverflow-checks={library}", "--crate-type", "rlib", "--crate-name", "vuln",
                    folder / PACKAGE / "src/lib.rs"], check=True)
    subprocess.run([*common, f"-Coverflow-checks={user}", "--extern", f"vuln={where / 'libvuln.rlib'}",
                    folder / "user.rs"], check=True)
    return where / "user"


def told(program, version="1.2.3"):
    arguments = [x for n in NAMES for x in (f"vuln@{version}", f"vuln::Own::{n}")]
    out = subprocess.run([REACHES, program, *arguments], capture_output=True, text=True, check=True).stdout
    return {line.split("\t")[0].split("::")[-1] for line in out.splitlines() if line.endswith("\tchecked")}


def panics(program):
    """Those that stop at an overflow."""
    return {n for n in NAMES
            if subprocess.run([program, n, "4000000000"], capture_output=True, check=False).returncode != 0}


def main():
    if not shutil.which("rustc"):
        print("skipped: no rustc")
        return 77
    passed = failed = 0
    with tempfile.TemporaryDirectory() as tmp:
        folder = pathlib.Path(tmp)
        (folder / PACKAGE / "src").mkdir(parents=True)
        (folder / PACKAGE / "src/lib.rs").write_text(LIBRARY)
        (folder / "user.rs").write_text(USER)
        cases = [("yes", "yes", f, True)
                 for f in (["-g"], ["-g", "-O"], ["-Cdebuginfo=1", "-Copt-level=s"], ["-g", "-Cdwarf-version=5"],
                           ["-g", "-O", "-Csymbol-mangling-version=v0"], ["-g", "-O", "-Csplit-debuginfo=packed"])]
        cases += [(a, b, f, False) for a, b in (("yes", "no"), ("no", "yes"), ("no", "no"))
                  for f in (["-g"], ["-g", "-O"])]
        cases += [("yes", "yes", ["-O"], None), ("yes", "yes", ["-g", "-Cstrip=symbols"], None)]
        for library, user, flags, whole in cases:
            program = build(folder, library, user, flags)
            stopped, found = panics(program), told(program)
            good = found <= stopped and not told(program, "1.2.4")
            if whole:
                good = good and found >= TOLD
            elif whole is None:
                good = good and not found
            elif library == "yes":
                good = good and "generic" not in found and "generic" not in stopped
            else:
                good = good and not found
            passed, failed = passed + good, failed + (not good)
            if not good:
                print(f"FAILED: library {library}, user {user}, {flags}: told {found}, stopped {stopped}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
