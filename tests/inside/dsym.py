#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Debug information in a dSYM bundle: a Mach-O program whose functions have Rust's names, one called and one
inlined, with local symbols stripped; and the bundle of a universal program, joined to each of its slices and to a
thin program cut out of it. `dsym.py REACHES RUSTPROOF`; skipped (77) without clang, ld64.lld and dsymutil."""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

REACHES, RUSTPROOF = sys.argv[1:]
NAME = "_ZN4vuln%d%s17h0123456789abcdefE"
PROGRAM = """
#define RUST(name) __asm__("_" name)
static inline __attribute__((always_inline)) int inlined(int a) RUST("%s");
__attribute__((noinline)) int called(int a) RUST("%s");
__attribute__((noinline)) int called(int a) { return a * 7 + 1; }
static inline __attribute__((always_inline)) int inlined(int a) { return a * a + 3; }
int main(int argc, char **argv) { (void)argv; return called(argc) + inlined(argc); }
""" % (NAME % (7, "inlined"), NAME % (6, "called"))


def tool(*names):
    return next((p for n in names if (p := shutil.which(n))), None)


def ask(program):
    functions = [x for f in ("vuln::called", "vuln::inlined", "vuln::absent") for x in ("vuln", f)]
    out = subprocess.run([REACHES, program, *functions], capture_output=True, text=True, check=True).stdout
    return {line.split("\t")[0]: line.split("\t")[1:4] for line in out.splitlines()}


def joined(path):
    """The debug file of each artefact at `path`."""
    out = subprocess.run([RUSTPROOF, "facts", path], capture_output=True, check=True).stdout
    return [t["facts"]["debug_file"] for t in json.loads(out)["targets"]]


def universal(folder, clang, linker, dsymutil, strip, lipo):
    """Thin programs and bundles by the linker and dsymutil, put together by llvm-lipo."""
    for arch in ("x86_64", "arm64"):
        place = folder / arch
        place.mkdir()
        subprocess.run([clang, "-target", f"{arch}-apple-macos11", "-O1", "-g", "-gdwarf-4", "-c", folder / "p.c",
                        "-o", "p.o"], cwd=place, check=True)
        subprocess.run([linker, "-arch", arch, "-platform_version", "macos", "11.0", "11.0", "-undefined",
                        "dynamic_lookup", "-U", "dyld_stub_binder", "-e", "_main", "p.o", "-o", "p"],
                       cwd=place, check=True)
        subprocess.run([dsymutil, "p"], cwd=place, check=True, capture_output=True)
        subprocess.run([strip, "p"], cwd=place, check=True)
    inner = "p.dSYM/Contents/Resources/DWARF"
    (folder / inner).mkdir(parents=True)
    for name in ("p", f"{inner}/p"):
        subprocess.run([lipo, "-create", "-output", folder / name, folder / "x86_64" / name, folder / "arm64" / name],
                       check=True)
    whole = joined(folder / "p")
    shutil.copy(folder / "x86_64/p", folder / "p")
    found = ask(folder / "p")
    good = found["vuln::inlined"][0] == "present" and found["vuln::absent"][0] != "present"
    other = (folder / "arm64" / inner / "p").read_bytes()
    (folder / inner / "p").write_bytes(other)
    ok = len(whole) == 2 and all(whole) and good and not any(joined(folder / "p"))
    if not ok:
        print("FAILED: universal:", whole, found, joined(folder / "p"))
    shutil.rmtree(folder / "p.dSYM")
    return ok


def main():
    clang, linker = tool("clang", "clang-14"), tool("ld64.lld-14", "ld64.lld")
    dsymutil = tool("dsymutil", "dsymutil-14")
    strip = tool("llvm-strip-14", "llvm-strip")
    lipo = tool("llvm-lipo-14", "llvm-lipo")
    if None in (clang, linker, dsymutil, strip, lipo):
        print("skipped: no clang, ld64.lld, dsymutil, llvm-strip or llvm-lipo")
        return 77
    results = []
    with tempfile.TemporaryDirectory() as tmp:
        folder = pathlib.Path(tmp)
        (folder / "p.c").write_text(PROGRAM)
        for version in ("4", "5"):
            target = ["-target", "x86_64-apple-macos11", "-O1", "-g", f"-gdwarf-{version}"]
            subprocess.run([clang, *target, "-c", "p.c", "-o", "p.o"], cwd=folder, check=True)
            subprocess.run([linker, "-arch", "x86_64", "-platform_version", "macos", "11.0", "11.0",
                            "-undefined", "dynamic_lookup", "-U", "dyld_stub_binder", "-e", "_main",
                            "p.o", "-o", "p"], cwd=folder, check=True)
            subprocess.run([dsymutil, "p"], cwd=folder, check=True, capture_output=True)
            subprocess.run([strip, "p"], cwd=folder, check=True)
            found = ask(folder / "p")
            dump = subprocess.run(["llvm-dwarfdump-14", "p.dSYM"], cwd=folder, capture_output=True, text=True).stdout
            if "0x00000002" in dump:  # LLVM 14 adds the slide twice to what is inlined in DWARF 5
                good = found["vuln::inlined"][0] == "unknown" and "where no code is" in found["vuln::inlined"][2]
            else:
                good = found["vuln::inlined"][:2] == ["present", "inlined call"]
            results.append(good and found["vuln::called"][0] == "present" and found["vuln::absent"][0] != "present")
            (folder / "p.dSYM").rename(folder / "q.dSYM")
            lost = ask(folder / "p")
            results.append(all(lost[f][0] == "unknown" and lost[f][2] for f in ("vuln::inlined", "vuln::absent")))
            shutil.rmtree(folder / "q.dSYM")
            if not all(results[-2:]):
                print("FAILED:", version, found, lost)
        results.append(universal(folder, clang, linker, dsymutil, strip, lipo))
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
