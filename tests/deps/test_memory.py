# SPDX-License-Identifier: MIT OR Apache-2.0
"""Memory of `rustproof deps`: an ordinary lock file takes at most 64 MiB beside its bytes, and one with every version
of a crate whose index file is large is read within the default limit. Usage: test_memory.py RUSTPROOF"""
import json
import pathlib
import resource
import subprocess
import sys
import tempfile

RUSTPROOF = pathlib.Path(sys.argv[1]).resolve()
REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"
FOLDER = "index.crates.io-1949cf8c6b5b557f"
passed, faults = 0, []


def check(what, fine, said=""):
    global passed
    passed += bool(fine)
    if not fine:
        faults.append(f"{what}: {said}")


def index_file(name, versions, padding):
    """Cargo's local copy of the index: a byte, a number, the index' version, then version and line."""
    text = b"\x03" + (2).to_bytes(4, "little") + b"etag: x\0"
    for v in versions:
        line = {"name": name, "vers": v, "deps": [], "cksum": "0" * 64, "yanked": v == versions[0],
                "features": {f"f{i}": [] for i in range(padding)}}
        text += v.encode() + b"\0" + json.dumps(line).encode() + b"\0"
    return text


def place(home, name):
    return home / f"registry/index/{FOLDER}/.cache/{name[:2]}/{name[2:4]}/{name}"


def project(temp, packages, padding):
    """A lock file, and a home whose index knows every package of it."""
    home, names = temp / "home", {}
    for name, version in packages:
        names.setdefault(name, []).append(version)
    for name, versions in names.items():
        place(home, name).parent.mkdir(parents=True, exist_ok=True)
        place(home, name).write_bytes(index_file(name, versions, padding))
    lock = temp / "Cargo.lock"
    lock.write_text("version = 4\n" + "".join(
        f'\n[[package]]\nname = "{n}"\nversion = "{v}"\nsource = "{REGISTRY}"\nchecksum = "{"0" * 64}"\n'
        for n, v in sorted(packages)))
    return lock, home


def run(lock, home, *more):
    """The finding's text, and the child's peak in MiB: of the largest child so far, so the small ones go first."""
    p = subprocess.run([RUSTPROOF, "deps", lock, "--cargo-home", home, "--exit-zero", "-f", "json",
                        "--select", "RP9106", *more], capture_output=True, text=True, env={"HOME": "/nonexistent"})
    return p, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main():
    with tempfile.TemporaryDirectory() as folder:
        temp = pathlib.Path(folder)
        (temp / "a").mkdir()
        lock, home = project(temp / "a", [(f"harmless-{i:03}", f"0.{i}.0") for i in range(500)], 40)
        p, peak = run(lock, home)
        check("500 packages: exit", p.returncode in (0, 3), p.stderr)
        check("500 packages: the index was read", p.stdout.count('"RP9106"') >= 500, p.stdout[-300:])
        if "AddressSanitizer" not in subprocess.run(["nm", "-D", RUSTPROOF], capture_output=True, text=True).stdout:
            check("500 packages: peak", peak < 64 + lock.stat().st_size / (1 << 20), f"{peak:.1f} MiB")
        print(f"500 packages: {peak:.1f} MiB")
        (temp / "b").mkdir()
        lock, home = project(temp / "b", [("versions", f"1.{i}.0") for i in range(400)], 1500)
        size = place(home, "versions").stat().st_size / (1 << 20)
        p, peak = run(lock, home)
        check("400 versions: exit", p.returncode in (0, 3), p.stderr + p.stdout[:300])
        check("400 versions: the yanked one", "versions 1.0.0" in p.stdout, p.stdout[-300:])
        print(f"400 versions in an index file of {size:.1f} MiB: {peak:.1f} MiB")
    for fault in faults:
        print(fault)
    print(f"{passed} passed, {len(faults)} failed, 0 skipped")
    return 1 if faults else 0


sys.exit(main())
