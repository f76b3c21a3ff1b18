#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Functions that use thread-local variables in COFF and Mach-O, against the relocations that clang left in the object
(llvm-objdump): _tls_index with SECREL, TLV, TLVP. Then the same in what the linker made of it, whole and stripped.

usage: tls_foreign.py RUSTPROOF SOURCES"""
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FIRST = '-DMODEL=__attribute__((tls_model("local-exec")))'
WINDOWS = {"x86_64": "_tls_used", "i686": "__tls_used", "aarch64": "_tls_used"}
MACOS = ("x86_64", "arm64")


def run(*command):
    return subprocess.run([str(w) for w in command], stdout=subprocess.PIPE, check=True, text=True, timeout=60).stdout


def functions_with(obj, patterns):
    """Of the functions that llvm-objdump shows: those with a relocation of each kind."""
    found = [set() for _ in patterns]
    name = ""
    for line in run("llvm-objdump", "-dr", obj).splitlines():
        start = re.match(r"[0-9a-f]+ <(.+)>:", line)
        name = start[1] if start else name
        for names, pattern in zip(found, patterns):
            if re.search(pattern, line):
                names.add(name)
    return found


def counts(rustproof, path):
    artefact = json.loads(run(rustproof, "facts", path))["targets"][0]
    code = artefact["facts"]["code"]
    return {key: code[key] for key in ("tls_gd", "tls_ld", "tls_desc", "tls_ie", "tls_le", "tls_emulated") if code[key]}


def windows(where, sources, machine, flags):
    obj = where / "p.obj"
    run("clang", f"--target={machine}-pc-windows-msvc", "-O1", *flags, "-c", sources / "pe_tls.c", "-o", obj)
    used, index = functions_with(obj, ("SECREL", "_tls_index"))
    image = where / "p.dll"
    run("lld-link", obj, "/nodefaultlib", "/dll", "/entry:_DllMainCRTStartup", f"/include:{WINDOWS[machine]}",
        "/safeseh:no", f"/out:{image}")
    want = {"tls_ld": len(used & index), "tls_le": len(used - index)}
    return {key: n for key, n in want.items() if n}, [obj, image]


def macos(where, sources, machine):
    obj, far = where / "m.o", where / "far.o"
    (where / "far.c").write_text("__thread int far = 3;")
    for source, to in ((where / "far.c", far), (sources / "macho_tls.c", obj)):
        run("clang", f"--target={machine}-apple-macos11", "-O2", "-c", source, "-o", to)
    link = ("ld64.lld-14", "-dylib", "-arch", machine, "-platform_version", "macos", "11.0", "11.0", "-undefined",
            "dynamic_lookup")
    library, image, stripped = where / "far.dylib", where / "m.dylib", where / "s.dylib"
    run(*link, far, "-o", library)
    run(*link, obj, library, "-o", image)
    shutil.copy(image, stripped)
    run("llvm-strip", "-x", stripped)
    used, = functions_with(obj, ("_TLV",))
    return {"tls_desc": len(used)}, [image, stripped]


def main():
    rustproof, sources = sys.argv[1], Path(sys.argv[2])
    missing = [t for t in ("clang", "llvm-objdump", "lld-link", "ld64.lld-14", "llvm-strip") if not shutil.which(t)]
    if missing:
        print("skipped: no", ", ".join(missing))
        sys.exit(77)
    bad = n = 0
    for args in [(windows, m, f) for m in WINDOWS for f in ([], [FIRST])] + [(macos, m) for m in MACOS]:
        with tempfile.TemporaryDirectory(prefix="rp-tls.") as folder:
            want, files = args[0](Path(folder), sources, *args[1:])
            for path in files:
                got = counts(rustproof, path)
                n += 1
                if got != want or not want:
                    bad += 1
                    print(f"FAIL {args[1:]} {path.name}: {got}, llvm-objdump says {want}")
    print(f"{n} files, {bad} wrong")
    sys.exit(bool(bad))


main()
