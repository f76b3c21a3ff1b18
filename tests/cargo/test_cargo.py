#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Which packages are in a build: `cargo tree` is the oracle.

  test_cargo.py DUMP_DEPS [PROJECT …]

Small workspaces of our own (path dependencies only, so that cargo needs no network), and any projects that are named
(with their lock files, and crates that cargo has fetched). Each for several targets and sets of features.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

TARGETS = ["x86_64-unknown-linux-gnu", "x86_64-pc-windows-msvc", "aarch64-apple-darwin", "wasm32-unknown-unknown"]
FEATURES = [[], ["--all-features"], ["--no-default-features"]]


def cargo_tree(project, target, flags, edges):
    run = subprocess.run(["cargo", "tree", "--workspace", "--offline", "--locked", "-e", edges, "--target", target,
                          "--prefix", "none", "--format", "{p}", "--no-dedupe", *flags], cwd=project,
                         capture_output=True, text=True, timeout=120)
    if run.returncode != 0:
        return None, run.stderr.strip().splitlines()[:3]
    packages = set()
    for line in run.stdout.splitlines():
        words = line.split()
        if len(words) >= 2 and words[1].startswith("v"):
            packages.add((words[0], words[1][1:]))
    return packages, None


def ours(dump, home, project, target, flags):
    run = subprocess.run([dump, home, project / "Cargo.lock", target, *flags], capture_output=True, text=True,
                         timeout=60, check=True)
    doubts = [line for line in run.stdout.splitlines() if line.startswith("!")]
    rows = [line.split() for line in run.stdout.splitlines() if line[0] not in "!#"]
    return {(r[0], r[1]) for r in rows if "in" in r[2:]}, {(r[0], r[1]) for r in rows if len(r) > 2}, doubts


def compare(dump, home, project):
    failures = runs = 0
    for target in TARGETS:
        for flags in FEATURES:
            build, with_dev, doubts = ours(dump, home, project, target, flags)
            for edges, have in (("normal,build", build), ("normal,build,dev", with_dev)):
                want, why = cargo_tree(project, target, flags, edges)
                if want is None:
                    print(f"skipped {project.name} {target} {flags}: {why}")
                    continue
                runs += 1
                if want != have:
                    failures += 1
                    print(f"FAIL {project.name} {target} {' '.join(flags)} {edges} {doubts}: cargo has "
                          f"{sorted(want - have)[:8]} more, we have {sorted(have - want)[:8]} more")
    return runs, failures


def write(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def package(name, rest="", edition="2021"):
    return f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "{edition}"\n{rest}'


def workspaces():
    """Name and files of workspaces in which each rule of the resolver decides something."""
    leaf = {"leaf/Cargo.toml": package("leaf", '[features]\ndefault = ["std"]\nstd = ["dep:deep"]\nextra = ["deep2"]\n'
                                       '[dependencies]\ndeep = { path = "../deep", optional = true }\n'
                                       'deep2 = { path = "../deep2", optional = true }\n'),
            "deep/Cargo.toml": package("deep"), "deep2/Cargo.toml": package("deep2")}
    libs = [f"{n}/src/lib.rs" for n in ("leaf", "deep", "deep2", "mac", "win", "tool", "only-dev", "renamed", "weak")]
    others = {
        "mac/Cargo.toml": package("mac", '[lib]\nproc-macro = true\n[dependencies]\nleaf = { path = "../leaf", '
                                  'default-features = false, features = ["extra"] }\n'),
        "win/Cargo.toml": package("win", '[dependencies]\nleaf = { path = "../leaf" }\n'),
        "tool/Cargo.toml": package("tool", '[dependencies]\nleaf = { path = "../leaf", features = ["extra"] }\n'),
        "only-dev/Cargo.toml": package("only-dev", '[dependencies]\nleaf = { path = "../leaf", '
                                       'features = ["extra"] }\n'),
        "renamed/Cargo.toml": package("renamed"),
        "weak/Cargo.toml": package("weak", '[features]\nf = ["leaf?/extra"]\ng = ["leaf/extra"]\n[dependencies]\n'
                                   'leaf = { path = "../leaf", optional = true, default-features = false }\n'),
    }
    root = '''[dependencies]
leaf = { path = "leaf", default-features = false }
other-name = { path = "renamed", package = "renamed" }
mac = { path = "mac", optional = true }
weak = { path = "weak", features = ["f"] }
[features]
default = ["mac"]
strong = ["weak/g"]
[target.'cfg(windows)'.dependencies]
win = { path = "win" }
[target.'cfg(all(unix, not(target_os = "macos")))'.build-dependencies]
tool = { path = "tool" }
[target.wasm32-unknown-unknown.dependencies]
deep2 = { path = "deep2" }
[dev-dependencies]
only-dev = { path = "only-dev" }
'''
    sources = {"src/lib.rs": "", **{lib: "" for lib in libs}, "build.rs": "fn main() {}"}
    for resolver in ("1", "2", "3"):
        yield f"resolver-{resolver}", {"Cargo.toml": package("root", f'resolver = "{resolver}"\n' + root),
                                       **leaf, **others, **sources}
    yield "virtual", {
        "Cargo.toml": '[workspace]\nresolver = "2"\nmembers = ["crates/*", "tool"]\nexclude = ["crates/out"]\n'
                      '[workspace.package]\nversion = "0.3.0"\nedition = "2021"\n'
                      '[workspace.dependencies]\nleaf = { path = "leaf", default-features = false }\n',
        "crates/a/Cargo.toml": '[package]\nname = "a"\nversion.workspace = true\nedition.workspace = true\n'
                               '[dependencies]\nleaf = { workspace = true, features = ["std"] }\n',
        "crates/b/Cargo.toml": package("b", '[dependencies]\nleaf = { workspace = true, optional = true }\n'),
        "crates/out/Cargo.toml": package("out"), "crates/a/src/lib.rs": "", "crates/b/src/lib.rs": "",
        "crates/out/src/lib.rs": "", **leaf, **others, **sources}


def main():
    dump = pathlib.Path(sys.argv[1]).resolve()
    if not shutil.which("cargo"):
        print("skipped: cargo is not installed")
        return 77
    runs = failures = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, files in workspaces():
            project = pathlib.Path(folder, name)
            write(project, files)
            subprocess.run(["cargo", "generate-lockfile", "--offline"], cwd=project, check=True, capture_output=True)
            more = compare(dump, pathlib.Path(folder, "home"), project)
            runs, failures = runs + more[0], failures + more[1]
    home = os.environ.get("CARGO_HOME", str(pathlib.Path.home() / ".cargo"))
    for name in sys.argv[2:]:
        more = compare(dump, home, pathlib.Path(name).resolve())
        runs, failures = runs + more[0], failures + more[1]
    print(f"{runs} builds compared with cargo tree, {failures} differ")
    return 1 if failures or not runs else 0


sys.exit(main())
