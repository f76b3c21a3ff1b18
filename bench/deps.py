#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Time of `rustproof deps` on a lock file of 500 packages, with the database as text and with its index;
cargo-audit beside it where it is installed. Usage: bench/deps.py RUSTPROOF PROBE DATABASE [CARGO_AUDIT]

Then the recovery of crates from strings alone, MB/s over the first 100 MB of librustc_driver in memory (where a
rustc is installed), over as many bytes by chance, and over nothing but paths of sources.

Median of 30 runs, caches warm; user and system time, wall time in brackets. PROBE is tests/deps' probe_deps,
which writes the index."""
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

RUSTPROOF, PROBE, DB = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
RUNS, PACKAGES, STRINGS = 30, 500, 100_000_000


def lock(folder):
    names = sorted(p.name for p in DB.glob("crates/*"))[::3][:60]  # the rest is nobody's advisory
    names += [f"harmless-{i}" for i in range(PACKAGES - len(names))]
    text = "version = 4\n" + "".join(
        f'\n[[package]]\nname = "{n}"\nversion = "0.3.{i % 9}"\nsource = "registry+https://github.com/rust-lang/'
        f'crates.io-index"\nchecksum = "{"0" * 64}"\n' for i, n in enumerate(sorted(names)))
    (folder / "Cargo.lock").write_text(text)
    return folder / "Cargo.lock"


def measure(name, command, **env):
    cpu, wall = [], []
    for _ in range(RUNS):
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, capture_output=True, env={**os.environ, **env})
        wall.append(time.perf_counter() - start)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    print(f"{name:32} {statistics.median(cpu) * 1e3:7.1f} ms ({statistics.median(wall) * 1e3:.1f})")


def buffers():
    sysroot = subprocess.run(["rustc", "--print", "sysroot"], capture_output=True, text=True).stdout.strip()
    for driver in sorted(pathlib.Path(sysroot).glob("lib/librustc_driver*.so"))[:1] if sysroot else []:
        with driver.open("rb") as file:
            yield "strings: librustc_driver", file.read(STRINGS)
    yield "strings: bytes by chance", os.urandom(STRINGS)
    path = b"/root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/crate%05d-1.0.%d/src/module/file.rs"
    paths = b"".join(path % (i % 5000, i % 7) for i in range(60000))
    yield "strings: paths alone", (paths * (STRINGS // len(paths) + 1))[:STRINGS]


def measure_strings(folder):
    for name, data in buffers():
        (folder / "buffer").write_bytes(data)
        rate, found = subprocess.run([PROBE, "strings", folder / "buffer"], check=True, capture_output=True,
                                     text=True).stdout.split()
        print(f"{name:32} {int(rate):7} MB/s, {found} crates")


with tempfile.TemporaryDirectory() as temp:
    folder = pathlib.Path(temp)
    path, index = lock(folder), folder / "index"
    subprocess.run([PROBE, "index", DB, index], check=True)
    deps = [RUSTPROOF, "deps", path, "-f", "cargo-audit", "-q", "--db"]
    for name, db in ("opening the text", DB), ("opening the index", index):
        took = float(subprocess.run([PROBE, "open", db], check=True, capture_output=True, text=True).stdout)
        print(f"{name:32} {took:7.2f} ms")
    measure("--version", [RUSTPROOF, "--version"])
    measure("without a database", [RUSTPROOF, "deps", path, "-q"], HOME="/nonexistent", CARGO_HOME="/nonexistent")
    measure("database as text", [*deps, DB])
    measure("index", [*deps, index])
    measure_strings(folder)
    if len(sys.argv) > 4:
        git = folder / "db"
        subprocess.run(f"mkdir {git} && cp -r {DB}/. {git} && chmod -R u+w {git} && cd {git} && git init -q && "
                       "git add -A && git -c user.name=a -c user.email=a@b commit -qm a", shell=True, check=True)
        measure("cargo audit", [sys.argv[4], "audit", "--json", "--no-fetch", "--stale", "--db", git, "-f", path],
                CARGO_NET_OFFLINE="true")
