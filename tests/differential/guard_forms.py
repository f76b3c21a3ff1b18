#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Functions that check a stack guard, in each form that GCC and clang have for it, against llvm-objdump: the functions
of an object that refer to what reports a smashed stack.

usage: guard_forms.py RUSTPROOF"""
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = """void fill(char *, int); int sum(const char *, int);
int one(int n) { char b[64]; fill(b, n); return sum(b, n); }
int two(int n) { char b[200]; fill(b, n); fill(b + 4, n); return sum(b, n); }
int three(int n) { int v[40]; fill((char *)v, n); return v[n]; }
int plain(int n) { int x; fill((char *)&x, n); return n; }
int leaf(int n) { return n * 3; }
"""
FAILS = r"stack_chk_fail|security_check_cookie|security_pop_cookie|stack_smash_handler"
STRONG = "-fstack-protector-strong"
GUARD = "-mstack-protector-guard"
SYMBOL = f"{GUARD}-reg=gs {GUARD}-symbol=__stack_chk_guard"
SYSREG = f"{GUARD}=sysreg {GUARD}-reg=sp_el0 {GUARD}-offset="
TP = f"{GUARD}=tls {GUARD}-reg=tp {GUARD}-offset=16"
CP15 = f"-mtp=cp15 {GUARD}=tls {GUARD}-offset=24"
FORMS = {
    "gcc": ("", "-fPIC", f"{GUARD}=global -fPIC", "-mcmodel=kernel -fno-pic", f"-fno-pic {SYMBOL}",
            f"-fno-pic -mcmodel=kernel {SYMBOL}", f"{GUARD}-offset=0x48", "-m32 -fno-pic", "-m32 -fPIC",
            f"-m32 -fno-pic {GUARD}-reg=fs {GUARD}-symbol=__stack_chk_guard", "-fstack-protector-all",
            "-fno-stack-protector"),
    "clang": ("", f"{GUARD}=global", f"{GUARD}-reg=gs", "-m32", "-m32 -fPIC")
    + tuple(f"--target={t}" for t in ("x86_64-pc-windows-msvc", "i686-pc-windows-msvc", "aarch64-pc-windows-msvc",
                                      "x86_64-apple-macos11", "arm64-apple-macos11", "x86_64-unknown-openbsd",
                                      "x86_64-unknown-fuchsia", "aarch64-unknown-fuchsia", "aarch64-linux-android",
                                      "thumbv7em-none-eabi", "riscv64-linux-gnu")),
    "clang-22": (f"--target=aarch64-linux-gnu {SYSREG}-8", f"--target=riscv64-linux-gnu {TP}",
                 "--target=riscv64-linux-android", f"--target=arm-linux-gnueabihf {CP15}"),
    "aarch64-linux-gnu-gcc": ("", "-fPIC", SYSREG + "1136", SYSREG + "20", "-fno-stack-protector"),
    "riscv64-linux-gnu-gcc": ("", "-fPIC", TP, "-fno-stack-protector"),
    "arm-linux-gnueabihf-gcc": ("", "-marm", "-fPIC", CP15, "-fno-stack-protector"),
    "x86_64-w64-mingw32-gcc": ("",),
    "i686-w64-mingw32-gcc": ("",),
}


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True, timeout=60).stdout


def referring(objdump, obj):
    names, name = set(), ""
    for line in run(objdump, "-dr", obj).splitlines():
        start = re.match(r"[0-9a-f]+ <([^.].*)>:", line)
        name = start[1] if start else name
        if re.search(FAILS, line):
            names.add(name)
    return len(names)


def main():
    objdump = shutil.which("llvm-objdump-22") or shutil.which("llvm-objdump")
    if objdump is None:
        print("skipped: no llvm-objdump")
        sys.exit(77)
    bad = n = 0
    missing = [c for c in FORMS if shutil.which(c) is None]
    with tempfile.TemporaryDirectory(prefix="rp-guard.") as folder:
        source, obj = Path(folder) / "g.c", Path(folder) / "g.o"
        source.write_text(SOURCE)
        for compiler in (c for c in FORMS if c not in missing):
            for form in FORMS[compiler]:
                run(compiler, "-O2", STRONG, *form.split(), "-c", source, "-o", obj)
                code = json.loads(run(sys.argv[1], "facts", obj))["targets"][0]["facts"]["code"]
                got, want = code["protector"]["covered"], referring(objdump, obj)
                n += 1
                if got != want or (want == 0) != ("no-stack-protector" in form):
                    bad += 1
                    print(f"FAIL {compiler} {form}: {got}, {objdump} says {want}")
    for compiler in missing:
        print("skipped: no", compiler)
    print(f"{n} forms, {bad} wrong")
    sys.exit(bool(bad) if n else 77)


main()
