#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""RP5103 beside rustc's `unused_unsafe`, on packages of the machine's registry that need no other to build.

  needless.py RUSTPROOF [--long]     quick: 8 packages, long: 40

Each package is copied, its source gets needless blocks of its own (an unsafe block around a safe value in every
function that is put beside it), and `cargo check` runs offline with the lint on. What rustc reports and what
rustproof reports must be the same places in the files that rustc read. Skips without cargo or packages.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
from crates import manifests  # noqa: E402

# Where the two differ and why: printed, and no failure. Take a line away when its reason is mended.
KNOWN = {
    "core_detect-1.0.0": "functions of std::arch that newer compilers call safe are not in the table",
    "minimal-lexical-0.2.1": "unsafe functions without self of a trait for a primitive type are taken for safe",
}

SEEDED = """
#[allow(dead_code)]
mod rustproof_seeded {
    fn calm() -> u8 { 1 }
    fn needless() -> u8 { unsafe { calm() } }
    fn needed(p: *const u8) -> u8 { unsafe { *p } }
    fn nested(p: *const u8) -> u8 { unsafe { let a = *p; let b = unsafe { a }; b } }
}
"""


def packages(limit):
    """Library packages with unsafe code and without dependencies or build scripts, smallest names first."""
    found = []
    for manifest in manifests():
        text = manifest.read_text(errors="replace")
        root = manifest.parent / "src/lib.rs"
        plain = not re.search(r"(?m)^\[(target\..*\.)?(build-)?dependencies|^build *=|proc-macro *= *true", text)
        if not plain or not root.exists() or (manifest.parent / "build.rs").exists():
            continue
        if any("unsafe {" in p.read_text(errors="replace") for p in root.parent.rglob("*.rs")):
            found.append(manifest.parent)
    step = max(1, len(found) // limit)
    return found[::step][:limit]


def alone(folder):
    """Takes away what only tests, benchmarks and examples need; the package is its own workspace."""
    kept, keep = [], True
    for line in (folder / "Cargo.toml").read_text(errors="replace").splitlines():
        if line.startswith("["):
            keep = not re.match(r"\[(dev-dep|target\..*dev-dep|\[(bench|test|example)\]|workspace)", line)
        kept += [line] if keep else []
    (folder / "Cargo.toml").write_text("\n".join(kept + ["", "[workspace]", ""]))
    (folder / "Cargo.lock").unlink(missing_ok=True)


def by_rustc(folder, target):
    """(file, line) of each unused_unsafe; None when the package does not build here."""
    run = subprocess.run(["cargo", "check", "--offline", "--lib", "--message-format", "json", "-q"], cwd=folder,
                         capture_output=True, text=True, timeout=120,
                         env=dict(os.environ, CARGO_TARGET_DIR=str(target), RUSTFLAGS="--force-warn unused_unsafe"))
    if run.returncode != 0:
        return None
    places = set()
    for line in run.stdout.splitlines():
        message = json.loads(line).get("message") or {}
        if (message.get("code") or {}).get("code") == "unused_unsafe":
            span = next(s for s in message["spans"] if s["is_primary"])
            if not span["expansion"]:
                places.add((os.path.normpath(folder / span["file_name"]), span["line_start"]))
    return places


def by_rustproof(tool, folder):
    run = subprocess.run([tool, "src", "--strict", "--select", "RP5103", "--format", "json", str(folder)],
                         capture_output=True, text=True, timeout=120)
    places = set()

    def walk(value):
        if isinstance(value, dict):
            where = value.get("where")
            if value.get("code") == "RP5103" and value.get("outcome") == "finding" and where:
                places.add((os.path.normpath(where["file"]), where["line"]))
            for kid in value.values():
                walk(kid)
        elif isinstance(value, list):
            for kid in value:
                walk(kid)

    walk(json.loads(run.stdout))
    return places


def main(argv):
    tool = os.path.abspath(argv[1])
    if not shutil.which("cargo"):
        print("skipped: no cargo")
        return 77
    chosen = packages(40 if "--long" in argv else 8)
    if not chosen:
        print("skipped: no packages in Cargo's registry or Debian's")
        return 77
    built = same = missed = extra = known = 0
    with tempfile.TemporaryDirectory() as temp:
        for package in chosen:
            folder = pathlib.Path(temp, package.name)
            shutil.copytree(package, folder)
            with open(folder / "src/lib.rs", "a") as root:
                root.write(SEEDED)
            alone(folder)
            rustc = by_rustc(folder, pathlib.Path(temp, "target"))
            if rustc is None:
                continue
            built += 1
            ours = by_rustproof(tool, folder)
            same += len(rustc & ours)
            for place in sorted(rustc ^ ours):
                print("missed:" if place in rustc else "not said by rustc:", *place, KNOWN.get(package.name, ""))
            known += len(rustc ^ ours) if package.name in KNOWN else 0
            missed += len(rustc - ours) if package.name not in KNOWN else 0
            extra += len(ours - rustc) if package.name not in KNOWN else 0
    print(f"{built} of {len(chosen)} packages built: {same} needless blocks found by both, {missed} missed, "
          f"{extra} others, {known} known differences")
    if built == 0:
        print("skipped: none builds here")
        return 77
    return missed != 0 or extra != 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
