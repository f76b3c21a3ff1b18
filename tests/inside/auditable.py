#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""`.dep-v0` in every container, good and bad.

  auditable.py INSIDE RUSTPROOF [FOLDER]

Sections are put into small ELF and PE files by objcopy and into WebAssembly by hand. With
cargo-auditable and rust-audit-info (on PATH or in FOLDER) a program that the former built is read
by both and compared."""
import hashlib
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

INSIDE, PROGRAM = sys.argv[1:3]
TOOLS = sys.argv[3] if len(sys.argv) > 3 else ""
OBJCOPY = shutil.which("llvm-objcopy") or shutil.which("llvm-objcopy-14")
GOOD = {"packages": [
    {"name": "app", "version": "0.1.0", "source": "local", "dependencies": [1, 2, 4], "root": True},
    {"name": "a", "version": "1.2.3", "source": "crates.io", "dependencies": [3]},
    {"name": "b-build", "version": "2.0.0-rc.1", "source": "crates.io", "kind": "build"},
    {"name": "c", "version": "0.0.1+x", "source": "git", "features": ["old"]},
    {"name": "d", "version": "9.9.9", "source": "registry"}], "format": 1}


def leb(n):
    out = b""
    while True:
        out += bytes([n & 0x7f | (0x80 if n > 0x7f else 0)])
        n >>= 7
        if not n:
            return out


def custom(name, data):
    body = leb(len(name)) + name + data
    return b"\0" + leb(len(body)) + body


def wasm(data):
    producers = leb(1) + leb(12) + b"processed-by" + leb(1) + leb(5) + b"rustc" + \
        leb(14) + b"1.75.0 (82e1 )"
    return b"\0asm\1\0\0\0" + custom(b"producers", producers) + custom(b".dep-v0", data)


def component(data):
    module = wasm(data)
    return b"\0asm\x0d\0\1\0" + b"\1" + leb(len(module)) + module


def elf(data, section=".dep-v0", compiler="cc", copier="objcopy", suffix=".o"):
    with tempfile.TemporaryDirectory() as tmp:
        path = pathlib.Path(tmp)
        (path / "a.c").write_text("int main(void) { return 0; }\n")
        (path / "data").write_bytes(data)
        subprocess.run([compiler, "-o", path / "a", path / "a.c"], check=True)
        program = path / "a.exe" if (path / "a.exe").exists() else path / "a"
        subprocess.run([copier, "--add-section", f"{section}={path / 'data'}", program,
                        path / "out"], check=True)
        return (path / "out").read_bytes()


def pe(data, section=".dep-v0"):
    return elf(data, section, "x86_64-w64-mingw32-gcc", "x86_64-w64-mingw32-objcopy")


def macho(data, section="__DATA,.dep-v0", machine="arm64"):
    with tempfile.TemporaryDirectory() as tmp:
        path = pathlib.Path(tmp)
        (path / "a.c").write_text("int main(void) { return 0; }\n")
        (path / "data").write_bytes(data)
        subprocess.run(["clang", f"--target={machine}-apple-macos11", "-c", path / "a.c", "-o",
                        path / "a.o"], check=True)
        subprocess.run([OBJCOPY, "--add-section", f"{section}={path / 'data'}", path / "a.o",
                        path / "out"], check=True)
        return (path / "out").read_bytes()


def fat(data):
    """Two slices, of which the second has another list; fat headers are big-endian."""
    other = json.loads(zlib.decompress(data))
    other["packages"][1]["version"] = "1.2.4"
    slices = [(0x0100000c, 0, macho(data)), (0x01000007, 3, macho(packed(other), machine="x86_64"))]
    head, body, at = struct.pack(">II", 0xcafebabe, len(slices)), b"", 1 << 14
    for cpu, sub, content in slices:
        head += struct.pack(">IIIII", cpu, sub, at + len(body), len(content), 14)
        body += content + b"\0" * (-len(content) % (1 << 14))
    return head.ljust(at, b"\0") + body


def bills(name, data, versions):
    """The bill of materials of the file: a document whose subjects are its slices."""
    with tempfile.NamedTemporaryFile(suffix=".wasm" if data[:4] == b"\0asm" else "") as f:
        f.write(data)
        f.flush()
        done = subprocess.run([PROGRAM, "sbom", f.name], capture_output=True, text=True)
    try:
        doc = json.loads(done.stdout)
    except ValueError:
        Count.check(f"{name}: sbom", False, (done.returncode, done.stderr))
        return
    all_of = doc.get("components", []) + [doc["metadata"].get("component", {})]
    seen = {(c["name"], c.get("version")) for c in all_of if c.get("name") in ("app", "a", "b-build", "c", "d")}
    want = {("app", "0.1.0"), ("b-build", "2.0.0-rc.1"), ("c", "0.0.1+x"), ("d", "9.9.9")} | \
        {("a", v) for v in versions}
    Count.check(f"{name}: sbom", done.returncode == 0 and seen == want, (done.returncode, seen, done.stderr))
    edges = {(d["ref"].rsplit(":", 1)[-1], to.rsplit(":", 1)[-1]) for d in doc["dependencies"] for to in d["dependsOn"]}
    if data[:4] != b"\xca\xfe\xba\xbe":  # a document of slices has no one subject
        digests = [h["content"] for h in doc["metadata"]["component"].get("hashes", [])]
        Count.check(f"{name}: digest of the file", digests == [hashlib.sha256(data).hexdigest()], digests)
    Count.check(f"{name}: edges", all({("app@0.1.0", f"a@{v}"), (f"a@{v}", "c@0.0.1%2Bx")} <= edges for v in versions),
                edges)


def read(data):
    """(found, packages, what is odd, {name: cells})"""
    with tempfile.NamedTemporaryFile() as f:
        f.write(data)
        f.flush()
        out = subprocess.run([INSIDE, f.name], capture_output=True, text=True).stdout
    found = packages = odd = None
    crates = {}
    for line in out.splitlines():
        cell = line.split("\t")
        if cell[0] == "auditable":
            found, packages, odd = int(cell[1]), int(cell[2]), cell[3]
        elif len(cell) > 3 and int(cell[6]) & 1 << 3:
            crates[cell[1]] = cell
        elif cell[0] == "toolchain":
            crates["rustc"] = cell
    return found, packages, odd, crates


class Count:
    passed = failed = skipped = 0

    @classmethod
    def check(cls, name, condition, seen):
        cls.passed += bool(condition)
        cls.failed += not condition
        if not condition:
            print("FAILED:", name, seen)


def packed(value):
    return zlib.compress(json.dumps(value).encode(), 7)


def changed(index, **fields):
    value = json.loads(json.dumps(GOOD))
    value["packages"][index].update(fields)
    return value


def containers():
    makers = [("ELF", elf, {}), ("ELF, 0.1", elf, {"section": ".rust-deps-v0"}),
              ("WebAssembly", wasm, {}), ("component", component, {})]
    if shutil.which("x86_64-w64-mingw32-gcc"):
        makers += [("PE", pe, {}), ("PE, 0.1", pe, {"section": "rdep-v0"})]
    else:
        Count.skipped += 2
        print("skipped: PE: no x86_64-w64-mingw32-gcc")
    if shutil.which("clang") and OBJCOPY:
        makers += [("Mach-O", macho, {}), ("Mach-O, 0.1", macho,
                                           {"section": "__DATA,rust-deps-v0"})]
    else:
        Count.skipped += 2
        print("skipped: Mach-O: no clang or llvm-objcopy")
    for name, maker, more in makers:
        seen = found, n, odd, crates = read(maker(packed(GOOD), **more))
        Count.check(name, found == 1 and n == 5 and odd == "", seen)
        Count.check(name, {k: (c[2], c[3], c[4], c[7], c[8]) for k, c in crates.items()
                           if k != "rustc"} == {
            "app": ("0.1.0", "path", "no", "1", "1"), "a": ("1.2.3", "registry", "yes", "1", "0"),
            "b-build": ("2.0.0-rc.1", "registry", "yes", "2", "0"),
            "c": ("0.0.1+x", "git", "no", "1", "0"), "d": ("9.9.9", "registry", "no", "1", "0")},
                    crates)
        Count.check(name, crates.get("app", [""] * 10)[9] == "3", crates.get("app"))
        if not more:
            bills(name, maker(packed(GOOD)), ["1.2.3"])
        if maker in (wasm, component):
            Count.check(name, crates.get("rustc", ["", "", ""])[2] == "1.75.0", crates)


    if shutil.which("clang") and OBJCOPY:
        bills("fat Mach-O", fat(packed(GOOD)), ["1.2.3", "1.2.4"])
    else:
        Count.skipped += 1
        print("skipped: fat Mach-O: no clang or llvm-objcopy")


def odd_documents():
    good = packed(GOOD)
    cases = [  # name, data, found, packages, part of what is odd
        ("none", None, 0, 0, ""),
        ("padded", good + b"\0" * 400, 1, 5, ""),
        ("followed by something", good + b"x" * 9, 1, 5, "no padding"),
        ("cut short", good[:-9], 2, 0, "cannot be unpacked"),
        ("not packed", json.dumps(GOOD).encode(), 2, 0, "cannot be unpacked"),
        ("empty", b"\0", 2, 0, "cannot be unpacked"),
        ("a bomb", zlib.compress(b" " * (9 << 20)), 2, 0, "8 MiB"),
        ("no JSON", zlib.compress(b"{"), 2, 0, "JSON"),
        ("other JSON", zlib.compress(b"[]"), 2, 0, "no packages"),
        ("packages that are no list", packed({"packages": 3}), 2, 0, "no packages"),
        ("no packages at all", packed({"packages": []}), 1, 0, ""),
        ("index outside", packed(changed(1, dependencies=[5])), 1, 5, "not one of its packages"),
        ("negative index", packed(changed(1, dependencies=[-1])), 1, 5, "not one of its packages"),
        ("index that is text", packed(changed(1, dependencies=["a"])), 1, 5, "not one of"),
        ("cycle", packed(changed(3, dependencies=[0])), 1, 5, "depend on each other"),
        ("itself", packed(changed(3, dependencies=[3])), 1, 5, "depend on each other"),
        ("two roots", packed(changed(1, root=True)), 1, 5, "more than one root"),
        ("unknown kind", packed(changed(1, kind="magic")), 1, 5, "unknown kind"),
        ("nameless", packed(changed(1, name="")), 1, 4, "no name or version"),
        ("name that is a number", packed(changed(1, name=7)), 1, 4, "no name or version"),
        ("unknown source", packed(changed(1, source="moon")), 1, 5, ""),
        ("later format", packed({**GOOD, "format": 99}), 1, 5, ""),
        ("a long chain", packed({"packages": [{"name": f"p{i}", "version": "1.0.0",
                                              "source": "local", "dependencies": [i + 1]}
                                             for i in range(20000)]}), 1, 20000, "not one of"),
    ]
    for name, data, found, n, odd in cases:
        module = wasm(data) if data is not None else b"\0asm\1\0\0\0"
        seen = read(module)
        Count.check(name, seen[0] == found and seen[1] == n and odd in seen[2] and
                    (odd != "" or seen[2] == ""), seen[:3])
    whole = wasm(packed(GOOD))
    for cut in range(8, len(whole), 7):
        seen = read(whole[:cut])
        Count.check(f"module cut at {cut}", seen[0] in (0, 2), seen[:3])
    twice = read(wasm(good) + custom(b".dep-v0", good))
    Count.check("two lists", "more than one" in twice[2], twice[:3])


def oracle():
    path = os.pathsep.join([TOOLS, os.environ["PATH"]])
    info, cargo = shutil.which("rust-audit-info", path=path), shutil.which("cargo", path=path)
    if not info or not cargo or not shutil.which("cargo-auditable", path=path):
        Count.skipped += 1
        print("skipped: no cargo-auditable or rust-audit-info")
        return
    with tempfile.TemporaryDirectory() as tmp:
        root = pathlib.Path(tmp)
        for name, more in (("app", '[dependencies]\nb = { path = "../b" }\n[build-dependencies]\n'
                            'c = { path = "../c" }\n'), ("b", ""), ("c", "")):
            (root / name / "src").mkdir(parents=True)
            (root / name / "Cargo.toml").write_text(
                f'[package]\nname = "{name}"\nversion = "0.{len(more)}.1"\nedition = "2021"\n{more}')
            (root / name / "src" / ("main.rs" if more else "lib.rs")).write_text(
                "fn main() {}" if more else "pub fn f() {}")
        (root / "app/build.rs").write_text("fn main() { c::f() }")
        subprocess.run([cargo, "auditable", "build", "-q", "--offline"], cwd=root / "app",
                       check=True, env={**os.environ, "PATH": path})
        program = root / "app/target/debug/app"
        told = json.loads(subprocess.run([info, program], capture_output=True, check=True).stdout)
        found, n, odd, crates = read(program.read_bytes())
        theirs = {(p["name"], p["version"], "2" if p.get("kind") == "build" else "1",
                   str(len(p.get("dependencies", [])))) for p in told["packages"]}
        ours = {(c[1], c[2], c[7], c[9]) for k, c in crates.items() if k != "rustc"}
        Count.check("rust-audit-info", found == 1 and not odd and ours == theirs, (ours, theirs))


containers()
odd_documents()
oracle()
print(f"{Count.passed} passed, {Count.failed} failed, {Count.skipped} skipped")
sys.exit(1 if Count.failed else 0)
