#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Twin programs over vulnerable crates: one calls the functions that advisories name, one links the
same crates and calls others. Built in every profile that matters; what is found in each goes into
a table.

  twins.py REACHES WORKDIR [--only PROFILE]

Held: wherever debug is 1 or more every call is found and nothing is found in the other twin; without
debug information nothing is found that is not there, and nothing is said to be absent. Skipped (77)
without cargo or its registry."""
import os
import pathlib
import subprocess
import sys

CRATES = {"time": "0.1.44", "shlex": "1.1.0", "whoami": "0.8.1", "sized-chunks": "0.6.5",
          "rand": "0.8.5", "anyhow": "1.0.69", "memmap2": "0.5.7", "tar": "0.4.38"}
# As the advisories write them: RUSTSEC-2020-0071, 2024-0006, 2024-0020, 2026-0255, 2026-0097,
# 2026-0190, 2026-0186, 2026-0067.
FUNCTIONS = [("time", "time::now"), ("time", "time::at"), ("shlex", "shlex::quote"),
             ("shlex", "shlex::join"), ("whoami", "whoami::username"),
             ("sized-chunks", "sized_chunks::Chunk::drop_left"),
             ("sized-chunks", "sized_chunks::RingBuffer::drop_right"),
             ("rand", "rand::thread_rng"), ("anyhow", "anyhow::Error::downcast_mut"),
             ("memmap2", "memmap2::MmapMut::flush_range"),
             ("tar", "tar::Entry::unpack_in")]
USED = r'''
use rand::Rng;
use std::hint::black_box;
fn main() {
    let arg = std::env::args().nth(1).unwrap_or_default();
    let t = time::at(time::Timespec::new(arg.len() as i64, 0));
    println!("{:?} {}", time::now(), t.tm_year);
    println!("{} {}", shlex::quote(&arg), shlex::join([arg.as_str(), "b"]));
    println!("{}", whoami::username());
    let mut c: sized_chunks::Chunk<String> = [arg.clone(), arg.clone()].into_iter().collect();
    c.drop_left(black_box(1));
    let mut r: sized_chunks::RingBuffer<String> = [arg.clone(), arg.clone()].into_iter().collect();
    r.drop_right(black_box(1));
    println!("{} {} {}", c.len(), r.iter().count(), rand::thread_rng().gen::<u32>());
    let mut e = anyhow::Error::new(std::fmt::Error).context(arg.clone());
    println!("{:?}", e.downcast_mut::<std::fmt::Error>());
    if let Ok(mut m) = memmap2::MmapMut::map_anon(black_box(4096)) {
        println!("{:?}", m.flush_range(black_box(0), 10));
        m[0] = 1;
    }
    let mut a = tar::Archive::new(std::io::empty());
    for entry in a.entries().unwrap() {
        println!("{:?}", entry.unwrap().unpack_in(&arg));
    }
}
'''
UNUSED = r'''
use rand::{Rng, SeedableRng};
use std::hint::black_box;
fn main() {
    let arg = std::env::args().nth(1).unwrap_or_default();
    println!("{:?}", time::Duration::seconds(arg.len() as i64) * 3);
    println!("{:?}", shlex::split(&arg));
    println!("{}", whoami::platform());
    let mut c: sized_chunks::Chunk<String> = [arg.clone(), arg.clone()].into_iter().collect();
    c.push_back(arg.clone());
    let mut r: sized_chunks::RingBuffer<String> = [arg.clone(), arg.clone()].into_iter().collect();
    r.push_back(arg.clone());
    println!("{} {} {}", c.len(), r.iter().count(), rand::rngs::StdRng::seed_from_u64(7).gen::<u32>());
    let e = anyhow::Error::new(std::fmt::Error).context(arg.clone());
    println!("{:?}", e.downcast_ref::<std::fmt::Error>());
    if let Ok(mut m) = memmap2::MmapMut::map_anon(black_box(4096)) {
        m[0] = 1;
        println!("{}", m.len());
    }
    let mut b = tar::Builder::new(Vec::new());
    println!("{:?}", b.append_path(&arg).is_ok());
}
'''
R = "CARGO_PROFILE_RELEASE_"
FAT = {R + "LTO": "fat", R + "CODEGEN_UNITS": "1"}
PROFILES = [  # name, settings, debug information is there
    ("dev", None, True),
    ("release", {}, False),
    ("release debug=1", {R + "DEBUG": "1"}, True),
    ("release debug=2", {R + "DEBUG": "2"}, True),
    ("release debug=1, DWARF 5", {R + "DEBUG": "1", "RUSTFLAGS": "-Cdwarf-version=5"}, True),
    ("release debug=1, v0", {R + "DEBUG": "1", "RUSTFLAGS": "-Csymbol-mangling-version=v0"}, True),
    ("fat LTO", FAT, False),
    ("fat LTO debug=1", {**FAT, R + "DEBUG": "1"}, True),
    ("fat LTO opt-z debug=2", {**FAT, R + "DEBUG": "2", R + "OPT_LEVEL": "z"}, True),
    ("opt-z", {R + "OPT_LEVEL": "z"}, False),
    ("release stripped", {R + "STRIP": "symbols"}, False),
    ("release line-tables-only", {R + "DEBUG": "line-tables-only"}, False),
]


def make_project(folder):
    (folder / "src/bin").mkdir(parents=True, exist_ok=True)
    # xattr, which tar asks for by default, does not compile any more
    more = {"tar": ", default-features = false", "sized-chunks": ', features = ["ringbuffer"]'}
    deps = "".join(f'{n} = {{ version = "={v}"{more.get(n, "")} }}\n'
                   for n, v in CRATES.items())
    for path, text in (("Cargo.toml", '[package]\nname = "twins"\nversion = "0.1.0"\n'
                        f'edition = "2021"\n[workspace]\n[dependencies]\n{deps}'),
                       ("src/bin/used.rs", USED), ("src/bin/unused.rs", UNUSED)):
        if not (folder / path).is_file() or (folder / path).read_text() != text:
            (folder / path).write_text(text)


def build(folder, name, settings):
    target = folder / "target" / name.replace(" ", "_").replace(",", "").replace("=", "")
    command = ["cargo", "build", "-q", "-j1", "--target-dir", target]
    env = {**os.environ, **(settings or {})}
    if settings is not None:
        command.append("--release")
    run = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    if run.returncode != 0:
        return None, run.stderr
    return target / ("debug" if settings is None else "release"), ""


def ask(reaches, program):
    arguments = [x for crate, f in FUNCTIONS for x in (f"{crate}@{CRATES[crate]}", f)]
    home = os.environ.get("CARGO_HOME", os.path.expanduser("~/.cargo"))
    out = subprocess.run([reaches, program, *arguments], capture_output=True, text=True,
                         check=True, env={**os.environ, "CARGO_HOME": home}).stdout
    return {line.split("\t")[0]: line.split("\t") for line in out.splitlines()}


def main():
    reaches, folder = sys.argv[1], pathlib.Path(sys.argv[2]).absolute()
    only = sys.argv[sys.argv.index("--only") + 1] if "--only" in sys.argv else None
    make_project(folder)
    passed = failed = 0
    print("| profile | found in `used` | by panic location | with a path | found in `unused` "
          "| not emitted in `unused` | missed |")
    print("|---|---|---|---|---|---|---|")
    for name, settings, debug in PROFILES:
        if only and name != only:
            continue
        where, why = build(folder, name, settings)
        if where is None:
            print(f"skipped: {name}: {why.strip().splitlines()[-1] if why else 'no cargo'}")
            return 77 if passed + failed == 0 else 1
        used, unused = ask(reaches, where / "used"), ask(reaches, where / "unused")
        hits = [f for f, r in used.items() if r[1] == "present"]
        false = [f for f, r in unused.items() if r[1] == "present"]
        absent = [f for f, r in unused.items() if r[1] == "not emitted"]
        denied = [f for f, r in used.items() if r[1] == "not emitted"]
        missed = [f for f in used if f not in hits]
        bad = false or denied or (debug and missed) or (not debug and absent)
        passed, failed = passed + (not bad), failed + bool(bad)
        sites = sum(used[f][2] == "panic location" for f in hits)
        paths = sum(used[f][6] != "" for f in hits)
        print(f"| {name} | {len(hits)} of {len(used)} | {sites} | {paths} | {len(false)} | {len(absent)} | "
              f"{', '.join(missed) if debug else len(missed)} |", flush=True)
        for kind, rows, which in (("false", false, unused), ("denied", denied, used)):
            for f in rows:
                print(f"  {kind}: {which[f]}")
        if "--why" in sys.argv:
            for r in [used[f] for f in missed] + [r for r in unused.values() if r[1] == "unknown"]:
                print("  ", r)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
