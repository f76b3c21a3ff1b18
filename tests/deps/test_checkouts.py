# SPDX-License-Identifier: MIT OR Apache-2.0
"""Databases that are checkouts of git, and the index that is kept of them: after every change, by git or by hand, the
answer is that of a run without any cache. Oracle: the text itself, and git. Usage: test_checkouts.py RUSTPROOF"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

RUSTPROOF = pathlib.Path(sys.argv[1]).resolve()
GIT = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"
PACKAGES = ["alpha", "beta", "gamma", "delta"]
passed, faults = 0, []


def check(what, fine, said=""):
    global passed
    passed += bool(fine)
    if not fine:
        faults.append(f"{what}: {said}")


def advisory(number, package, patched, title="a title"):
    return (f'```toml\n[advisory]\nid = "RUSTSEC-2099-{number:04}"\npackage = "{package}"\ndate = "2099-01-01"\n'
            f'[versions]\npatched = ["{patched}"]\n```\n\n# {title}\n\nText.\n')


def answer(run):
    """Code and document; how many advisories there are in all is as of the index, by design."""
    return run[0], re.sub(r'"advisory-count":[0-9]+', "", run[1])


class Checkout:
    def __init__(self, temp):
        self.temp, self.db = temp, temp / "db"
        self.cache = temp / "cache"
        self.nobody = temp / "nobody"  # a home folder that is not there
        (self.db / "crates").mkdir(parents=True)
        self.git("init", "-q")
        self.put(1, "alpha", ">= 2.0.0")
        self.put(2, "beta", ">= 2.0.0")
        self.commit("first")
        self.lock = temp / "Cargo.lock"
        self.lock.write_text("version = 4\n" + "".join(
            f'\n[[package]]\nname = "{p}"\nversion = "1.0.0"\nsource = "{REGISTRY}"\nchecksum = "{"0" * 64}"\n'
            for p in sorted(PACKAGES)))

    def git(self, *words):
        return subprocess.run([*GIT, *words], cwd=self.db, check=True, capture_output=True, text=True).stdout.strip()

    def commit(self, message):
        self.git("add", "-A")
        self.git("commit", "-qm", message)

    def path(self, number, package):
        return self.db / "crates" / package / f"RUSTSEC-2099-{number:04}.md"

    def put(self, number, package, patched, title="a title"):
        path = self.path(number, package)
        path.parent.mkdir(exist_ok=True)
        path.write_text(advisory(number, package, patched, title))

    def run(self, cache):
        env = {"PATH": os.environ["PATH"], "HOME": str(self.nobody), "CARGO_HOME": str(self.nobody)}
        if cache is not None:
            env["XDG_CACHE_HOME"] = str(cache)
        p = subprocess.run([RUSTPROOF, "deps", self.lock, "--db", self.db, "-f", "cargo-audit", "--exit-zero"],
                           capture_output=True, text=True, env=env)
        return p.returncode, p.stdout, p.stderr

    def same(self, what):
        """Twice, as the first run may make an index: both answer as one without any cache does."""
        plain = self.run(None)
        check(f"{what}: no home folder is made", not self.nobody.exists())
        check(f"{what}: it is told", plain[0] == 0 and '"vulnerabilities"' in plain[1], plain)
        for run in "first", "second":
            cached = self.run(self.cache)
            check(f"{what}: {run} run", answer(cached) == answer(plain), (cached, plain))

    def indexes(self):
        return sorted(self.cache.glob("rustproof/checkouts/*"))

    def is_used(self):
        """Whether the index answers: a title that only it has is told."""
        path = self.indexes()[0]
        whole = path.read_bytes()
        check("the index has the title", whole.count(b"a title") > 0)
        path.write_bytes(whole.replace(b"a title", b"A TITLE"))
        said = self.run(self.cache)[1]
        path.write_bytes(whole)
        return "A TITLE" in said


def changes_by_git(c):
    first = c.git("rev-parse", "HEAD")
    c.put(1, "alpha", ">= 0.9.0")
    c.put(3, "alpha", ">= 3.0.0")
    c.put(4, "gamma", ">= 2.0.0")
    c.path(2, "beta").unlink()
    c.commit("second")
    c.same("a commit")
    check("a commit: the index is used", c.is_used())
    second = c.git("rev-parse", "HEAD")
    for name, commit in ("back", first), ("forth", second), ("back again", first):
        c.git("checkout", "-q", commit)
        c.same(f"{name} in history")
        check(f"{name}: the index is used", c.is_used())
    c.git("reset", "-q", "--hard", second)
    c.same("a reset")
    c.git("checkout", "-q", "-b", "other", first)
    c.same("another branch")
    c.git("pack-refs", "--all")
    c.same("packed refs")
    check("one index for one folder", len(c.indexes()) == 1, c.indexes())


def changes_by_hand(c):
    old = c.path(1, "alpha").stat()
    c.put(1, "alpha", ">= 0.5.0", "changed title")
    c.same("an edit")
    check("an edit: the rest of the index is used", c.is_used())
    c.put(1, "alpha", ">= 2.0.0")
    c.same("the edit undone")
    c.put(1, "alpha", ">= 0.1.0")
    os.utime(c.path(1, "alpha"), ns=(old.st_atime_ns, old.st_mtime_ns))
    c.same("an edit with the old time")
    c.put(5, "alpha", ">= 9.0.0")
    c.same("a new advisory")
    c.put(6, "delta", ">= 9.0.0")
    c.same("a new package")
    c.path(6, "delta").unlink()
    c.same("a removed advisory")
    shutil.rmtree(c.db / "crates" / "delta")
    c.same("a removed package")
    other = c.temp / "other.md"
    other.write_text(advisory(5, "alpha", ">= 0.2.0"))
    os.utime(other, ns=(old.st_atime_ns, old.st_mtime_ns))
    other.rename(c.path(5, "alpha"))
    c.same("another file in its place")


def broken_caches(c):
    path = c.indexes()[0]
    whole = path.read_bytes()
    for name, data in (("empty", b""), ("cut short", whole[:len(whole) // 2]), ("noise", os.urandom(4096)),
                       ("a head without its records", whole[:200])):
        path.write_bytes(data)
        c.same(f"an index that is {name}")
    path.unlink()
    path.symlink_to("/dev/full")
    c.same("a link to a device")
    check("the link was replaced", path.is_file() and not path.is_symlink(), path)
    shutil.rmtree(c.cache)
    c.cache.write_text("no folder")
    c.same("no room for a cache")
    c.cache.unlink()
    c.same("without a cache, then with one")
    check("no temporary file is left", all(p.name.endswith(".index") for p in c.indexes()), c.indexes())


def main():
    if shutil.which("git") is None:
        print("SKIPPED: git is not installed\n0 passed, 0 failed, 1 skipped")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        c = Checkout(pathlib.Path(folder))
        c.same("the first commit")
        check("an index was made", len(c.indexes()) == 1, c.indexes())
        check("the first commit: the index is used", c.is_used())
        changes_by_git(c)
        changes_by_hand(c)
        broken_caches(c)
        shutil.rmtree(c.db / ".git")
        shutil.rmtree(c.cache)
        c.same("no checkout")
        check("no checkout: no index", not c.indexes(), c.indexes())
    for fault in faults:
        print(fault)
    print(f"{passed} passed, {len(faults)} failed, 0 skipped")
    return 1 if faults else 0


sys.exit(main())
