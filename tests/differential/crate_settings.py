#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Overflow checks by crate (RP1001) against the program itself: Cargo builds it with the setting of each package, the
program overflows in each crate and tells which of them panic, and the verdict must name the others.

usage: crate_settings.py RUSTPROOF"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FUNCTIONS = 24  # each with an indexing, an addition and a multiplication
SETTINGS = [(True, True), (True, False), (False, True), (False, False)]  # the program's own crate, the dependency
SHAPES = {
    "optimised": [],
    "small": ['profile.release.opt-level="z"'],
    "one unit": ['profile.release.lto="fat"', "profile.release.codegen-units=1"],
    "not optimised": ["profile.release.opt-level=0"],
}
MANIFEST = """[package]
name = "{name}"
version = "0.3.1"
edition = "2021"
"""


def functions():
    body = "".join(f"""#[inline(never)]
pub fn f{n}(v: &[u32], i: usize, a: u32) -> u32 {{ v[i] + a * {n + 3} }}
""" for n in range(FUNCTIONS))
    table = ", ".join(f"f{n}" for n in range(FUNCTIONS))
    return body + f"pub static ALL: [fn(&[u32], usize, u32) -> u32; {FUNCTIONS}] = [{table}];\n"


MAIN = """mod own;
fn try_all(all: &[fn(&[u32], usize, u32) -> u32], v: &[u32]) -> usize {
    let at = v.len() - 2;
    all.iter().filter(|f| std::panic::catch_unwind(|| f(v, at, u32::MAX / 2)).is_err()).count()
}
fn main() {
    std::panic::set_hook(Box::new(|_| ()));
    let v: Vec<u32> = std::env::args().map(|a| a.len() as u32).chain([7, u32::MAX]).collect();
    println!("{} {} {}", try_all(&own::ALL, &v), try_all(&part::ALL, &v), part::generic(&v, 0));
}
"""
# compiled with the crate that asks for it
GENERIC = "pub fn generic<T: Copy + Into<u64>>(v: &[T], i: usize) -> u64 { v[i].into() + 1 }\n"


def project(folder):
    (folder / "src").mkdir(parents=True)
    (folder / "vendor/part/src").mkdir(parents=True)
    (folder / "Cargo.toml").write_text(
        MANIFEST.format(name="whole") + '[dependencies]\npart = { path = "vendor/part" }\n')
    (folder / "vendor/part/Cargo.toml").write_text(MANIFEST.format(name="part"))
    (folder / "src/own.rs").write_text(functions())
    (folder / "src/main.rs").write_text(MAIN)
    (folder / "vendor/part/src/lib.rs").write_text(functions() + GENERIC)


def build(folder, own, dependency, shape):
    configs = [f"profile.release.overflow-checks={str(own).lower()}",
               f"profile.release.package.part.overflow-checks={str(dependency).lower()}",
               "profile.release.strip=false"] + SHAPES[shape]
    flags = [word for config in configs for word in ("--config", config)]
    subprocess.run(["cargo", "build", "-q", "--release", "--offline", *flags], cwd=folder, check=True,
                   env=dict(os.environ, CARGO_TARGET_DIR=str(folder / "target")), timeout=300)
    return folder / "target/release/whole"


def panics(program):
    """Of the functions of each crate: how many panic when they overflow."""
    own, dependency, _ = subprocess.run([program], stdout=subprocess.PIPE, check=True, timeout=60).stdout.split()
    return int(own), int(dependency)


def verdict(rustproof, program):
    done = subprocess.run([rustproof, "bin", "-f", "json", "--select", "RP1001", "-A", "RP1001", program],
                          stdout=subprocess.PIPE, check=True, timeout=120)
    found = [r for a in json.loads(done.stdout)["targets"] for r in a["results"] if r["code"] == "RP1001"]
    return found[0]["outcome"], found[0]["text"]


def expected(own, dependency, stripped):
    name = "the program's own crate" if stripped else "whole"
    if own and dependency:
        return "pass", f"in {name}, part"
    if own or dependency:
        without, with_ = ("part", name) if own else (name, "part")
        return "finding", f"wraps silently in {without}; checks are in {with_}"
    return "unknown", "thin evidence"


def check(rustproof, folder, own, dependency, shape):
    program = build(folder, own, dependency, shape)
    runs = panics(program)
    if runs != (FUNCTIONS * own, FUNCTIONS * dependency):
        return [f"{shape}: {runs} functions panic, built with {own}, {dependency}"]
    stripped = folder / "stripped"
    shutil.copy(program, stripped)
    subprocess.run(["strip", "--strip-all", stripped], check=True, timeout=60)
    bad = []
    for path in program, stripped:
        outcome, text = verdict(rustproof, path)
        want, words = expected(own, dependency, path == stripped)
        if outcome != want or words not in text:
            bad.append(f"{shape}, own {own}, dependency {dependency}, {path.name}: {outcome} \"{text}\", "
                       f"expected {want} \"{words}\"")
    return bad


def main():
    if not shutil.which("cargo"):
        print("skipped: no cargo")
        sys.exit(77)
    bad, n = [], 0
    with tempfile.TemporaryDirectory(prefix="rp-settings.") as where:
        folder = Path(where) / "whole"
        project(folder)
        for shape in SHAPES:
            for own, dependency in SETTINGS:
                bad += check(sys.argv[1], folder, own, dependency, shape)
                n += 2
    for line in bad:
        print("FAIL", line)
    print(f"{n} files, {len(bad)} wrong")
    sys.exit(bool(bad))


main()
