#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Whose code each function is: programs of known make, unstripped and stripped, and programs of Debian.

  attribution.py DUMP_ATTRIBUTION

Oracles: `readelf` of the libraries and objects that went into a program (a function is of the crate whose library
defines it), and the unstripped twin for stripped files. What is measured is printed and held to floors.
"""
import collections
import glob
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ALPHA = """
#[inline(never)] pub fn sum(v: &[u32], n: usize) -> u32 { v[..n].iter().sum::<u32>() + v[n / 2] }
#[inline(never)] pub fn text(n: usize) -> String { let s = format!("{n:?}"); s[1..].to_string() + &s }
pub fn pick<T: Clone>(v: &[T], i: usize) -> T { v[i].clone() }
"""
BETA = """
use std::collections::HashMap;
#[inline(never)] pub fn count(v: &[u32]) -> HashMap<u32, usize> {
    let mut m = HashMap::new(); for x in v { *m.entry(*x).or_insert(0) += 1; } m }
#[inline(never)] pub fn longest(v: &[u32]) -> Vec<String> {
    let mut r: Vec<String> = v.iter().map(|x| alpha::text(*x as usize)).collect(); r.sort(); r.remove(0); r }
#[no_mangle] pub extern "C" fn beta_exported(n: u32) -> u32 { alpha::pick(&[n, 2, 3], n as usize) }
"""
MAIN = """
extern "C" { fn c_add(a: u32) -> u32; fn cpp_add(a: u32) -> u32; }
fn main() {
    let v: Vec<u32> = std::env::args().map(|a| a.len() as u32).collect();
    println!("{} {:?} {:?} {}", alpha::sum(&v, v.len()), beta::count(&v), beta::longest(&v), alpha::pick(&v, 0));
    println!("{}", unsafe { c_add(v[0]) + cpp_add(v[0]) } + beta::beta_exported(1));
}
"""
C = "unsigned c_add(unsigned a) { volatile unsigned b[4] = {a, 1}; return b[a & 3]; }\n"
CPP = """#include <string>
#include <vector>
extern "C" unsigned cpp_add(unsigned a) { std::vector<std::string> v(a); v.push_back("x"); return v.size(); }
"""
STD = {"core", "alloc", "std", "panic_unwind", "panic_abort", "compiler_builtins", "unwind", "std_detect",
       "hashbrown", "addr2line", "gimli", "object", "miniz_oxide", "adler2", "memchr", "rustc_demangle", "cfg_if",
       "libc", "rustc_std_workspace_core", "rustc_std_workspace_alloc", "rustc_std_workspace_std", "__rustc"}
BUILDS = {"v0": ["-Csymbol-mangling-version=v0"], "legacy": ["-Zunstable-options", "-Csymbol-mangling-version=legacy"],
          "debug info": ["-g"], "one unit": ["-Ccodegen-units=1"]}
# Percent of wrong functions. A distribution's rustc (measured with Debian's rustc-web 1.96) calls GNU ld where rustup's
# calls LLD, and GNU ld (1) puts cold code of program and std before all other: what lies next to it in fat LTO is told
# less well; (2) writes hidden symbols behind all others, without the FILE symbol of their object, so nothing says where
# a generic function of std with a legacy name, which names no crate but std's, was instantiated (v0 names do).
FLOORS, LTO_FLOORS, WRONG = (10, 95, 90, 95, 85), (10, 90, 90, 95, 70), 1
GNU_LD_LTO_FLOORS, GNU_LD_WRONG = (10, 90, 78, 95, 70), {"legacy": 3}
GNU_LD = ["-Clinker-features=-lld"]
failures = []


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, errors="replace", check=True, **more).stdout


def expect(what, condition):
    print(("ok   " if condition else "FAIL ") + what)
    if not condition:
        failures.append(what)


def load(tool, path):
    """Functions by address."""
    keys = "owner by crate version defined object name".split()
    rows = (line.split(" ") for line in run(tool, path).splitlines())
    return {r[1]: dict(zip(keys, r[2:])) for r in rows if r[0] == "function"}


def defined(path):
    """Names of functions that a library or object defines. (`nm` stumbles over the bitcode in them.)"""
    text = subprocess.run(["readelf", "-sW", path], capture_output=True, text=True, errors="replace").stdout
    rows = (line.split() for line in text.splitlines())
    return {r[7] for r in rows if len(r) == 8 and r[3] == "FUNC" and r[6] != "UND"}


def build(folder, flags):
    env = dict(os.environ, RUSTC_BOOTSTRAP="1", RUSTFLAGS="")
    for name, text in {"alpha.rs": ALPHA, "beta.rs": BETA, "main.rs": MAIN, "c.c": C, "cpp.cpp": CPP}.items():
        (folder / name).write_text(text)
    common = ["rustc", "-O", "--edition=2021", "-L", ".", *flags]
    run(*common, "--crate-type=rlib", "alpha.rs", cwd=folder, env=env)
    run(*common, "--crate-type=rlib", "--extern=alpha=libalpha.rlib", "beta.rs", cwd=folder, env=env)
    run("gcc", "-O1", "-c", "c.c", cwd=folder)
    run("g++", "-O1", "-c", "cpp.cpp", cwd=folder)
    links = ["-Clink-arg=c.o", "-Clink-arg=cpp.o", "-Clink-arg=-lstdc++"]
    run(*common, "--extern=alpha=libalpha.rlib", "--extern=beta=libbeta.rlib", *links, "main.rs", "-o", "program",
        cwd=folder, env=env)


def truth(folder):
    """Name → (owner, crate): of the library that defines it; None where several do."""
    found = {}
    sysroot = run("rustc", "--print", "target-libdir").strip()
    sources = [(p, "std", pathlib.Path(p).name[3:].rsplit("-", 1)[0]) for p in glob.glob(f"{sysroot}/lib*.rlib")]
    sources += [(folder / "libalpha.rlib", "user", "alpha"), (folder / "libbeta.rlib", "user", "beta"),
                (folder / "c.o", "c", "-")]
    for path, owner, crate in sources:
        for name in defined(path):
            found[name] = (owner, crate) if name not in found else None
    for name in defined(folder / "cpp.o") - {"cpp_add"}:
        found[name] = ("cpp", "-")
    return found


def unstripped(label, functions, known, allowed):
    wrong, checked = [], collections.Counter()
    for f in functions.values():
        name = f["name"].split(".llvm.")[0]
        expected = known.get(name)
        if not expected or f["owner"] == "runtime":
            continue
        checked[expected[0]] += 1
        if (f["owner"], "std" if f["crate"] == "__rustc" else f["crate"]) != expected:
            wrong.append((f["name"], expected, f["owner"], f["crate"]))
    total = sum(checked.values())
    expect(f"{label}: {total - len(wrong)} of {total} functions as the libraries' symbols say {dict(checked)}",
           total > 300 and checked["user"] >= 4 and checked["c"] == 1 and len(wrong) * 100 <= total * allowed)
    for fault in wrong[:10]:
        print("     ", *fault)


def compare(full, stripped):
    """Share of right owners and of right crates, by how they were found."""
    result = {}
    for by in ("location", "neighbours", "unwind"):
        owner, crate = collections.Counter(), collections.Counter()
        for address, s in stripped.items():
            t = full.get(address)
            if s["by"] != by or not t or t["by"] in ("none", "neighbours"):
                continue
            owner[s["owner"] == t["owner"] or (by == "unwind" and {s["owner"], t["owner"]} == {"user", "std"})] += 1
            named = s["crate"] if s["crate"] != "-" else s["defined"]
            if named != "-":
                crate[named in (t["crate"], t["defined"])] += 1
        result[by] = (owner, crate)
    return result


def share(counter):
    return 100 * counter[True] / max(1, sum(counter.values()))


def twins(tool, label, program, folder, floors):
    """`floors`: percent of functions with a location, of right owners by location, neighbours, unwind, and of
    right crates."""
    stripped = str(folder / "stripped")
    run("strip", "-o", stripped, program)
    full, less = load(tool, program), load(tool, stripped)
    found = compare(full, less)
    direct = 100 * sum(f["by"] == "location" for f in less.values()) / len(less)
    told = 100 * sum(f["owner"] != "unknown" for f in less.values()) / len(less)
    values = [direct, *(share(found[by][0]) for by in ("location", "neighbours", "unwind")),
              share(found["location"][1])]
    numbers = " ".join(f"{v:.1f}" for v in values)
    expect(f"{label} stripped: direct, owner by location, neighbours, unwind, crate [%] {numbers} (floors {floors}), "
           f"owner told for {told:.0f} % of {len(less)}", all(v >= f for v, f in zip(values, floors)))


def debian(tool, folder):
    """Figures of the reference for these very packages; other versions are held to a range."""
    for package, program, low in (("ripgrep", "rg", 15), ("bat", "batcat", 15), ("fd-find", "fdfind", 15)):
        try:
            run("apt-get", "download", package, cwd=folder)
            run("dpkg-deb", "-x", glob.glob(f"{folder}/{package}_*.deb")[0], str(folder / package))
        except (subprocess.CalledProcessError, OSError, IndexError):
            print(f"SKIPPED: {package} cannot be fetched")
            continue
        functions = load(tool, str(folder / package / "usr/bin" / program))
        direct = 100 * sum(f["by"] == "location" for f in functions.values()) / len(functions)
        told = 100 * sum(f["owner"] != "unknown" for f in functions.values()) / len(functions)
        crates = len({(f["crate"], f["version"]) for f in functions.values()} | {
            (f["defined"], "") for f in functions.values()})
        expect(f"{package}: {direct:.1f} % directly, {told:.0f} % with an owner, {crates} crates, "
               f"{len(functions)} functions", direct >= low and told >= 85 and crates >= 20)


def main():
    tool = str(pathlib.Path(sys.argv[1]).resolve())
    if shutil.which("rustc") is None or shutil.which("g++") is None:
        print("SKIPPED: rustc or g++ is missing")
        sys.exit(77)
    official = shutil.which("rustup") or "(built from a source tarball)" not in run("rustc", "-vV")
    if not official:
        print("NOTE: a distribution's rustc, which calls GNU ld: a lower floor for fat LTO")
    lto_floors = LTO_FLOORS if official else GNU_LD_LTO_FLOORS
    for label, flags in BUILDS.items():
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            build(folder, flags)
            functions = load(tool, str(folder / "program"))
            unstripped(label, functions, truth(folder), WRONG if official else GNU_LD_WRONG.get(label, WRONG))
            exported = [f for f in functions.values() if f["name"] == "beta_exported"]
            if exported:  # a plain name among Rust's
                print("     beta_exported:", exported[0])
            twins(tool, label, str(folder / "program"), folder, FLOORS)
    for label in ("v0", "legacy") if official else ():
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            try:
                build(folder, BUILDS[label] + GNU_LD)
            except subprocess.CalledProcessError:
                print("SKIPPED: this rustc cannot be told to call GNU ld")
                continue
            unstripped(f"{label}, GNU ld", load(tool, str(folder / "program")), truth(folder),
                       GNU_LD_WRONG.get(label, WRONG))
            twins(tool, f"{label}, GNU ld", str(folder / "program"), folder, FLOORS)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        build(folder, ["-Clto=fat", "-Cembed-bitcode=yes"])
        twins(tool, "fat LTO", str(folder / "program"), folder, lto_floors)
        cargo = run("rustup", "which", "cargo").strip() if shutil.which("rustup") else ""
        if cargo and "function" in run(tool, cargo)[:20]:
            twins(tool, "cargo", cargo, folder, (14, 95, 95, 95, 75))
        else:
            print("SKIPPED: no cargo of rustup's")
        debian(tool, folder)
    sys.exit(1 if failures else 0)


main()
