# SPDX-License-Identifier: MIT OR Apache-2.0
"""Cargo projects for growth.py: lock files, manifests, and a program with the sources of its crates beside it."""
import struct

CASES = []
ROOT = '[package]\nname = "root"\nversion = "0.1.0"\n'
REGISTRY = f'source = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "{0:064}"\n'
ADVISORY = """```toml
[advisory]
id = "RUSTSEC-2020-0001"
package = "a"
date = "2020-01-01"

[versions]
patched = []
```
# a
"""


def project(make):
    """A case of a project, from a function that gives the files by name."""
    def case(folder, n):
        advisory = {"db/crates/a/RUSTSEC-2020-0001.md": ADVISORY}
        for name, text in {"Cargo.toml": ROOT, "src/main.rs": "fn main() {}", **advisory, **make(n)}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        return ["deps", "--db", str(folder / "db"), "--cargo-home", str(folder / "home"), str(folder)]
    case.__name__ = make.__name__
    CASES.append(case)
    return make


def package(name, version="1.0.0", wants=(), origin=REGISTRY):
    text = "".join(f'"{w}",' for w in wants)
    return f'[[package]]\nname = "{name}"\nversion = "{version}"\n{origin}dependencies = [{text}]\n'


def lock(*packages):
    return "version = 3\n" + "".join(packages)


@project
def packages_in_a_circle(n):
    return {"Cargo.lock": lock(package("root", "0.1.0", ["a0"], ""),
                               *(package(f"a{i}", wants=[f"a{(i + 1) % n}"]) for i in range(n)))}


@project
def packages_in_diamonds(n):
    rows = [package(f"{x}{i}", wants=[f"a{i + 1}", f"b{i + 1}"]) for i in range(n // 2) for x in "ab"]
    return {"Cargo.lock": lock(package("root", "0.1.0", ["a0"], ""), *rows, package(f"a{n // 2}"),
                               package(f"b{n // 2}"))}


@project
def packages_that_ask_for_all(n):
    k = int((8 * n) ** .5)
    everyone = [f"a{i}" for i in range(k)]
    return {"Cargo.lock": lock(package("root", "0.1.0", ["a0"], ""), *(package(a, wants=everyone) for a in everyone))}


@project
def versions_of_one_package(n):
    return {"Cargo.lock": lock(package("root", "0.1.0", [f"a 0.1.{i}" for i in range(n)], ""),
                               *(package("a", f"0.1.{i}") for i in range(n)))}


@project
def dependencies_that_name_many_versions(n):
    return {"Cargo.lock": lock(package("root", "0.1.0", ["a"] * n, ""), *(package("a", f"0.1.{i}") for i in range(n)))}


@project
def one_package_often(n):
    return {"Cargo.lock": lock(package("a") * n)}


@project
def dependencies_of_one_manifest(n):  # each looked through all that the lock file has of it
    names = [f"a{i}" for i in range(n)]
    return {"Cargo.toml": ROOT + "[dependencies]\n" + "".join(f'{a} = "*"\n' for a in names),
            "Cargo.lock": lock(package("root", "0.1.0", names, ""), *map(package, names))}


@project
def names_of_one_dependency(n):
    return {"Cargo.toml": ROOT + "[dependencies]\n" +
            "".join(f'x{i} = {{ package = "a", version = "=9.{i}" }}\n' for i in range(n)),
            "Cargo.lock": lock(package("root", "0.1.0", [f"a 0.1.{i}" for i in range(n)], ""),
                               *(package("a", f"0.1.{i}") for i in range(n)))}


@project
def targets_of_one_manifest(n):  # the line of each was counted from the beginning
    return {"Cargo.toml": ROOT + "".join(f"[target.'cfg(a{i})'.dependencies]\nx = \"1\"\n" for i in range(n)),
            "Cargo.lock": lock(package("root", "0.1.0", (), ""))}


@project
def features_in_a_circle(n):
    return {"Cargo.toml": ROOT + "[features]\n" + "".join(f'f{i} = ["f{(i + 1) % n}"]\n' for i in range(n)),
            "Cargo.lock": lock(package("root", "0.1.0", (), ""))}


@project
def members_that_are_not_there(n):
    return {"Cargo.toml": ROOT + "[workspace]\nmembers = [" + "".join(f'"m{i}",' for i in range(n)) + "]\n",
            "Cargo.lock": lock(package("root", "0.1.0", (), ""))}


@project
def ignored_advisories(n):  # the line of each was counted from the beginning
    return {"Cargo.lock": lock(package("root", "0.1.0", ["a"], ""), package("a")),
            "deny.toml": "[advisories]\nignore = [\n" + '"RUSTSEC-2020-0002",\n' * n + "]\n"}


@project
def ignored_advisories_and_packages(n):
    return {"Cargo.lock": lock(*(package("a", f"0.1.{i}") for i in range(n))),
            "deny.toml": "[advisories]\nignore = [\n" + '"RUSTSEC-2020-0001",\n' * n + "]\n"}


@project
def advisories_of_one_package(n):
    files = {f"db/crates/a/RUSTSEC-2020-{i + 2:04}.md": ADVISORY.replace("0001", f"{i + 2:04}") for i in range(n // 16)}
    return {"Cargo.lock": lock(*(package("a", f"0.1.{i}") for i in range(16))), **files}


def program(paths):
    """A 64-bit ELF program with a panic location for each path."""
    base, start = 0x400000, 64 + 56
    text = b"".join(paths)
    text += bytes(-len(text) % 8)
    at, records = base + start, b""
    for path in paths:
        records += struct.pack("<QQII", at, len(path), 100, 5)
        at += len(path)
    size = start + len(text) + len(records)
    head = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 2, 62, 1, base + start, 64, 0, 0, 64, 56, 1,
                       0, 0, 0)
    load = struct.pack("<IIQQQQQQ", 1, 5, 0, base, base, size, size, 0x1000)
    return head + load + text + records


def paths_of_one_affected_source(folder, n):  # it was read for each of them, and held against all locations
    registry = "registry/src/index.crates.io-1949cf8c6b5b557f/it-x-1.2.3"
    affected = '[affected]\nfunctions = { "it_x::f" = ["*"] }\n\n[versions]'
    files = {f"home/{registry}/Cargo.toml": '[package]\nname = "it-x"\nversion = "1.2.3"\n',
             f"home/{registry}/src/lib.rs": "#[cfg(any())]\npub fn f(a: &[u8]) -> u8 { a[0] }\n" * 4,
             "db/crates/it-x/RUSTSEC-2020-0001.md": ADVISORY.replace('"a"', '"it-x"').replace("[versions]", affected)}
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder / "case").write_bytes(program([f"/c{i}/{registry}/src/lib.rs".encode() for i in range(2 * n)]))
    return ["deps", "--db", str(folder / "db"), "--cargo-home", str(folder / "home"), str(folder / "case")]


CASES.append(paths_of_one_affected_source)
