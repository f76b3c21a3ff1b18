#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Which functions check the stack protector's guard, counted by hand: three with an array, in programs and libraries
for AArch64, RISC-V and x86-64; linked statically, at a fixed address, as PIE and as a library; stripped and without
section headers. Where symbols are gone and nothing names the guard, it must be said that it is not known.

  stack_guard.py DUMP_COVERAGE RUSTPROOF
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

C = """
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define OWN __attribute__((noinline))
OWN int one(const char *s) { char b[64]; strcpy(b, s); return (int)strlen(b) + b[3]; }
OWN int two(const char *s) { char b[32]; memcpy(b, s, 20); return b[7] + printf("%s", b); }
OWN int three(int n) { int v[50]; for (int i = 0; i < 50; i++) v[i] = rand() % n; return v[n % 50]; }
int main(int c, char **v) { return one(v[0]) + two(v[c - 1]) + three(c); }
"""
GUARDED = {"one", "two", "three"}
MACHINES = ("aarch64-linux-gnu", "riscv64-linux-gnu", "x86_64-linux-gnu")
LINKS = {"pie": ["-pie", "-fPIE"], "fixed": ["-no-pie", "-fno-pie"], "library": ["-shared", "-fPIC"],
         "static": ["-static", "-no-pie", "-fno-pie"], "static-pie": ["-static-pie", "-fPIE"]}
DUMP, PROGRAM = sys.argv[1:3]
failures, passed, skipped = [], 0, 0


def run(*argv, codes=(0,)):
    done = subprocess.run([str(a) for a in argv], capture_output=True, text=True)
    if done.returncode not in codes:
        raise RuntimeError(f"{argv}: {done.stderr[-300:]}")
    return done.stdout


def must(ok, what):
    global passed
    passed += bool(ok)
    if not ok:
        failures.append(what)


def protector(path):
    text = run(DUMP, path)
    known, covered, total = re.search(r"^coverage protector (\w+) (\d+) (\d+)", text, re.M).groups()
    return known, int(covered), int(total), set(re.findall(r"^outside protector \w+ \d+ (\S+)", text, re.M))


def verdict(path):
    report = json.loads(run(PROGRAM, "--format", "json", path, codes=(0, 1, 2, 3)))
    for target in report["targets"]:
        for result in target["results"]:
            if result["code"] == "RP2110":
                return result["outcome"], result["text"]
    return "none", ""


def check(path, what, link, symbols):
    known, covered, total, outside = protector(path)
    what = f"{what}: {known} {covered} of {total}"
    status, message = verdict(path)
    if link.startswith("static") and not symbols:
        must((known, covered) == ("unknown", 0) and status == "unknown", f"{what}, {status}")
    elif link.startswith("static"):
        # the C library's own functions have none
        must(known == "yes" and covered >= len(GUARDED) and not outside & GUARDED, f"{what}: {outside & GUARDED}")
    else:
        must((known, covered) == ("yes", len(GUARDED)) and not outside & GUARDED, f"{what}: {outside}")
        must(status == "pass", f"{what}: {status} {message}")


def build(work, machine, link, flags):
    global skipped
    out = work / f"{machine}-{link}"
    try:
        run(f"{machine}-gcc", "-O2", "-w", "-fstack-protector-strong", *flags, work / "a.c", "-o", out)
    except RuntimeError:
        print(f"skipped: {machine}-gcc cannot link {link}")
        skipped += 1
        return
    check(out, out.name, link, True)
    stripped = out.with_suffix(".stripped")
    run(f"{machine}-strip", out, "-o", stripped)
    check(stripped, stripped.name, link, False)
    if shutil.which("llvm-objcopy") and not link.startswith("static"):
        bare = out.with_suffix(".bare")
        run("llvm-objcopy", "--strip-sections", out, bare)
        check(bare, bare.name, link, False)


def main():
    machines = [m for m in MACHINES if shutil.which(f"{m}-gcc")]
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        (work / "a.c").write_text(C)
        for machine in machines:
            for link, flags in LINKS.items():
                build(work, machine, link, flags)
    print("\n".join(failures))
    print(f"{passed} passed, {len(failures)} failed, {skipped} skipped")
    if not machines:
        print("skipped: no compiler")
        return 77
    return 1 if failures else 0


sys.exit(main())
