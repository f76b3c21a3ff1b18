#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""`deps --tree` beside `cargo tree`: what stands there without "(not in this build)" on it or above it is what
Cargo shows, edge by edge, and every package of the lock file stands somewhere. A package that is asked for in vain
before it is asked for in earnest has its own dependencies where it is in the build."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
TARGET = "x86_64-unknown-linux-gnu"
if shutil.which("cargo") is None:
    print("skipped: no cargo")
    sys.exit(77)
PACKAGES = {
    "app": '[target."cfg(windows)".dependencies]\nalpha = { path = "../alpha" }\n'
           'only-windows = { path = "../only-windows" }\n'
           '[dependencies]\nbeta = { path = "../beta" }\noff = { path = "../off", optional = true }\n'
           '[dev-dependencies]\ngamma = { path = "../gamma" }\n',
    "alpha": '[dependencies]\nshared = { path = "../shared" }\n',
    "beta": '[dependencies]\nalpha = { path = "../alpha", optional = true }\nshared = { path = "../shared" }\n',
    "gamma": '[dependencies]\nalpha = { path = "../alpha" }\n',
    "only-windows": '[dependencies]\nshared = { path = "../shared" }\n',
    "off": '[build-dependencies]\nleaf = { path = "../leaf" }\n',
    "shared": '[dependencies]\nleaf = { path = "../leaf" }\n',
    "leaf": "",
}


def make(top):
    for name, rest in PACKAGES.items():
        (top / name / "src").mkdir(parents=True)
        (top / name / "src/lib.rs").write_text("")
        (top / name / "Cargo.toml").write_text(
            f'[package]\nname = "{name}"\nversion = "1.0.0"\nedition = "2021"\n{rest}')
    subprocess.run(["cargo", "generate-lockfile", "--offline"], cwd=top / "app", check=True, capture_output=True)


def cargo_edges(folder):
    run = subprocess.run(["cargo", "tree", "--offline", "--locked", "-e", "normal,build,dev", "--prefix", "depth",
                          "--no-dedupe", "--target", TARGET], cwd=folder, check=True, capture_output=True, text=True)
    edges, above = set(), []
    for line in run.stdout.splitlines():
        m = re.match(r"(\d+)(\S+) v(\S+)", line)
        if m is None:  # "[dev-dependencies]"
            continue
        depth, node = int(m[1]), (m[2], m[3])
        above[depth:] = [node]
        if depth:
            edges.add((above[depth - 1], node))
    return edges


def our_edges(folder):
    run = subprocess.run([PROGRAM, "deps", "--tree", "--no-unicode", "--color", "never", "--target", TARGET, folder],
                         check=True, capture_output=True, text=True)
    edges, names, above, dead = set(), set(), [], []
    for line in run.stdout.splitlines()[1:]:
        m = re.match(r"((?:\|   |    |\|-- |`-- )*)(\S+) (\S+)(.*)", line)
        depth, node = len(m[1]) // 4, (m[2], m[3])
        names.add(m[2])
        above[depth:] = [node]
        dead[depth:] = ["(not in this build)" in m[4] or (depth > 0 and dead[depth - 1])]
        if depth and not dead[depth]:
            edges.add((above[depth - 1], node))
    return edges, names


with tempfile.TemporaryDirectory() as temp:
    top = pathlib.Path(temp)
    make(top)
    cargo, (ours, names) = cargo_edges(top / "app"), our_edges(top / "app")
print(f"{len(cargo)} edges; only Cargo: {sorted(cargo - ours)}; only here: {sorted(ours - cargo)}")
print(f"never named: {sorted(set(PACKAGES) - names)}")
sys.exit(cargo != ours or names != set(PACKAGES))
