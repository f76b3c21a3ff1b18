#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""The path that a finding prints ("reached: app 1.0.0 → a 1.0.0 → b 1.0.0") beside `cargo tree -i`: each step is an
edge that Cargo shows for that package, target and features, the path begins at a member, and it is a shortest one: of
normal dependencies alone where such a path exists, else with what is built for the host, else with what tests need.
Graphs are drawn at random: normal, build, dev, optional and platform-specific dependencies, proc-macros, members that
ask for one another. Projects that are named on the command line are compared, too, where Cargo resolves them offline.

  test_paths.py RUSTPROOF [FOLDER...]
"""
import collections
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
TARGET = "x86_64-unknown-linux-gnu"
GRAPHS, CRATES = 5, 16
CLASSES = ["normal", "normal,build", "normal,build,dev"]
FAILURES = []


# ---- graphs ----

def manifest(name, deps, proc_macro=False):
    """deps: (name, kind, optional, on windows only)"""
    text = f'[package]\nname = "{name}"\nversion = "1.0.0"\nedition = "2021"\n'
    text += "[lib]\nproc-macro = true\n" if proc_macro else ""
    optional = [d for d, _, is_optional, _ in deps if is_optional]
    text += "[features]\ndefault = [" + ", ".join(f'"dep:{d}"' for d in optional[::2]) + "]\n"
    text += "other = [" + ", ".join(f'"dep:{d}"' for d in optional[1::2]) + "]\n"
    for d, kind, is_optional, windows in deps:
        table = kind + ("-" if kind else "") + "dependencies"
        table = f'target."cfg(windows)".{table}' if windows else table
        text += f'[{table}.{d}]\nversion = "1"\n' + ("optional = true\n" if is_optional else "")
    return text


def draw(rng, later):
    """Dependencies on crates that come later, so that there is no cycle."""
    deps = []
    for name in rng.sample(later, min(len(later), rng.randint(0, 3))):
        kind = rng.choice(["", "", "", "build"])
        deps.append((name, kind, rng.random() < 0.3, rng.random() < 0.2))
    return deps


def write_package(folder, text):
    (folder / "src").mkdir(parents=True)
    (folder / "src/lib.rs").write_text("")
    (folder / "build.rs").write_text("fn main() {}\n")
    (folder / "Cargo.toml").write_text(text)


def make_project(top, seed):
    rng = random.Random(seed)
    names = [f"c{i:02}" for i in range(CRATES)]
    for i, name in enumerate(names):
        folder = top / "vendor" / name
        write_package(folder, manifest(name, draw(rng, names[i + 1:i + 8]), rng.random() < 0.15))
        (folder / ".cargo-checksum.json").write_text('{"files":{},"package":"' + "0" * 64 + '"}')
    (top / ".cargo").mkdir()
    (top / ".cargo/config.toml").write_text('[source.crates-io]\nreplace-with = "v"\n'
                                            '[source.v]\ndirectory = "vendor"\n')
    (top / "Cargo.toml").write_text('[workspace]\nmembers = ["app", "tool"]\nresolver = "2"\n')
    for member, other in (("app", "tool"), ("tool", None)):
        deps = draw(rng, names[:6]) + [(d, "dev", False, False) for d in rng.sample(names, 2)]
        text = manifest(member, list({(d[0], d[1]): d for d in deps}.values()))
        if other is not None:
            text += f'[dependencies.{other}]\npath = "../{other}"\n'
        write_package(top / member, text)
    subprocess.run(["cargo", "generate-lockfile", "--offline"], cwd=top, check=True, capture_output=True)


# ---- Cargo's side ----

def cargo_tree(folder, features, *args):
    run = subprocess.run(["cargo", "tree", "--offline", "--locked", "--workspace", "--prefix", "depth", "--no-dedupe",
                          "--target", TARGET, *features, *args], cwd=folder, capture_output=True, text=True)
    return run.stdout if run.returncode == 0 else None


def nodes(text):
    for line in text.splitlines():
        m = re.match(r"(\d+)(\S+) v(\S+)", line)
        if m is not None:  # "[dev-dependencies]"
            yield int(m[1]), (m[2], m[3])


def inverse_edges(text):
    """Of `cargo tree -i`: what stands below a package asks for it."""
    edges, above = set(), []
    for depth, node in nodes(text):
        above[depth:] = [node]
        if depth != 0:
            edges.add((node, above[depth - 1]))
    return edges


def distances(folder, features, kinds):
    """Steps from the nearest member to each package."""
    edges, above, starts = collections.defaultdict(set), [], set()
    for depth, node in nodes(cargo_tree(folder, features, "-e", kinds)):
        above[depth:] = [node]
        if depth == 0:
            starts.add(node)
        else:
            edges[above[depth - 1]].add(node)
    steps, queue = {s: 0 for s in starts}, collections.deque(starts)
    while queue:
        at = queue.popleft()
        for to in edges[at] - steps.keys():
            steps[to] = steps[at] + 1
            queue.append(to)
    return steps


# ---- ours ----

def printed_paths(folder, database, features):
    """An advisory on every package makes a finding of each, with its path."""
    lock = (folder / "Cargo.lock").read_text()
    for name in set(re.findall(r'^name = "(.*)"', lock, re.M)):
        advisory = database / "crates" / name / "RUSTSEC-2099-0001.md"
        advisory.parent.mkdir(parents=True, exist_ok=True)
        advisory.write_text(f'```toml\n[advisory]\nid = "RUSTSEC-2099-0001"\npackage = "{name}"\ndate = "2099-01-01"\n'
                            '[versions]\npatched = []\n```\n\n# T\n')
    run = subprocess.run([PROGRAM, "deps", "--db", database, "--target", TARGET, *features, "-f", "json", "--exit-zero",
                          "--select", "RP9101", folder / "Cargo.lock"], capture_output=True, text=True)
    paths = {}
    for result in json.loads(run.stdout)["targets"][0]["results"]:
        name = tuple(result["text"].split(" ")[:2])
        for line in result["evidence"]:
            if line["text"].startswith("reached: "):
                steps = line["text"].removeprefix("reached: ").split(" → ")
                paths[name] = ([tuple(s.split(" ")) for s in steps], "not in the build" in result["text"])
    return paths


def compare(what, folder, database, features=()):
    by_class = [distances(folder, features, kinds) for kinds in CLASSES]
    members = {node for node, steps in by_class[0].items() if steps == 0}
    compared = 0
    for package, (path, off) in sorted(printed_paths(folder, database, features).items()):
        shortest = next((steps[package] for steps in by_class if package in steps), None)
        if shortest is None:
            if not off:
                FAILURES.append(f"{what}: {package} is not in Cargo's tree")
            continue
        compared += 1
        said = " → ".join(name for name, *_ in path)
        if path[0] not in members or path[-1] != package:
            FAILURES.append(f"{what}: {said} does not begin at a member, or end at {package[0]}")
        if ("…",) in path:  # both ends of a long one
            continue
        text = cargo_tree(folder, features, "-e", CLASSES[2], "-i", "@".join(package))
        wrong = set(zip(path, path[1:])) - inverse_edges(text)
        if wrong:
            FAILURES.append(f"{what}: {said}: Cargo has no {sorted(wrong)}")
        if len(path) - 1 != shortest:
            FAILURES.append(f"{what}: {said}: {len(path) - 1} steps, a path has {shortest}")
    return compared


def main():
    if shutil.which("cargo") is None:
        print("skipped: no cargo")
        return 77
    compared = 0
    for seed in range(GRAPHS):
        with tempfile.TemporaryDirectory() as temp:
            top = pathlib.Path(temp)
            make_project(top, seed)
            for features in ((), ("--all-features",), ("--no-default-features",)):
                compared += compare(f"graph {seed} {' '.join(features)}", top, top / "db", features)
    for folder in map(pathlib.Path, sys.argv[2:]):
        with tempfile.TemporaryDirectory() as temp:
            if cargo_tree(folder, ()) is None:
                print(f"skipped: {folder}: Cargo cannot resolve it offline")
            else:
                compared += compare(str(folder), folder, pathlib.Path(temp))
    print("\n".join([f"FAIL {f}" for f in FAILURES[:40]] + [f"{compared} paths, {len(FAILURES)} failures"]))
    return 1 if FAILURES or compared < 100 else 0


sys.exit(main())
