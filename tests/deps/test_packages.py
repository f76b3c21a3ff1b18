#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""What `deps` looks at: packages that are named, folders of programs and packages where no lock file lies, and
nothing but lock files where one does (what is built of a project is not asked what its lock file says)."""
import json
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
if shutil.which("rustc") is None:
    print("skipped: no rustc")
    sys.exit(77)
FAILURES = []


def targets(top, *paths, command="deps"):
    form = "cyclonedx" if command == "sbom" else "json"
    p = subprocess.run([PROGRAM, command, "-f", form, *paths], cwd=top, capture_output=True, timeout=100)
    if p.returncode not in (0, 1, 3, 4):
        FAILURES.append(f"{paths}: exit {p.returncode}: {p.stderr!r}")
    doc = json.loads(p.stdout)
    return p.returncode, sorted(t["name"] for t in doc["targets"]) if form == "json" else doc


def expect(top, want, *paths):
    code, got = targets(top, *paths)
    if got != sorted(want) or (code == 4) != (not want):
        FAILURES.append(f"deps {paths}: exit {code}, {got} instead of {want}")


with tempfile.TemporaryDirectory() as temp:
    top = pathlib.Path(temp)
    (top / "hello.rs").write_text('fn main() { println!("{}", std::env::args().count()) }\n')
    subprocess.run(["rustc", "-Copt-level=0", "hello.rs", "-o", "hello"], cwd=top, check=True, capture_output=True)
    for name in ("programs", "mixed/project", "mixed/out", "empty"):
        (top / name).mkdir(parents=True)
    with tarfile.open(top / "programs/p.tar.gz", "w:gz") as tar:
        tar.add(top / "hello", "usr/bin/hello")
        tar.add("/bin/ls", "usr/bin/ls")
    for name in ("programs/hello", "mixed/out/hello"):
        shutil.copy(top / "hello", top / name)
    shutil.copy("/bin/ls", top / "programs/ls")
    (top / "empty/text").write_text("text\n")
    (top / "mixed/project/Cargo.lock").write_text('version = 4\n\n[[package]]\nname = "a"\nversion = "1.0.0"\n')
    both = ["programs/hello", "programs/p.tar.gz!usr/bin/hello"]
    expect(top, both[1:], "programs/p.tar.gz")
    expect(top, both, "programs")
    expect(top, ["mixed/project/Cargo.lock"], "mixed")
    expect(top, ["mixed/out/hello", "mixed/project/Cargo.lock"], "mixed", "mixed/out/hello")
    expect(top, ["mixed/project/Cargo.lock", *both], "mixed/project", "programs")
    expect(top, [], "empty/text")
    code, bill = targets(top, "programs/p.tar.gz", command="sbom")
    if not any(c["name"] == "std" or c["name"] == "rustc" for c in bill["components"]):
        FAILURES.append(f"the bill of the package: {[c['name'] for c in bill['components']]}")
print("\n".join(FAILURES) or "ok")
sys.exit(bool(FAILURES))
