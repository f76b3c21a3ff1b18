#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Builds small programs in many ways and holds what dump_origin says of them against what the compiler was told.

  identity.py DUMP_ORIGIN [-k PART]

The oracles are the command line of each build and `rustc -vV`. Builds whose compiler or target is missing are skipped.
"""
import functools
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ARITHMETIC = """
use std::collections::HashMap;
fn main() {
    let v: Vec<u32> = std::env::args().map(|a| a.len() as u32).collect();
    let mut m = HashMap::new();
    for (i, x) in v.iter().enumerate() { m.insert(*x, i as u32); }
    let s: u32 = v.iter().sum();
    let k = v[v.len() - 1] * s + m.get(&3).copied().unwrap_or(7);
    println!("{} {:?} {}", k, m, k << (s & 63));
}
"""
HELLO = 'fn main() { println!("hello"); }\n'
LIBRARY = '#[no_mangle]\npub extern "C" fn answer(n: u32) -> u32 { println!("{n}"); n + 1 }\n'
MACRO = "use proc_macro::TokenStream;\n#[proc_macro]\npub fn empty(i: TokenStream) -> TokenStream { i }\n"
C_PROGRAM = '#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n'
C_WITH_RUST = "unsigned answer(unsigned);\nint main(void) { return (int)answer(1); }\n"
CPP_PROGRAM = """#include <stdexcept>
int main(int c, char **) { if (c > 9) throw std::runtime_error("x"); return 0; }
"""
GO_PROGRAM = 'package main\nimport "fmt"\nfunc main() { fmt.Println("hello") }\n'
MODULES = [f"m{i}" for i in range(6)]
MODULE = "pub fn get(v: &[u32], i: usize) -> u32 { let x = v[i]; x.checked_mul(3).unwrap() + v[i + 1] }\n"
MANY = "".join(f"mod {m};\n" for m in MODULES) + "fn main() {\n    let v: Vec<u32> = std::env::args().map(|a| " \
    "a.len() as u32).collect();\n"
MANY += "".join(f'    println!("{{}}", {m}::get(&v, v.len() / 2));\n' for m in MODULES) + "}\n"
IS_RUST = {"rust": "yes", "rust_by": "sure"}
RELEASE = dict(IS_RUST, crate_type="bin", profile="release", debug_assertions="unknown thin", std_dynamic="no",
               leaks_total="0", sanitizer="")


def build(name, source, flags, expect, then=None, needs="rustc"):
    return dict(name=name, source=source, flags=flags, expect=expect, then=then, needs=needs)


def musl(rustc):
    root = subprocess.run([rustc, "--print", "sysroot"], capture_output=True, text=True).stdout.strip()
    return os.path.isdir(f"{root}/lib/rustlib/x86_64-unknown-linux-musl")


def cases(rustc):
    strip_all = "strip --strip-all -R .comment $OUT"
    ov = "-Coverflow-checks=on"
    yield build("default", "arith.rs", "-O", dict(RELEASE, evidence=".comment", overflow_checks="unknown thin",
                overflow_message="", panic="unwind", allocator="system", c="no", cpp="no", go="no", lto="no",
                debug_info="yes"))
    yield build("no arithmetic, checked", "hello.rs", f"-O {ov}", dict(RELEASE, overflow_checks="unknown thin"))
    yield build("overflow checks", "arith.rs", f"-O {ov}",
                dict(RELEASE, overflow_checks="yes", overflow_message="attempt to"))
    yield build("overflow checks, bare", "arith.rs", f"-O {ov} -Cpanic=abort", then=strip_all,
                expect=dict(RELEASE, evidence="panic paths of std", profile="unknown", overflow_checks="yes",
                            panic="abort", version_by="commit hash in panic paths", symbol_table="no"))
    yield build("dev", "arith.rs", "-g", dict(IS_RUST, overflow_checks="yes", debug_assertions="yes",
                profile="debug", debug_info="yes"))
    yield build("assertions", "arith.rs", "-O -Cdebug-assertions",
                dict(IS_RUST, debug_assertions="yes", profile="release"))
    yield build("assertions, unchecked", "arith.rs", "-O -Cdebug-assertions -Coverflow-checks=off",
                dict(IS_RUST, debug_assertions="yes", overflow_checks="unknown thin"))
    yield build("size", "arith.rs", "-Copt-level=z", dict(RELEASE, overflow_checks="unknown thin"))
    yield build("abort", "arith.rs", "-O -Cpanic=abort", dict(RELEASE, panic="abort"))
    yield build("fat lto", "arith.rs", "-O -Clto=fat", dict(RELEASE, lto="yes"))
    yield build("thin lto", "arith.rs", "-O -Clto=thin", dict(RELEASE, lto="yes"))
    yield build("one unit", "arith.rs", "-O -Ccodegen-units=1", dict(RELEASE, lto="no", codegen_units="1"))
    yield build("strip", "arith.rs", "-O -Cstrip=symbols",
                dict(RELEASE, evidence=".comment", profile="unknown", symbol_table="no", debug_info="no", c="unknown"))
    yield build("bare", "arith.rs", "-O", then=strip_all,
                expect=dict(RELEASE, evidence="panic paths of std", profile="unknown",
                            version_by="commit hash in panic paths",
                            linker="", panic="unwind", allocator="system"))
    yield build("no sections", "arith.rs", "-O -Cstrip=symbols", then="llvm-objcopy --strip-sections $OUT",
                expect=dict(IS_RUST, evidence="panic paths of std", panic="unwind"), needs="llvm-objcopy")
    yield build("six files", "many.rs", "-O", dict(IS_RUST, overflow_checks="no", debug_assertions="no",
                profile="release", location_detail="yes"))
    yield build("six files, checked", "many.rs", f"-O {ov}", dict(IS_RUST, overflow_checks="yes"))
    yield build("home", "$DIR/home/ada/proj/src/many.rs", "-O", dict(IS_RUST, leaked_user="ada", home_leaks="1",
                leaked_user_is_service="no"))
    yield build("remapped", "$DIR/home/ada/proj/src/many.rs", "-O --remap-path-prefix $DIR/home/ada=/build",
                dict(IS_RUST, leaked_user="", home_leaks="0", leak="/build/proj/"))
    yield build("shared std", "arith.rs", "-O -Cprefer-dynamic", dict(IS_RUST, std_dynamic="yes",
                overflow_checks="unknown std's messages"), needs="shared std")
    yield build("cdylib", "lib.rs", "-O --crate-type cdylib", dict(IS_RUST, crate_type="cdylib"))
    yield build("dylib", "lib.rs", "-O --crate-type dylib", dict(IS_RUST, crate_type="dylib"))
    yield build("proc-macro", "macro.rs", "-O --edition 2021 --crate-type proc-macro --extern proc_macro",
                dict(IS_RUST, crate_type="proc-macro"))
    yield build("object", "lib.rs", "-O --crate-type lib --emit obj", dict(IS_RUST, lto="unknown an object"))
    yield build("object, checked", "lib.rs", f"-O {ov} --crate-type lib --emit obj",
                dict(IS_RUST, overflow_checks="yes"))
    if musl(rustc):
        yield build("musl", "arith.rs", "-O --target x86_64-unknown-linux-musl",
                    dict(RELEASE, triple="x86_64-unknown-linux-musl"))
    yield build("address sanitizer", "arith.rs", "+nightly -O -Zsanitizer=address",
                dict(IS_RUST, channel="nightly", sanitizer="address"), needs="nightly")
    yield build("address sanitizer, bare", "arith.rs", "+nightly -O -Zsanitizer=address", then=strip_all,
                expect=dict(IS_RUST, sanitizer="address"), needs="nightly")
    yield build("thread sanitizer, bare", "arith.rs", "+nightly -O -Zsanitizer=thread "
                "-Cunsafe-allow-abi-mismatch=sanitizer", then=strip_all,
                expect=dict(IS_RUST, sanitizer="thread"), needs="nightly")
    yield build("no locations", "many.rs", "+nightly -O -Zlocation-detail=none", needs="nightly",
                expect=dict(IS_RUST, overflow_checks="unknown thin", location_detail="unknown"))
    yield build("c", "main.c", "", dict(rust="no", c="yes", cpp="no", go="no", c_compiler="GCC", sanitizer="",
                crate_type="", overflow_checks="unknown no Rust"), needs="gcc")
    yield build("c, bare", "main.c", "", dict(rust="no", c="unknown stripped"), then=strip_all, needs="gcc")
    yield build("c++", "main.cpp", "", dict(rust="no", cpp="yes"), needs="g++")
    yield build("c++, static, bare", "main.cpp", "-static", dict(rust="no", cpp="yes"), then=strip_all, needs="g++")
    yield build("c with rust", "mixed.c", "", dict(IS_RUST, c="yes", cpp="no", evidence=".comment"), needs="mixed")
    yield build("go", "main.go", "", dict(rust="no", go="yes"), needs="go")


def sources(folder):
    texts = {"arith.rs": ARITHMETIC, "hello.rs": HELLO, "lib.rs": LIBRARY, "macro.rs": MACRO, "main.c": C_PROGRAM,
             "mixed.c": C_WITH_RUST, "main.cpp": CPP_PROGRAM, "main.go": GO_PROGRAM}
    places = [folder / "src", folder / "home/ada/proj/src"]
    for place in places:
        place.mkdir(parents=True)
        (place / "many.rs").write_text(MANY)
        for name in MODULES:
            (place / f"{name}.rs").write_text(MODULE)
    for name, text in texts.items():
        (folder / "src" / name).write_text(text)


def command(case, source, out, folder):
    flags = case["flags"].replace("$DIR", str(folder)).split()
    if source.endswith(".rs"):
        first = flags[:1] if flags and flags[0].startswith("+") else []
        crate = ["--crate-name", "fixture"]
        return [["rustc", *first, *crate, *flags[len(first):], source, "-o", out]]
    if source.endswith(".go"):
        return [["go", "build", "-o", out, source]]
    if case["needs"] == "mixed":
        archive = f"{out}.a"
        return [["rustc", "-O", "--crate-type", "staticlib", f"{folder}/src/lib.rs", "-o", archive],
                ["gcc", source, archive, "-lpthread", "-ldl", "-lm", "-o", out]]
    return [["g++" if source.endswith(".cpp") else "gcc", *flags, source, "-o", out]]


def missing(case):
    if case["needs"] == "nightly":
        # without rustup, rustc takes no notice of "+nightly"
        return b"nightly" not in subprocess.run(["rustc", "+nightly", "--version"], capture_output=True).stdout
    if case["needs"] == "shared std":  # Debian's rustc-web comes without one
        return not list(libraries().glob("libstd-*.so"))
    tools = ["rustc", "gcc"] if case["needs"] == "mixed" else [case["needs"]]
    return any(shutil.which(tool) is None for tool in tools)


@functools.lru_cache
def libraries():
    return pathlib.Path(subprocess.run(["rustc", "--print", "target-libdir"], capture_output=True,
                                       text=True).stdout.strip())


@functools.lru_cache
def std_names_its_commit(commit):
    """std's panic paths are /rustc/COMMIT/library/…, of a distribution's /usr/src/rustc-VERSION/library/…"""
    return any(f"/rustc/{commit}".encode() in core.read_bytes() for core in libraries().glob("libcore-*.rlib"))


def dump(tool, path, *flags):
    run = subprocess.run([tool, *flags, path], capture_output=True, text=True)
    if run.returncode != 0:
        return {"error": run.stderr.strip()}
    return dict(line.partition(" ")[::2] for line in run.stdout.splitlines())


def toolchain(case):
    """What every Rust build must say of its compiler: asked of the compiler itself."""
    channel = ["+nightly"] if case["flags"].startswith("+nightly") else []
    run = subprocess.run(["rustc", *channel, "-vV"], capture_output=True, text=True)
    said = dict(line.split(": ", 1) for line in run.stdout.splitlines() if ": " in line)
    known = {key: value.replace("unknown", "") for key, value in said.items()}  # a distribution's compiler
    return {"version": said["release"], "commit": known["commit-hash"], "date": known["commit-date"]}


@functools.lru_cache
def neutral_sources():
    """With rustup's rust-src, std's paths lead into a home folder: given another name, they tell nothing."""
    root = subprocess.run(["rustc", "--print", "sysroot"], capture_output=True, text=True).stdout.strip()
    return [f"--remap-path-prefix={root}=/usr/local/rust"] if os.path.isdir(f"{root}/lib/rustlib/src") else []


def judge(case, tool, folder, number):
    out = str(folder / f"out{number}")
    source = case["source"].replace("$DIR", str(folder))
    source = source if source.startswith("/") else f"src/{source}"
    steps = command(case, source, out, folder)
    steps += [["sh", "-euc", case["then"].replace("$OUT", out)]] if case["then"] else []
    env = dict(os.environ, RUSTFLAGS="", GOFLAGS="-mod=mod", GO111MODULE="off", HOME=os.environ.get("HOME", "/"))
    for step in steps:
        step = step + (neutral_sources() if step[0] == "rustc" and "+nightly" not in step else [])
        run = subprocess.run(step, capture_output=True, text=True, env=env, cwd=folder)
        if run.returncode != 0:
            return [f"cannot build: {' '.join(step)}: {run.stderr.strip()[-300:]}"]
    said = dump(tool, out)
    expect = dict(case["expect"])
    if expect.get("rust") == "yes":
        expect.update(toolchain(case))
        if "object" in case["name"]:  # no std inside, .comment has a short hash and no panic path the whole
            expect.pop("commit", None)
        if expect.get("evidence") == "panic paths of std" and not std_names_its_commit(expect["commit"]):
            expect.update(commit="", date="", version_by="source path of a distribution's rustc")
    faults = [f"{key}: said '{said.get(key)}', expected '{value}'" for key, value in expect.items()
              if not (said.get(key) == value or (value != "" and said.get(key, "").startswith(value)))]
    quick = dump(tool, out, "--cheap")
    if quick.get("rust") != expect["rust"]:
        faults.append(f"the quick answer is '{quick}'")
    return faults


def main(arguments):
    tool = str(pathlib.Path(arguments[0]).resolve())
    part = arguments[2] if arguments[1:2] == ["-k"] else ""
    passed = failed = skipped = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        sources(folder)
        for number, case in enumerate(cases("rustc")):
            if part not in case["name"]:
                continue
            if missing(case):
                skipped += 1
                print(f"skipped: {case['name']}: needs {case['needs']}")
                continue
            faults = judge(case, tool, folder, number)
            failed += bool(faults)
            passed += not faults
            for fault in faults:
                print(f"{case['name']}: {fault}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


sys.exit(main(sys.argv[1:]))
