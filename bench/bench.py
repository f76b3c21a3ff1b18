#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Cost per file beside the peers, scaling, memory and start-up, in one run on one machine.

  bench.py RUSTPROOF FOLDER…
"""
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

# Checks that headers, notes and the dynamic section decide alone.
HEADER_CHECKS = ["nx-stack", "wx-segments", "full-relro", "run-path", "separate-code"]
# What `scanelf -a` tells of a file; text-relocations reads the relocations, too, which scanelf does not.
SCANELF_CHECKS = ["pie", "nx-stack", "wx-segments", "full-relro", "immediate-binding", "text-relocations", "run-path"]
SLOW_SAMPLE = 20
TIME = shutil.which("time")
PEAK = tempfile.NamedTemporaryFile()


class Measured:
    """One run of a command: wall and CPU seconds, peak memory in KiB. The peak comes from time(1): a child's own
    figure starts with what its parent, this interpreter, had."""

    def __init__(self, command, memory=True):
        if memory:
            command = [TIME, "-f", "%M", "-o", PEAK.name, *command]
        start = time.perf_counter()
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                 stdin=subprocess.DEVNULL)
        _, self.status, usage = os.wait4(child.pid, 0)
        child.returncode = 0
        self.wall = time.perf_counter() - start
        self.cpu = usage.ru_utime + usage.ru_stime
        self.peak = int(pathlib.Path(PEAK.name).read_text().split()[-1]) if memory else 0


def best(command, runs=5):
    """The run of the median wall time, after one run that warms the cache."""
    Measured(command)
    return statistics.median_low([Wall(Measured(command)) for _ in range(runs)]).run


class Wall:
    def __init__(self, run):
        self.run = run

    def __lt__(self, other):
        return self.run.wall < other.run.wall


def elf_files(folders):
    found = []
    for folder in folders:
        for path in pathlib.Path(folder).rglob("*"):
            try:
                if path.is_symlink() or not path.is_file():
                    continue
                with open(path, "rb") as f:
                    if f.read(4) == b"\x7fELF":
                        found.append(str(path))
            except OSError:
                continue
    return sorted(found)


def version(command, *arguments):
    run = subprocess.run([command, *arguments], capture_output=True, text=True)
    return (run.stdout + run.stderr).strip().splitlines()[0]


def row(name, run, files, note=""):
    each = run.wall / files * 1e6
    print(f"| {name} | {files} | {each:,.0f} | {run.cpu / files * 1e6:,.0f} | "
          f"{run.peak / 1024:.0f} | {note} |")
    return each


def per_file(rustproof, files, listing):
    print("\n## Cost per file, warm cache\n")
    print("| tool | files | wall, µs a file | CPU, µs a file | peak, MiB | what it does |")
    print("|---|---|---|---|---|---|")
    costs = {}
    run = [rustproof, "bin", "-q", "--any-language", "--no-progress", "-j", "1"]
    for name, checks, form in (("headers", HEADER_CHECKS, "short"), ("like scanelf", SCANELF_CHECKS, "short"),
                               ("like scanelf, jsonl", SCANELF_CHECKS, "jsonl")):
        select = [a for c in checks for a in ("--select", c)]
        costs[name] = row(f"rustproof, {name}, {form}", best([*run, "--format", form, *select, *files]), len(files),
                          f"{len(checks)} verdicts with evidence" + (", who made it" if form == "jsonl" else ""))
    costs["all"] = row("rustproof, all checks", best([*run, "--format", "short", *files], 3),
                       len(files), "every check, strings and symbols too; no machine code")
    if shutil.which("scanelf"):
        costs["scanelf"] = row("scanelf -a", best(["scanelf", "-q", "-a", "-f", listing]),
                               len(files), "type, stack and RELRO flags, RPATH, TEXTREL, bind")
    if shutil.which("readelf"):
        costs["readelf"] = row("readelf -hlWdn", best(["readelf", "-hlWdn", *files], 3),
                               len(files), "dumps, no verdict")
    sample = files[:: max(1, len(files) // SLOW_SAMPLE)][:SLOW_SAMPLE]
    for name, command in (("checksec", lambda f: ["checksec", f"--file={f}"]),
                          ("hardening-check", lambda f: ["hardening-check", f])):
        if shutil.which(name):
            one = [Measured(command(f)) for f in sample]
            total = one[0]
            total.wall, total.cpu = sum(r.wall for r in one), sum(r.cpu for r in one)
            total.peak = max(r.peak for r in one)
            costs[name] = row(name, total, len(sample), "one process a file; an even sample")
    print("\nRatios of wall time a file to `rustproof` with header facts: " + ", ".join(
        f"{name} {cost / costs['headers']:,.2f}×" for name, cost in costs.items()
        if name not in ("headers",)) + ".")


def scaling(rustproof, folders):
    print("\n## One and two threads, all checks, whole folders\n")
    print("| threads | wall, s | CPU, s | peak, MiB |\n|---|---|---|---|")
    walls = []
    for jobs in ("1", "2"):
        run = best([rustproof, "bin", "-q", "--any-language", "--no-progress", "--format", "jsonl",
                    "-j", jobs, *folders], 3)
        walls.append(run.wall)
        print(f"| {jobs} | {run.wall:.2f} | {run.cpu:.2f} | {run.peak / 1024:.0f} |")
    print(f"\nSpeed-up: {walls[0] / walls[1]:.2f}×.")


def single(rustproof, files):
    big = max(files, key=os.path.getsize)
    run = best([rustproof, "bin", "-q", "--any-language", "--no-progress", big], 3)
    print("\n## The largest file\n")
    print(f"{pathlib.Path(big).name}, {os.path.getsize(big) / 2**20:.0f} MiB, all checks: "
          f"{run.wall * 1e3:.0f} ms, peak {run.peak / 1024:.0f} MiB.")


def start_up(rustproof):
    print("\n## Start-up\n")
    for name, command in (("rustproof --version", [rustproof, "--version"]),
                          ("true", [shutil.which("true")])):
        for _ in range(10):
            Measured(command, memory=False)
        walls = [Measured(command, memory=False).wall for _ in range(200)]
        print(f"- `{name}`: median {statistics.median(walls) * 1e3:.2f} ms of 200 runs")
    run = subprocess.run(["ldd", rustproof], capture_output=True, text=True)
    print(f"- libraries loaded at start: {len(run.stdout.splitlines())}")


def main():
    rustproof, folders = sys.argv[1], sys.argv[2:]
    files = elf_files(folders)
    if not files:
        raise SystemExit("no ELF files: name folders that have some")
    size = sum(os.path.getsize(f) for f in files)
    cpu = next((x.split(":")[1].strip() for x in open("/proc/cpuinfo") if "model name" in x), "?")
    print(f"Machine: {os.cpu_count()} cores, {cpu}, Linux {platform.release()}; "
          f"{len(files):,} ELF files, {size / 2**20:,.0f} MiB, in {' '.join(folders)}.")
    print(f"{version(rustproof, '--version')}; {version('readelf', '--version')}"
          + (f"; {version('scanelf', '--version')}" if shutil.which("scanelf") else ""))
    with tempfile.NamedTemporaryFile("w") as listing:
        listing.write("\n".join(files) + "\n")
        listing.flush()
        per_file(rustproof, files, listing.name)
    scaling(rustproof, folders)
    single(rustproof, files)
    start_up(rustproof)


if __name__ == "__main__":
    main()
