#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""The crates of packages and workspaces: `cargo metadata --no-deps` is the oracle, for kind, name, edition and file.

  test_targets.py DUMP_TARGETS [--all]

Workspaces of our own in which each rule decides something, and 100 packages (--all: every one) among those that Cargo
has unpacked on this machine.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

LIBS = {"lib", "rlib", "dylib", "cdylib", "staticlib", "proc-macro"}
PACKAGE = '[package]\nname = "{}"\nversion = "0.1.0"\nedition = "{}"\n'
PROJECTS = {
    "glob": {
        "Cargo.toml": '[workspace]\nmembers = ["crates/*", "x?z/deep", "own"]\nexclude = ["crates/out"]\n'
                      'default-members = ["own"]\n[workspace.package]\nedition = "2018"\n',
        "crates/one/Cargo.toml": '[package]\nname = "one"\nversion = "1.0.0"\nedition.workspace = true\n',
        "crates/one/src/lib.rs": "",
        "crates/out/Cargo.toml": PACKAGE.format("out", 2021), "crates/out/src/lib.rs": "",
        "xyz/deep/Cargo.toml": PACKAGE.format("deep", 2024), "xyz/deep/src/main.rs": "",
        "own/Cargo.toml": PACKAGE.format("own", 2021) + '[dependencies]\nby-path = { path = "../by-path" }\n',
        "own/src/main.rs": "",
        "by-path/Cargo.toml": PACKAGE.format("by-path", 2021), "by-path/src/lib.rs": "",
    },
    "all": {
        "Cargo.toml": PACKAGE.format("a-b", 2021) + '[lib]\npath = "l.rs"\nname = "other"\n[[bin]]\nname = "named"\n'
                      '[[bin]]\nname = "far"\npath = "far/f.rs"\n[[example]]\nname = "e2"\npath = "ex/e2.rs"\n'
                      '[[test]]\nname = "late"\nedition = "2018"\n',
        "l.rs": "", "src/main.rs": "", "src/bin/named.rs": "", "src/bin/more.rs": "", "src/bin/dir/main.rs": "",
        "src/bin/none/other.rs": "", "src/bin/.hidden.rs": "", "far/f.rs": "", "examples/e.rs": "", "ex/e2.rs": "",
        "examples/many/main.rs": "", "tests/t.rs": "", "tests/common/mod.rs": "", "tests/late.rs": "",
        "benches/b-b.rs": "", "build.rs": "",
    },
    "off": {
        "Cargo.toml": PACKAGE.format("off", 2021) + "autobins = false\nautoexamples = false\nautotests = false\n"
                      'autobenches = false\nautolib = false\nbuild = false\n[[bin]]\nname = "b"\n',
        "src/bin/b.rs": "", "src/bin/c.rs": "", "src/main.rs": "", "examples/e.rs": "", "tests/t.rs": "",
        "benches/b.rs": "", "build.rs": "", "src/lib.rs": "",
    },
    "old": {
        "Cargo.toml": '[package]\nname = "old"\nversion = "0.1.0"\nbuild = "make.rs"\n[[bin]]\nname = "flat"\n',
        "src/flat.rs": "", "src/bin/unseen.rs": "", "make.rs": "", "tests/t.rs": "",
    },
    "old-lib": {
        "Cargo.toml": '[package]\nname = "old-lib"\nversion = "0.1.0"\n[[bin]]\nname = "flat"\n'
                      '[[bench]]\nname = "bench"\n',
        "src/lib.rs": "", "src/flat.rs": "", "src/main.rs": "", "src/bench.rs": "", "benches/d.rs": "",
    },
    "same": {
        "Cargo.toml": PACKAGE.format("same", 2021) + '[[bin]]\nname = "x"\npath = "src/main.rs"\n[[bin]]\nname = "y"\n'
                      'path = "src/main.rs"\n',
        "src/main.rs": "", "src/bin/z.rs": "",
    },
}


def oracle(manifest):
    run = subprocess.run(["cargo", "metadata", "--no-deps", "--offline", "--format-version", "1", "--manifest-path",
                          str(manifest)], capture_output=True, text=True, timeout=60, cwd="/",
                         env=dict(os.environ, CARGO_TERM_QUIET="true"))
    if run.returncode != 0:
        return None
    targets = set()
    for package in json.loads(run.stdout)["packages"]:
        for t in package["targets"]:
            kind = "lib" if set(t["kind"]) <= LIBS else t["kind"][0]
            targets.add((kind, t["name"].replace("-", "_"), t["edition"], os.path.normpath(t["src_path"])))
    return targets


def ours(dump, manifest):
    run = subprocess.run([dump, str(manifest)], capture_output=True, text=True, timeout=60)
    return {(*line.split(" ", 3)[:3], line.split(" ", 3)[3]) for line in run.stdout.splitlines() if line[0] not in "!#"}


def compare(dump, manifest):
    """1: differs, 0: equal, None: Cargo refuses it."""
    want = oracle(manifest)
    if want is None:
        return None
    # Cargo names files that are not there, too
    have, want = ours(dump, manifest), {t for t in want if os.path.isfile(t[3])}
    if have == want:
        return 0
    print(f"FAIL {manifest}: cargo has {sorted(want - have)[:6]} more, we have {sorted(have - want)[:6]} more")
    return 1


def unpacked(every):
    home = pathlib.Path(os.environ.get("CARGO_HOME", pathlib.Path.home() / ".cargo"))
    found = sorted(home.glob("registry/src/*/*/Cargo.toml"))
    return found if every else found[:: max(1, len(found) // 100)]


def main():
    if shutil.which("cargo") is None:
        print("skipped: cargo is not installed")
        return 77
    dump = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        manifests = []
        for project, files in PROJECTS.items():
            for name, text in files.items():
                path = pathlib.Path(folder).resolve() / project / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            manifests.append(pathlib.Path(folder).resolve() / project / "Cargo.toml")
        results = [compare(dump, m) for m in manifests]
        for manifest, result in zip(manifests, results):
            if result is None:
                print(f"FAIL cargo refuses our {manifest}")
        failed = sum(r != 0 for r in results)
        found = unpacked("--all" in sys.argv)
        results = [compare(dump, m) for m in found]
    if not found:
        print("skipped in part: Cargo has unpacked no package here")
    refused = sum(r is None for r in results)
    failed += sum(r == 1 for r in results)
    print(f"{len(PROJECTS)} workspaces of our own and {len(results) - refused} packages compared, {refused} that Cargo "
          f"itself refuses, {failed} differ")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
