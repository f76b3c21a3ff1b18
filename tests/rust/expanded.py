#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Bodies after macro expansion beside `rustc -Zunpretty=expanded`, on packages of Cargo's registry or Debian's.

  expanded.py DUMP_MACROS [--long] [--show]     quick: 12 packages, long: 150

Packages without dependencies or build scripts that define macros. rustc's answer is read by the same program, so both
sides are functions by path. Compared are bodies in which we expanded something: their tokens without delimiters,
commas and semicolons, which rustc's printer adds and takes away. What rustc expands and we do not (std's own macros,
derives) makes a body incomparable: those are counted apart. A body that is comparable and not equal is a failure.
"""
import collections
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
from crates import manifests  # noqa: E402
from unstable import unstable  # noqa: E402

RUSTC, ENVIRONMENT = unstable("rustc")
STD = re.compile(r"\b(assert|assert_eq|assert_ne|debug_assert\w*|format|format_args|panic|print|println|"
                 r"eprint|eprintln|write|writeln|todo|unimplemented|unreachable|vec|matches|cfg|concat|"
                 r"stringify|line|file|column|module_path|env|"
                 r"option_env|include\w*|compile_error|addr_of|addr_of_mut|offset_of|asm|dbg|try|thread_local) !")


def packages(limit):
    found = []
    for manifest in manifests():
        text = manifest.read_text(errors="replace")
        root = manifest.parent / "src/lib.rs"
        others = re.search(r"(?m)^\[(target\..*\.)?(build-)?dependencies|^build *=|proc-macro *= *true", text)
        if others or not root.exists():
            continue
        if any("macro_rules!" in p.read_text(errors="replace") for p in root.parent.rglob("*.rs")):
            found.append((manifest.parent, text))
    step = max(1, len(found) // limit)
    return found[::step][:limit]


def edition(text):
    match = re.search(r'(?m)^edition *= *"(\d+)"', text)
    return match.group(1) if match else "2015"


def default_features(text):
    table = text.partition("[features]")[2].partition("\n[")[0]
    features = dict(re.findall(r'(?m)^"?([\w-]+)"? *= *\[([^\]]*)\]', table))
    on, todo = set(), ["default"]
    while todo:
        name = todo.pop()
        if name not in on:
            on.add(name)
            todo += re.findall(r'"([\w-]+)"', features.get(name, ""))
    return sorted(on)


def functions(program, root, year):
    run = subprocess.run([program, str(root), year], capture_output=True, text=True, errors="replace", timeout=60)
    found = collections.defaultdict(list)
    for line in run.stdout.splitlines():
        path, _, tokens = line.partition("\t")
        found[path[1:]].append((path[0] == "+", tokens))
    return found


def plain(tokens):
    tokens = re.sub(r"\$ crate", "crate", tokens)
    tokens = re.sub(r"# \[ (?:[^\[\]]|\[[^\[\]]*\])* \]", "", tokens)
    return [t for t in tokens.split() if t not in "(){}[],;" and t != "$crate"]


def judge(program, folder, text, sums, show):
    year = edition(text)
    flags = [f for name in default_features(text) for f in ("--cfg", f'feature="{name}"')]
    env = {**ENVIRONMENT, "CARGO_PKG_VERSION": "1.0.0", "CARGO_MANIFEST_DIR": str(folder)}
    run = subprocess.run([*RUSTC, "-Zunpretty=expanded", "--edition", year, "--crate-type", "lib",
                          "--cap-lints", "allow", *flags, str(folder / "src/lib.rs")],
                         capture_output=True, text=True, errors="replace", env=env, timeout=120)
    if run.returncode != 0:
        sums["packages that rustc does not expand"] += 1
        return 0
    sums["packages"] += 1
    with tempfile.TemporaryDirectory() as out:
        root = pathlib.Path(out) / "lib.rs"
        root.write_text(run.stdout)
        theirs = functions(program, root, year)
    failed = 0
    for path, bodies in functions(program, folder / "src/lib.rs", year).items():
        wanted = [plain(tokens) for _, tokens in theirs.get(path, [])]
        for expanded, tokens in bodies:
            if not expanded:
                continue
            sums["bodies"] += 1
            if plain(tokens) in wanted:
                sums["equal"] += 1
            elif not wanted:
                sums["not there for rustc (cfg)"] += 1
            elif STD.search(tokens):
                sums["with macros of std"] += 1
            elif "cfg" in tokens or len(bodies) > len(wanted):
                sums["under cfg"] += 1
            else:
                sums["different"] += 1
                failed += 1
                if show:
                    print(f"{folder.name} {path}\n  we    {' '.join(plain(tokens))[:600]}\n"
                          f"  rustc {' '.join(wanted[0])[:600]}")
    return failed


def main():
    if RUSTC is None:
        print("skipped: rustc is not installed")
        return 77
    found = packages(150 if "--long" in sys.argv else 12)
    if not found:
        print("skipped: no packages in Cargo's registry or Debian's")
        return 77
    sums, failed = collections.Counter(), 0
    for folder, text in found:
        try:
            failed += judge(sys.argv[1], folder, text, sums, "--show" in sys.argv)
        except subprocess.TimeoutExpired:
            sums["time"] += 1
    print("; ".join(f"{name}: {n}" for name, n in sums.items()))
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
