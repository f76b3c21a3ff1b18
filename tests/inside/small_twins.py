#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Reachability on programs of two crates that rustc builds in a second: every shape in which debug
information comes, panic locations, and paths from `main`. `small_twins.py REACHES`; skipped (77)
without rustc."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

REACHES = sys.argv[1]
LIBRARY = r'''
pub struct Holder<T> { pub items: Vec<T> }
impl<T: Clone> Holder<T> {
    pub fn generic(&self, n: usize) -> Option<T> { self.items.get(n).cloned() }
}
pub struct Plain(pub u32);
impl Plain {
    #[inline(always)] pub fn inlined(&self, d: u32) -> u32 { self.0 / d }
    #[inline(never)] pub fn called(&self, d: u32) -> u32 { self.0 % d }
    #[inline(never)] pub fn other(&self, d: u32) -> u32 { self.0 ^ d }
}
pub trait Speak { fn speak(&self) -> String; }
impl Speak for Plain { fn speak(&self) -> String { format!("{}", self.0) } }
impl Speak for str { fn speak(&self) -> String { self.to_uppercase() } }
pub mod inner {
    pub fn free(x: &str) -> usize { x.bytes().filter(|b| *b > 64).count() }
    #[inline(never)] pub fn quiet(x: u32) -> u32 { x.rotate_left(3) }
}
pub use inner::free;
'''
USED = r'''
use vuln::*;
fn main() {
    let n = std::env::args().count() as u32;
    let h = Holder { items: vec![String::new(), "b".to_string()] };
    println!("{:?} {} {}", h.generic(n as usize), Plain(n).inlined(n), Plain(n).called(n));
    let p = Plain(n);
    let s: &dyn Speak = std::hint::black_box(&p);
    println!("{} {} {}", s.speak(), "x".speak(), free(&s.speak()));
}
'''
KEPT = r'''
use vuln::*;
static SPEAKER: &(dyn Speak + Sync) = &Plain(7);
fn main() {
    let n = std::env::args().count() as u32;
    std::hint::black_box(if n == 1 { SPEAKER } else { &Plain(3) as &(dyn Speak + Sync) });
}
'''
UNUSED = r'''
use vuln::*;
fn main() {
    let n = std::env::args().count() as u32;
    let h = Holder { items: vec![n] };
    println!("{} {} {}", h.items.len(), Plain(n).other(n), inner::quiet(n));
}
'''
FUNCTIONS = ["vuln::Holder::generic", "vuln::Plain::inlined", "vuln::Plain::called",
             "vuln::Plain::speak", "vuln::Speak::speak", "vuln::free", "vuln::inner::free"]
SHAPES = [  # name, flags, command on the program, what it can say: all, some, names only
    ("unoptimised", ["-Cdebuginfo=1"], None, "all"),
    ("optimised", ["-Cdebuginfo=1", "-O"], None, "all"),
    ("DWARF 5", ["-Cdebuginfo=1", "-O", "-Cdwarf-version=5"], None, "all"),
    ("v0", ["-Cdebuginfo=1", "-O", "-Csymbol-mangling-version=v0"], None, "all"),
    ("small", ["-Cdebuginfo=2", "-Copt-level=z"], None, "all"),
    ("fat LTO", ["-Cdebuginfo=1", "-O", "-Clto=fat", "-Ccodegen-units=1"], None, "all"),
    ("compressed", ["-Cdebuginfo=1", "-O"], ["objcopy", "--compress-debug-sections=zlib"], "all"),
    ("compressed, GNU", ["-Cdebuginfo=1", "-O"],
     ["objcopy", "--compress-debug-sections=zlib-gnu"], "all"),
    ("compressed, Zstandard", ["-Cdebuginfo=1", "-O"],
     ["objcopy", "--compress-debug-sections=zstd"], "all"),
    ("packed", ["-Cdebuginfo=1", "-O", "-Csplit-debuginfo=packed"], None, "all"),
    ("packed, DWARF 5", ["-Cdebuginfo=1", "-O", "-Csplit-debuginfo=packed", "-Cdwarf-version=5"],
     None, "all"),
    ("unpacked", ["-Cdebuginfo=1", "-O", "-Csplit-debuginfo=unpacked"], None, "all"),
    ("unpacked, DWARF 5", ["-Cdebuginfo=2", "-O", "-Csplit-debuginfo=unpacked",
                           "-Cdwarf-version=5"], None, "all"),
    ("packed, lost", ["-Cdebuginfo=1", "-O", "-Csplit-debuginfo=packed"], ["lose"], "some"),
    ("packed, another's", ["-Cdebuginfo=1", "-O", "-Csplit-debuginfo=packed"], ["swap"], "some"),
    ("symbols only", ["-O"], None, "some"),
    ("line tables", ["-Cdebuginfo=line-tables-only", "-O"], None, "some"),
    ("stripped", ["-Cdebuginfo=1", "-O"], ["strip"], "nothing"),
]
# A crate of crates.io as Cargo unpacks it: its panic locations can be placed.
PACKAGE = "registry/src/index.crates.io-6f17d22bba15001f/vuln-1.2.3"
PANICS = {"vuln::Plain::inlined", "vuln::Plain::called"}  # both divide


def build(folder, name, flags, command):
    where = folder / name.replace(" ", "-").replace(",", "")
    where.mkdir()
    # /deps/ is no path of std's: the crate's own folder
    common = ["rustc", "--edition", "2021", *flags, "--out-dir", where, "-L", where]
    lto = ["-Cembed-bitcode=yes"] if any("lto" in f for f in flags) else []
    own = [f for f in flags if "lto" not in f]
    subprocess.run(["rustc", "--edition", "2021", *own, *lto, "--out-dir", where, "--crate-type",
                    "rlib", "--crate-name", "vuln", folder / PACKAGE / "src/lib.rs"], check=True)
    for twin in ("used", "unused"):
        subprocess.run([*common, "--extern", f"vuln={where / 'libvuln.rlib'}",
                        folder / f"{twin}.rs"], check=True)
        if command and command[0] in ("lose", "swap"):
            (where / f"{twin}.dwp").rename(where / f"{twin}.lost")
            for dwo in where.glob("*.dwo"):
                dwo.unlink()
        elif command:
            subprocess.run([*command, where / twin], check=True)
    if command == ["swap"]:  # units of the same crate and another build
        (where / "used.lost").rename(where / "unused.dwp")
        (where / "unused.lost").rename(where / "used.dwp")
    return where


def ask(program, crate="vuln", home=""):
    """By function: state, by, why, symbol, why there is no path, path."""
    arguments = [x for f in FUNCTIONS for x in (crate, f)]
    out = subprocess.run([REACHES, program, *arguments], capture_output=True, text=True,
                         check=True, env={**os.environ, "CARGO_HOME": str(home)}).stdout
    return {line.split("\t")[0]: line.split("\t")[1:] for line in out.splitlines()}


def path_is_good(function, row):
    """A path from main with the function at its end; what only a vtable leads to is possible, and no more."""
    state, by, why_not, path = row[0], row[1], row[4], row[5].split(" -> ") if row[5] else []
    if state != "present":
        return not path and not why_not
    name = function.split("::")[-1]
    last = path[-1].removesuffix(" (inlined)") if by == "inlined call" else path[-1]
    last, _, doubt = last.partition(" (possible: through a table at 0x")
    if any("through a table" in step for step in path[:-1]) or (doubt and not function.endswith("speak")):
        return False
    return not why_not and path[0] == "used::main" and last.split("::")[-1].startswith(name)


def panics(folder):
    """Stripped files: what divides is found by its panic locations, where the sources are there and
    of that version."""
    flags = ["-Copt-level=2"]
    where = build(folder, "panics", flags, ["strip"])
    home = folder
    rows = [(ask(where / twin, crate, at), expect)
            for twin, crate, at, expect in (
                ("used", "vuln@1.2.3", home, PANICS), ("unused", "vuln@1.2.3", home, set()),
                ("used", "vuln@1.2.4", home, set()), ("used", "vuln", home, set()),
                ("used", "vuln@1.2.3", folder / "empty", set()), ("used", "vuln@1.2.3", "", set()))]
    good = 0
    for found, expect in rows:
        present = {f for f, r in found.items() if r[0] == "present"}
        right = present == expect and all(r[1] == "panic location" and r[3].startswith("src/lib.rs:")
                                          and r[5] for f, r in found.items() if f in present)
        right = right and all(r[0] == "unknown" and r[2] for f, r in found.items() if f not in expect)
        good += right
        if not right:
            print("FAILED: panics:", expect, found)
    # lines that are another version's: the file was replaced by one with the functions elsewhere
    source = folder / PACKAGE / "src/lib.rs"
    source.write_text("\n" * 200 + source.read_text())
    shifted = {f for f, r in ask(where / "used", "vuln@1.2.3", home).items() if r[0] == "present"}
    return good + (not shifted), len(rows) - good + bool(shifted)


def kept(folder):
    """A trait object that nothing calls through: a path is possible, and is never told as a call."""
    (folder / "kept.rs").write_text(KEPT)
    good = 0
    for name, flags in (("dev", ["-Cdebuginfo=1"]), ("release", ["-Cdebuginfo=1", "-O"])):
        where = build(folder, f"kept {name}", flags, None)
        subprocess.run(["rustc", "--edition", "2021", *flags, "--out-dir", where, "--extern",
                        f"vuln={where / 'libvuln.rlib'}", folder / "kept.rs"], check=True)
        row = ask(where / "kept")["vuln::Speak::speak"]
        right = row[0] == "present" and row[5].startswith("kept::main -> ") and \
            row[5].count("(possible: through a table at 0x") == 1
        good += right
        if not right:
            print(f"FAILED: kept, {name}: {row}")
    return good, 2 - good


def bent(folder):
    """Damaged packages of split units: an answer, whatever it is, and no crash."""
    flags = ["-Cdebuginfo=1", "-O", "-Csplit-debuginfo=packed", "-Cdwarf-version=5"]
    where = build(folder, "bent", flags, None)
    package, good, number = (where / "used.dwp").read_bytes(), 0, 12345
    for i in range(60):
        data = bytearray(package)
        for _ in range(1 + i % 7):
            number = (number * 1103515245 + 12345) % 2**31
            data[number % len(data)] ^= 1 << number % 8 if i % 3 else 0xff
        (where / "used.dwp").write_bytes(data[:len(data) * (i + 1) // 60] if i % 5 == 0 else data)
        good += len(ask(where / "used")) == len(FUNCTIONS)
    return good, 60 - good


def main():
    if not shutil.which("rustc"):
        print("skipped: no rustc")
        return 77
    passed = failed = 0
    with tempfile.TemporaryDirectory() as tmp:
        folder = pathlib.Path(tmp)
        (folder / PACKAGE / "src").mkdir(parents=True)
        (folder / PACKAGE / "src/lib.rs").write_text(LIBRARY)
        for name, text in (("used", USED), ("unused", UNUSED)):
            (folder / f"{name}.rs").write_text(text)
        for name, flags, command, says in SHAPES:
            where = build(folder, name, flags, command)
            used, unused = ask(where / "used"), ask(where / "unused")
            for f in FUNCTIONS:
                u, n = used[f], unused[f]
                good = u[0] != "not emitted" and n[0] != "present"
                if says == "all":
                    good = good and u[0] == "present" and n[0] == "not emitted"
                elif says == "nothing":
                    good = good and u[0] == n[0] == "unknown" and u[2] != ""
                else:
                    good = good and n[0] == "unknown" and n[2] != ""
                good = good and path_is_good(f, u) and path_is_good(f, n)
                passed, failed = passed + good, failed + (not good)
                if not good:
                    print(f"FAILED: {name}: {f}: {u} {n}")
        for good, bad in (kept(folder), panics(folder), bent(folder)):
            passed, failed = passed + good, failed + bad
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
