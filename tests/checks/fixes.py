#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Does what the reports print as the line to change: a project of Cargo is built wrongly, each edit of the report goes
into its file, Cargo builds again, and the verdict must hold. usage: fixes.py RUSTPROOF [CASE]"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SOURCES = pathlib.Path(__file__).parent / "src"
TARGET = "x86_64-unknown-linux-gnu"

# case: (lines of [profile.release], flags in .cargo/config.toml, checks that must find something)
CASES = {
    "default": ("", [], ["RP1001", "RP1002", "RP7101", "RP7103"]),
    "debug": ("debug = true\n", [], ["RP7102"]),
    "relro": ("", ["-Crelro-level=partial", "-Clink-arg=-fuse-ld=bfd"], ["RP2104", "RP2105"]),
    "no-relro": ("", ["-Crelro-level=off"], ["RP2104"]),
    "no-rosegment": ("", ["-Clink-arg=-fuse-ld=lld", "-Clink-arg=-Wl,--no-rosegment"], ["RP2108"]),
    "fixed": ("", ["-Crelocation-model=static"], ["RP2101"]),
    "execstack": ("", ["-Clink-arg=-Wl,-z,execstack"], ["RP2102"]),
    "one-segment": ("", ["-Clink-arg=-fuse-ld=bfd", "-Clink-arg=-Wl,-z,noseparate-code"], ["RP2108"]),
}


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def make_project(folder, profile, flags):
    """A program of several files, with a dependency whose paths are absolute."""
    package = '[package]\nname = "{}"\nversion = "0.1.0"\nedition = "2021"\n'
    write(folder / "dep/Cargo.toml", package.format("dep"))
    write(folder / "dep/src/lib.rs", "#[inline(never)]\npub fn pick(list: &[u32], at: usize) -> u32 { list[at] }\n")
    root = folder / "app"
    write(root / "Cargo.toml", package.format("app") + '\n[dependencies]\ndep = { path = "../dep" }\n\n'
          f"[profile.release]\n{profile}")
    for source in sorted(SOURCES.glob("many*.rs")):
        shutil.copy(source, root / "src" / source.name) if (root / "src").exists() else (
            write(root / "src" / source.name, source.read_text()))
    main = root / "src/many.rs"
    text = main.read_text()
    use = 'println!("{}", dep::pick(&[1, 2, 3], std::env::args().count()));'
    write(root / "src/main.rs", re.sub(r"fn main\(\)[^{]*\{", lambda m: m[0] + use, text, count=1))
    main.unlink()
    write(root / ".cargo/config.toml", f"[build]\nrustflags = {json.dumps(flags)}\n")
    return root


def build(root):
    env = {k: v for k, v in os.environ.items() if k not in ("RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS")}
    run = subprocess.run(["cargo", "build", "--release", "--offline", "--target", TARGET], cwd=root, timeout=300,
                         env=dict(env, CARGO_TARGET_DIR=str(root / "target")), capture_output=True, text=True)
    return run.stderr if run.returncode else None


def verdicts(program, root):
    app = root / "target" / TARGET / "release/app"
    run = subprocess.run([program, "bin", app, "--format", "json"], capture_output=True, timeout=60)
    return {r["code"]: r for r in json.loads(run.stdout)["targets"][0]["results"]}


def set_key(root, fix, result):
    """As a person would: the value into its table; flags of rustc behind those that are there."""
    path = root / fix["file"]
    text = path.read_text()
    table, _, key = fix["key"].rpartition(".")
    value = fix["value"]
    if key == "rustflags":
        leak = result["evidence"][0]["text"].rstrip("/")
        value = value.replace("<the folder>", leak).replace("<a neutral name>", "/src")
        old = json.loads(re.search(r"(?m)^rustflags = (.*)$", text)[1])
        path.write_text(re.sub(r"(?m)^rustflags = .*$", f"rustflags = {json.dumps(old + value.split())}", text))
        return
    head = f"[{table}]\n"
    path.write_text(text.replace(head, f"{head}{key} = {value}\n") if head in text
                    else f"{text}\n{head}{key} = {value}\n")


def problem(program, root, code, before):
    """None, or what is wrong with the first edit that the report prints for this check."""
    if before.get(code, {}).get("outcome") != "finding":
        return f"expected a finding, got {before.get(code)}"
    fix = next((f for f in before[code]["fixes"] if f["key"]), None)
    if fix is None:
        return "no edit is printed"
    saved = {name: (root / name).read_text() for name in ("Cargo.toml", ".cargo/config.toml")}
    set_key(root, fix, before[code])
    error = build(root)
    after = {} if error else verdicts(program, root)
    for name, text in saved.items():
        (root / name).write_text(text)
    edit = f"{fix['key']} = {fix['value']} in {fix['file']}"
    if error:
        return f"{edit}: Cargo refuses: {error[-400:]}"
    result = after[code]
    return None if result["outcome"] == "pass" else (
        f"{edit}: then {result['outcome']} \"{result['text']}\" {[e['text'] for e in result['evidence']]}")


def run_case(program, name):
    profile, flags, codes = CASES[name]
    with tempfile.TemporaryDirectory() as folder:
        root = make_project(pathlib.Path(folder), profile, flags)
        error = build(root)
        if error:
            return [f"{name}: cargo: {error[-600:]}"]
        before = verdicts(program, root)
        found = [(code, problem(program, root, code, before)) for code in codes]
    return [f"{name} {code}: {text}" for code, text in found if text]


def main():
    if not shutil.which("cargo") or subprocess.run(
            ["rustc", "-vV"], capture_output=True, text=True).stdout.find(f"host: {TARGET}") < 0:
        print(f"skipped: needs cargo on {TARGET}")
        return 77
    program = str(pathlib.Path(sys.argv[1]).resolve())
    names = sys.argv[2:] or list(CASES)
    for name in [] if shutil.which("ld.lld") else [n for n in names if "-Clink-arg=-fuse-ld=lld" in CASES[n][1]]:
        print(f"skipped: {name}: needs ld.lld")
        names.remove(name)
    faults = [fault for name in names for fault in run_case(program, name)]
    for fault in faults:
        print(f"FAIL {fault}")
    print(f"{sum(len(CASES[name][2]) for name in names)} edits, {len(faults)} faults")
    return 1 if faults else 0


sys.exit(main())
