#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Mitigations everywhere in a Rust program, std built with them: what rustc's prebuilt std makes partial must hold.
Whole, stripped and without section headers. Slow once (minutes): the folder given keeps what cargo built.

  build_std.py RUSTPROOF FOLDER
"""
import json
import os
import pathlib
import re
import subprocess
import sys

import build

FLAGS = "-Cpanic=abort -Zsanitizer=kcfi -Zstack-protector=strong -Zcf-protection=full -Coverflow-checks=on"
TARGET = "x86_64-unknown-linux-gnu"
SOURCE = build.SOURCES.parents[1] / "checks/src/edges.rs"
MANIFEST = '[package]\nname = "edges"\nversion = "0.1.0"\nedition = "2021"\n[profile.release]\npanic = "abort"\n'
EXPECTED = {"RP1001": "pass", "RP2110": "pass", "RP2112": "pass", "RP3102": "pass"}
failures, passed = [], 0


def must(ok, what):
    global passed
    passed += bool(ok)
    if not ok:
        failures.append(what)


def has_std_sources():
    out = subprocess.run(["rustc", "+nightly", "--print", "sysroot"], capture_output=True, text=True)
    return out.returncode == 0 and (pathlib.Path(out.stdout.strip()) / "lib/rustlib/src/rust/library").is_dir()


def program(folder):
    (folder / "src").mkdir(parents=True, exist_ok=True)
    (folder / "src/main.rs").write_text(SOURCE.read_text())
    (folder / "Cargo.toml").write_text(MANIFEST)
    env = dict(os.environ, RUSTFLAGS=FLAGS, CARGO_TARGET_DIR=str(folder / "target"))
    build.run("cargo", "+nightly", "build", "--release", "-j2", "-Zbuild-std=std,panic_abort", "--target", TARGET,
              cwd=folder, env=env)
    return folder / "target" / TARGET / "release/edges"


def traps(path):
    """How many calls the compiler itself says it checks: four bytes of .kcfi_traps each."""
    size = re.search(r"\.kcfi_traps +PROGBITS +\S+ \S+ (\w+)", build.run(build.READOBJ, "--elf-output-style=GNU", "-SW",
                                                                         path))[1]
    return int(size, 16) // 4


def code_of(rustproof, path):
    return json.loads(build.run(rustproof, "facts", "--code", path))["targets"][0]["facts"]["code"]


def compare(form, code, results, calls, first):
    count = {name: (code[name]["covered"], code[name]["total"]) for name in ("kcfi", "landing", "probes", "protector")}
    must(count["kcfi"] == (calls, calls), f"{form}: KCFI {count['kcfi']}, the compiler lists {calls}")
    must(count["landing"][0] == count["landing"][1] > 100, f"{form}: landing pads {count['landing']}")
    must(count["probes"][0] == count["probes"][1] > 0, f"{form}: probes {count['probes']}")
    must(code["overflow_sites"] == first["overflow_sites"] > 100, f"{form}: overflow sites {code['overflow_sites']}")
    must(code["bounds_sites"] == first["bounds_sites"] > 100, f"{form}: bounds {code['bounds_sites']}")
    must(count["protector"][0] == first["protector"]["covered"] > 100, f"{form}: protector {count['protector']}")
    said = {r["code"]: r["outcome"] for r in results if r["code"] in EXPECTED}
    must(said == EXPECTED, f"{form}: {said}")


def main():
    rustproof, folder = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
    if not build.first("cargo") or not build.READOBJ or not has_std_sources():
        print("skipped: a nightly toolchain with the component rust-src is not installed")
        return 77
    path = program(folder)
    made, calls = build.forms(path), traps(path)
    first = code_of(rustproof, path)
    std = [row for row in first["overflow"]["by_owner"] if row["owner"] == "rust_std"]
    must(std and std[0]["covered"] > 50, f"std was built with overflow checks: {std}")
    for form, file in made.items():
        report = subprocess.run([rustproof, "--format", "json", file], capture_output=True, text=True).stdout
        results = json.loads(report)["targets"][0]["results"]
        compare(form, code_of(rustproof, file), results, calls, first)
    print("\n".join(failures))
    print(f"{passed} passed, {len(failures)} failed, 0 skipped")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
