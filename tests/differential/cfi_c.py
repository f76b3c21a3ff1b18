#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""LLVM CFI of C code, counted by hand: on everywhere, on but for one function, off; trapping, reporting (diagnostic)
and across libraries; x86-64 with and without IBT, AArch64 with and without BTI; each unstripped, stripped and with the
section headers removed.

  cfi_c.py DUMP_COVERAGE
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

# Six calls through pointers in six functions: of a parameter, of a table's entry, a tail call, one in a loop, one of a
# type that one function has, one of a loaded pointer. `left` may be left out.
C = """
typedef int (*unary)(int); typedef int (*binary)(int, int); typedef void (*other)(char *);
extern volatile int seed;
#define SEEN_DATA __attribute__((visibility("default"))) volatile
__attribute__((noinline)) int one(int x) { return x + seed; }
__attribute__((noinline)) int two(int x) { return x * 3; }
__attribute__((noinline)) int three(int x, int y) { return x - y; }
__attribute__((noinline)) void four(char *p) { *p = 1; }
#define SEEN __attribute__((visibility("default"), noinline))
SEEN_DATA unary table[] = {one, two};
SEEN_DATA unary pointer = one; SEEN_DATA binary second = three; SEEN_DATA other third = four;
SEEN int parameter(unary f, int x) { return f(x) + 1; }
SEEN int entry(int i) { return table[i & 1](i) + 2; }
SEEN int tail(binary f, int x) { return f(x, 1); }
SEEN int loop(unary f, int n) { int s = 0; for (int i = 0; i < n; i++) s += f(i); return s; }
SEEN void only(char *p) { third(p); *p += 1; }
#ifdef PART
__attribute__((no_sanitize("cfi")))
#endif
SEEN int left(void) { return pointer(4) + second(1, 2); }
SEEN unary give(int i) { return table[i & 1]; }
"""
CALLS, LEFT = 7, 2
MODES = {"trap": ["-fsanitize-trap=cfi"], "report": ["-fno-sanitize-trap=cfi"],
         "cross": ["-fsanitize-trap=cfi", "-fsanitize-cfi-cross-dso"]}
MACHINES = {"x86_64": [[], ["-fcf-protection=branch"]], "aarch64": [[], ["-mbranch-protection=standard"]]}
failures, passed = [], 0
DUMP = sys.argv[1]


def run(*argv):
    return subprocess.run([str(a) for a in argv], check=True, capture_output=True, text=True).stdout


def must(ok, what):
    global passed
    passed += bool(ok)
    if not ok:
        failures.append(what)


def facts(path):
    text = run(DUMP, path)
    cfi = re.search(r"^coverage cfi (\w+) (\d+) (\d+)", text, re.M)
    modes = re.search(r"^modes diagnostic (\d) cross_dso (\d)", text, re.M)
    edges = re.search(r"^edges guarded (\d+) spilled (\d+) unguarded (\d+) undecided (\d+)", text, re.M)
    outside = [n.removesuffix(".cfi") for n in re.findall(r"^outside cfi \w+ \d+ (\S+)", text, re.M)]
    return ((cfi[1], int(cfi[2]), int(cfi[3])), (modes[1] == "1", modes[2] == "1"), [int(n) for n in edges.groups()],
            outside)


def variants(path):
    yield path
    stripped = path.with_suffix(".stripped")
    run("llvm-strip", path, "-o", stripped)
    yield stripped
    bare = path.with_suffix(".bare")
    run("llvm-objcopy", "--strip-sections", path, bare)
    yield bare


def build(work, machine, flags, name):
    target = f"--target={machine}-linux-gnu"
    run("clang", target, "-O2", "-fPIC", "-flto", "-fvisibility=hidden", *flags, "-c", work / "a.c", "-o", work / "a.o")
    out = work / f"{name}.so"
    run("ld.lld", "-shared", "-z", "now", "--eh-frame-hdr", work / "a.o", "-o", out)
    return out


def compare(work, machine, extra, mode):
    name = f"{machine} {' '.join(extra)} {mode}"
    cfi = ["-fsanitize=cfi-icall", *MODES[mode], *extra]
    for which, flags, guarded in (("on", cfi, CALLS), ("part", [*cfi, "-DPART"], CALLS - LEFT), ("off", extra, 0)):
        for path in variants(build(work, machine, flags, "library")):
            coverage, modes, edges, outside = facts(path)
            what = f"{name}, {which}, {path.suffix[1:]}: {coverage}, {edges}"
            must(coverage == ("yes", guarded, CALLS) and sum(edges) == CALLS
                 and edges[0] + edges[1] == guarded, what)
            must(modes == (guarded > 0 and mode == "report", guarded > 0 and mode == "cross"), f"{what}: {modes}")
            if which == "part" and path.suffix == ".so":
                must(outside == ["left"] * LEFT, f"{what}: outside are {outside}")


def main():
    missing = [tool for tool in ("clang", "ld.lld", "llvm-strip", "llvm-objcopy") if not shutil.which(tool)]
    if missing:
        print("skipped:", *missing, "not installed")
        return 77
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        (work / "a.c").write_text(C)
        for machine, flags in MACHINES.items():
            for extra in flags:
                for mode in MODES:
                    compare(work, machine, extra, mode)
    print("\n".join(failures))
    print(f"{passed} passed, {len(failures)} failed, 0 skipped")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
