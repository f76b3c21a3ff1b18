# SPDX-License-Identifier: MIT OR Apache-2.0
"""`rustproof deps -f cargo-audit` beside `cargo audit --json` on the same lock files and the same
database: the same documents. The lock files are those of the crates in Cargo's home (cargo-audit's own
among them), and one made of the database: each package that it names, below, at and above each bound.

Two differences are known, meant and taken out before the comparison: cargo-audit keeps blanks before a title,
and writes an empty `affected` where the advisory has an empty table, which we do not tell from none.

Usage: test_cargo_audit.py RUSTPROOF DATABASE CARGO_AUDIT_FOLDER [N]
CARGO_AUDIT_FOLDER is where `cargo install cargo-audit --locked --root` put it; PATH is tried too."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

RUSTPROOF, DB, ROOT = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve(), sys.argv[3]
MOST = int(sys.argv[4]) if len(sys.argv) > 4 else 25
CRATES_IO = "registry+https://github.com/rust-lang/crates.io-index"
faults = []


def skip(why):
    print(f"SKIPPED: {why}")
    print("0 passed, 0 failed, 1 skipped")
    sys.exit(77)


def made_of_database(folder):
    """A lock file with all packages of the database; Cargo never asks for the same version twice."""
    seen = set()
    for path in DB.glob("crates/*/*.md"):
        for major, minor, patch, pre in re.findall(r"(\d+)(?:\.(\d+))?(?:\.(\d+))?(-[0-9a-z.]+)?", " ".join(
                re.findall(r"(?:patched|unaffected) = \[(.*?)\]", path.read_text(), re.S))):
            v = [int(x or 0) for x in (major, minor, patch)]
            for at in (v, [v[0], v[1], v[2] + 1], [v[0], v[1], max(v[2] - 1, 0)], [v[0], max(v[1] - 1, 0), 9]):
                seen.add((path.parent.name, ".".join(map(str, at))))
            seen.add((path.parent.name, ".".join(map(str, v)) + (pre or "-rc.1")))
        seen.add((path.parent.name, "0.0.1"))
    lock = folder / "Cargo.lock"
    lock.write_text("version = 4\n" + "".join(
        f'\n[[package]]\nname = "{n}"\nversion = "{v}"\nsource = "{CRATES_IO}"\nchecksum = "{"0" * 64}"\n'
        for n, v in sorted(seen)))
    return lock, len(seen)


def real_locks():
    home = pathlib.Path(os.environ.get("CARGO_HOME") or pathlib.Path.home() / ".cargo")
    return sorted(home.glob("registry/src/*/*/Cargo.lock"), key=lambda p: -p.stat().st_size)[:MOST]


def alone(path, temp):
    """Without the deny.toml beside it, which we respect and cargo-audit does not."""
    folder = temp / "locks" / path.parent.name
    folder.mkdir(parents=True)
    return pathlib.Path(shutil.copy(path, folder))


def normal(document):
    """Lists in one order; the ids that say which documents were compared."""
    def key(entry):
        return ((entry.get("advisory") or {}).get("id", ""), entry["package"]["name"], entry["package"]["version"],
                entry["package"]["source"] or "")
    document["vulnerabilities"]["list"].sort(key=key)
    for name, entries in document["warnings"].items():
        entries.sort(key=key)
    document["warnings"].pop("yanked", None)  # asks the network there, the local index here
    for entry in [*document["vulnerabilities"]["list"], *sum(document["warnings"].values(), [])]:
        entry["advisory"]["title"] = entry["advisory"]["title"].strip()
        if entry["affected"] == {"arch": [], "os": [], "functions": {}}:
            entry["affected"] = None
    found = [*document["vulnerabilities"]["list"], *sum(document["warnings"].values(), [])]
    return document, {key(e): e for e in found}


def compare(lock, audit, git):
    theirs = subprocess.run([audit, "audit", "--json", "--no-fetch", "--stale", "--db", git, "-f", lock],
                            capture_output=True, text=True, env={**os.environ, "CARGO_NET_OFFLINE": "true"})
    ours = subprocess.run([RUSTPROOF, "deps", lock, "--db", DB, "-f", "cargo-audit", "--exit-zero"],
                          capture_output=True, text=True)
    if not theirs.stdout.startswith("{"):
        print(f"left out: cargo-audit does not read {lock}: {theirs.stderr.strip()[-150:]}")
        return 0
    try:
        (want, wanted), (got, gotten) = normal(json.loads(theirs.stdout)), normal(json.loads(ours.stdout))
    except ValueError as e:
        faults.append(f"{lock}: {e}: {ours.stderr[:200]}")
        return 0
    for key in sorted(wanted.keys() | gotten.keys()):
        a, b = wanted.get(key), gotten.get(key)
        if a != b:
            what = "missing" if b is None else "extra" if a is None else [k for k in a if a[k] != b.get(k)]
            faults.append(f"{lock}: {key}: {what}")
    if not faults and got != want:
        faults.append(f"{lock}: the rest of the document differs")
    return len(wanted)


def main():
    audit = shutil.which("cargo-audit", path=f"{ROOT}/bin{os.pathsep}{os.environ.get('PATH', '')}")
    if audit is None:
        skip(f"cargo-audit is not installed; cargo install cargo-audit --locked --root {ROOT}")
    if not (DB / "crates").is_dir():
        skip(f"no database at {DB}")
    with tempfile.TemporaryDirectory() as temp:
        git = pathlib.Path(temp) / "db"  # cargo-audit wants a repository
        shutil.copytree(DB, git, copy_function=shutil.copyfile)
        subprocess.run("chmod -R u+w . && git init -q && git add -A && git -c user.name=a -c user.email=a@b "
                       "commit -qm a", shell=True, cwd=git, check=True)
        lock, versions = made_of_database(pathlib.Path(temp))
        matches = compare(lock, audit, git)
        print(f"{versions} versions of the database's packages: {matches} matches")
        locks = real_locks()
        real = sum(compare(alone(path, pathlib.Path(temp)), audit, git) for path in locks)
    for fault in faults[:20]:
        print(fault)
    print(f"{len(locks)} real lock files: {real} matches")
    print(f"{matches + real - len(faults)} passed, {len(faults)} failed, 0 skipped")
    return 1 if faults or matches < 2000 else 0


sys.exit(main())
