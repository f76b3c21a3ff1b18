#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""deps --verify on a Cargo home made here: archive, tree and checkout as they should be, and each tampered with.

  test_verify.py RUSTPROOF
"""
import hashlib
import io
import json
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

COMMIT = "0123456789abcdef0123456789abcdef01234567"
FILES = {"Cargo.toml": b'[package]\nname = "it-x"\nversion = "1.2.3"\n', "src/lib.rs": b"pub fn f() {}\n",
         "src/sub/deep.rs": b"// deep\n"}


def crate():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, data in FILES.items():
            info = tarfile.TarInfo(f"it-x-1.2.3/{name}")
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def make(root):
    home, project = root / "home", root / "project"
    archive = crate()
    registry = "github.com-1ecc6299db9ec823"
    cache = home / "registry/cache" / registry / "it-x-1.2.3.crate"
    cache.parent.mkdir(parents=True)
    cache.write_bytes(archive)
    source = home / "registry/src" / registry / "it-x-1.2.3"
    for name, data in {**FILES, ".cargo-ok": b'{"v":1}'}.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(data)
    checkout = home / "git/checkouts/gone-1234567890abcdef" / COMMIT[:7]
    (checkout / ".git").mkdir(parents=True)
    (checkout / ".git/HEAD").write_text(COMMIT + "\n")
    (checkout / "Cargo.toml").write_text('[package]\nname = "gone"\nversion = "0.1.0"\n')
    project.mkdir()
    (project / "Cargo.toml").write_text('[package]\nname = "top"\nversion = "0.1.0"\n[dependencies]\nit-x = "1"\n'
                                        f'gone = {{ git = "https://example.org/gone", rev = "{COMMIT}" }}\n')
    (project / "Cargo.lock").write_text(
        'version = 4\n[[package]]\nname = "gone"\nversion = "0.1.0"\n'
        f'source = "git+https://example.org/gone?rev={COMMIT}#{COMMIT}"\n'
        '[[package]]\nname = "it-x"\nversion = "1.2.3"\n'
        'source = "registry+https://github.com/rust-lang/crates.io-index"\n'
        f'checksum = "{hashlib.sha256(archive).hexdigest()}"\n'
        '[[package]]\nname = "top"\nversion = "0.1.0"\ndependencies = ["gone", "it-x"]\n')
    return cache, source, checkout


def append(path, data):
    with open(path, "ab") as file:
        file.write(data)


CASES = {  # name: (what is done, texts that must be found, outcome)
    "untouched": (lambda cache, source, checkout: None, ["the sources of all 2 packages"], "pass"),
    "archive": (lambda cache, source, checkout: append(cache, b"x"), ["the archive is not the one"], "finding"),
    "changed": (lambda cache, source, checkout: append(source / "src/lib.rs", b"x"),
                ["changed", "src/lib.rs"],
                "finding"),
    "added": (lambda cache, source, checkout: append(source / "build.rs", b"fn main() {}"),
              ["not published", "build.rs"], "finding"),
    "removed": (lambda cache, source, checkout: (source / "src/sub/deep.rs").unlink(),
                ["missing", "deep.rs"], "finding"),
    "linked": (lambda cache, source, checkout: (source / "src/x.rs").symlink_to("/etc/hostname"),
               ["elsewhere"],
               "finding"),
    "moved": (lambda cache, source, checkout: (checkout / ".git/HEAD").write_text("f" * 40),
              ["another commit"], "finding"),
    "no archive": (lambda cache, source, checkout: cache.unlink(), ["cannot be compared here"], "unknown"),
    "nothing": (lambda cache, source, checkout: (cache.unlink(), shutil.rmtree(source)),
                ["1 package"], "unknown"),
}


def main():
    program, failures = pathlib.Path(sys.argv[1]).resolve(), 0
    for name, (tamper, texts, outcome) in CASES.items():
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            tamper(*make(root))
            run = subprocess.run([program, "deps", "--verify", "--select", "RP9121", "--cargo-home", root / "home",
                                  "-f", "json", root / "project"], capture_output=True, text=True, timeout=60)
            results = json.loads(run.stdout)["targets"][0]["results"]
            if [r["outcome"] for r in results] != [outcome] or not all(t in results[0]["text"] for t in texts):
                failures += 1
                print(f"FAIL {name}: {[(r['outcome'], r['text']) for r in results]} {run.stderr[:300]}")
    print(f"{len(CASES)} cases, {failures} failures")
    return 1 if failures else 0


sys.exit(main())
