#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Cargo's SBOM precursor as a nightly Cargo writes it (-Zsbom): packages and kinds beside those of the lock file that
Cargo built from, features beside `cargo tree`, and what the program says of the file and of the binary beside it.

  test_sbom.py DUMP_DEPS RUSTPROOF
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
from unstable import unstable  # noqa: E402

HOST = "x86_64-unknown-linux-gnu"
MANIFEST = """[package]
name = "top"
version = "0.1.0"
edition = "2021"
links = "top"
[features]
default = ["x"]
x = ["m/extra"]
y = []
[dependencies]
m = { path = "m" }
pm = { path = "pm" }
c-sys = { path = "c-sys" }
off = { path = "off", optional = true }
[build-dependencies]
m = { path = "m" }
[workspace]
exclude = ["m", "pm", "inner", "c-sys", "off"]
"""
FILES = {
    "Cargo.toml": MANIFEST,
    "build.rs": "fn main() { m::f() }\n",
    "src/main.rs": 'fn main() { m::f(); println!("{}", c_sys::g()); }\n',
    "m/Cargo.toml": '[package]\nname = "m"\nversion = "1.2.3"\nedition = "2021"\n[features]\nextra = []\n',
    "m/src/lib.rs": "pub fn f() {}\n",
    "pm/Cargo.toml": '[package]\nname = "pm"\nversion = "0.3.0"\nedition = "2021"\n[lib]\nproc-macro = true\n'
                     '[dependencies]\ninner = { path = "../inner", features = ["q", "p"] }\n',
    "pm/src/lib.rs": "extern crate proc_macro;\n#[proc_macro]\npub fn g(t: proc_macro::TokenStream) -> "
                     "proc_macro::TokenStream { inner::h(); t }\n",
    "inner/Cargo.toml": '[package]\nname = "inner"\nversion = "0.0.7"\nedition = "2021"\n[features]\np = []\nq = []\n',
    "inner/src/lib.rs": "pub fn h() {}\n",
    "c-sys/Cargo.toml": '[package]\nname = "c-sys"\nversion = "0.5.0"\nedition = "2021"\nlinks = "c"\n'
                        '[build-dependencies]\ninner = { path = "../inner" }\n',
    "c-sys/build.rs": "fn main() { inner::h() }\n",
    "c-sys/src/lib.rs": "pub fn g() -> u8 { 7 }\n",
    "off/Cargo.toml": '[package]\nname = "off"\nversion = "9.0.0"\nedition = "2021"\n',
    "off/src/lib.rs": "",
}


def skip(why):
    print("skipped:", why)
    sys.exit(77)


def run(*args, **more):
    return subprocess.run([str(a) for a in args], capture_output=True, text=True, timeout=200, **more)


def dump(*args):
    """{(name, version): (kinds, features)} of the packages in the build."""
    rows = {}
    done = run(*args)
    assert done.returncode == 0, done.stderr
    for line in done.stdout.splitlines():
        text, _, features = line.partition(" [")
        words = text.split()
        if words[0] != "rustc" and "in" in words[2:]:
            rows[words[0], words[1]] = set(words[2:]) - {"in", "dev"}, features.rstrip("]").split()
    return rows


def tree_features(project):
    features = {}
    done = run("cargo", "tree", "--offline", "--prefix", "none", "--no-dedupe", "-e", "normal,build", "--format",
               "{p}|{f}", cwd=project)
    for line in done.stdout.splitlines():
        package, _, names = line.partition("|")
        words = package.split()
        if len(words) > 1:
            features.setdefault((words[0], words[1][1:]), set()).update(n for n in names.split(",") if n)
    return features


def check_build(dump_deps, project, sbom):
    failures = []
    have = dump(dump_deps, "--sbom", sbom)
    lock = dump(dump_deps, project / "none", project / "Cargo.lock", HOST)
    for key in sorted(set(have) | set(lock)):
        if have.get(key, [None])[0] != lock.get(key, [None])[0]:
            failures.append(f"{key}: kinds {have.get(key)} by the SBOM, {lock.get(key)} by the lock file")
    features = tree_features(project)
    if len(features) != 5:
        failures.append(f"cargo tree shows {sorted(features)}")
    for key, names in features.items():
        if sorted(names) != have.get(key, (None, None))[1]:
            failures.append(f"{key}: features {have.get(key)}, cargo tree: {sorted(names)}")
    if ("off", "9.0.0") in have:
        failures.append("an optional package that is off is listed")
    return failures


def check_program(rustproof, binary, sbom):
    failures = []
    for path in (sbom, binary):
        done = run(rustproof, "deps", "--tree", path)
        for name in ("top 0.1.0", "m 1.2.3", "pm 0.3.0", "inner 0.0.7", "c-sys 0.5.0"):
            if name not in done.stdout:
                failures.append(f"{path.name}: '{name}' is not in the tree: {done.stdout[:400]}{done.stderr[:300]}")
    # another compiler's build is not believed
    other = json.loads(sbom.read_text())
    other["rustc"]["commit_hash"] = "0" * 40
    sbom.write_text(json.dumps(other))
    done = run(rustproof, "deps", "--tree", binary)
    if "inner 0.0.7" in done.stdout:
        failures.append("the SBOM of another compiler's build was believed")
    for bad in ("", "{", "{}", '{"version":1,"root":7,"crates":[]}'):
        sbom.write_text(bad)
        if run(rustproof, "deps", sbom).returncode in (0, 1):
            failures.append(f"'{bad}' passes for an SBOM")
        if run(rustproof, "deps", "--tree", binary).returncode < 0:
            failures.append(f"'{bad}' beside a binary")
    return failures


def main():
    dump_deps, rustproof = sys.argv[1:3]
    cargo, environment = unstable("cargo")
    if cargo is None:
        skip("cargo is not installed")
    with tempfile.TemporaryDirectory() as folder:
        project = pathlib.Path(folder) / "p"
        for name, text in FILES.items():
            path = project / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        done = run(*cargo, "build", "-Zsbom", "--offline", cwd=project,
                   env=dict(environment, CARGO_BUILD_SBOM="true", CARGO_TARGET_DIR=str(project / "target")))
        binary = project / "target/debug/top"
        sbom = binary.with_name("top.cargo-sbom.json")
        if done.returncode != 0 or not sbom.is_file():
            skip(f"this Cargo writes none: {done.stderr[-300:]}")
        failures = check_build(dump_deps, project, sbom) + check_program(rustproof, binary, sbom)
    for line in failures:
        print("FAIL", line)
    print(f"1 build, 5 packages, {len(failures)} differences")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
