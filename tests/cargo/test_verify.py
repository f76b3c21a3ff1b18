#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""deps --verify on a Cargo home made here: archive, tree, vendored folder, mirror and checkout as they should be, and
each tampered with. Checkouts are Cargo's own, of repositories made here; what is found in them is what git says.

  test_verify.py RUSTPROOF
"""
import hashlib
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
FILES = {"Cargo.toml": b'[package]\nname = "it-x"\nversion = "1.2.3"\n', "src/lib.rs": b"pub fn f() {}\n",
         "src/sub/deep.rs": b"// deep\n"}
CRATES_IO = "github.com-1ecc6299db9ec823"
FAILURES = []


def crate():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, data in FILES.items():
            info = tarfile.TarInfo(f"it-x-1.2.3/{name}")
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


ARCHIVE = crate()


def write(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def append(path, data):
    with open(path, "ab") as file:
        file.write(data)


def unpack(folder):
    for name, data in {**FILES, ".cargo-ok": b'{"v":1}'}.items():
        write(folder / name, data)


def judge(root, check="RP9121"):
    run = subprocess.run([PROGRAM, "deps", "--verify", "--select", check, "--cargo-home", root / "home",
                          "-f", "json", root / "project"], capture_output=True, text=True, timeout=60)
    try:
        return json.loads(run.stdout)["targets"][0]["results"]
    except (json.JSONDecodeError, IndexError):
        return [{"outcome": "no report", "text": run.stderr[:300]}]


def hold(name, root, outcome, texts, check="RP9121"):
    results = judge(root, check)
    said = " / ".join(r["text"] for r in results)
    if {r["outcome"] for r in results} != {outcome} or not all(t in said for t in texts):
        FAILURES.append(f"{name}: {sorted({r['outcome'] for r in results})} {said}")


# ---- registries ----

def registry_project(root):
    """The cached archive and the unpacked tree of a project with one dependency."""
    source = root / "home/registry/src" / CRATES_IO / "it-x-1.2.3"
    cache = root / "home/registry/cache" / CRATES_IO / "it-x-1.2.3.crate"
    write(cache, ARCHIVE)
    unpack(source)
    write(root / "project/Cargo.toml", b'[package]\nname = "top"\nversion = "0.1.0"\n[dependencies]\nit-x = "1"\n')
    write(root / "project/Cargo.lock",
          ('version = 4\n[[package]]\nname = "it-x"\nversion = "1.2.3"\n'
           'source = "registry+https://github.com/rust-lang/crates.io-index"\n'
           f'checksum = "{hashlib.sha256(ARCHIVE).hexdigest()}"\n'
           '[[package]]\nname = "top"\nversion = "0.1.0"\ndependencies = ["it-x"]\n').encode())
    return cache, source


REGISTRY_CASES = {  # name: (what is done, outcome, texts that must be found)
    "untouched": (lambda cache, source: None, "pass", ["the sources of the only package"]),
    "archive": (lambda cache, source: append(cache, b"x"), "finding", ["the archive is not the one"]),
    "changed": (lambda cache, source: append(source / "src/lib.rs", b"x"), "finding", ["changed", "src/lib.rs"]),
    "added": (lambda cache, source: append(source / "build.rs", b"fn main() {}"), "finding",
              ["not published", "build.rs"]),
    "removed": (lambda cache, source: (source / "src/sub/deep.rs").unlink(), "finding", ["missing", "deep.rs"]),
    "linked": (lambda cache, source: (source / "src/x.rs").symlink_to("/etc/hostname"), "finding", ["elsewhere"]),
    "no archive": (lambda cache, source: cache.unlink(), "unknown", ["cannot be compared here"]),
    "nothing": (lambda cache, source: (cache.unlink(), shutil.rmtree(source)), "unknown", ["1 package"]),
}


def in_registries():
    for name, (tamper, outcome, texts) in REGISTRY_CASES.items():
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            tamper(*registry_project(root))
            hold(name, root, outcome, texts)
            if name == "nothing":
                hold("blobs of what is not here", root, "unknown", ["not looked at: 1 package"], "RP9122")
    return len(REGISTRY_CASES) + 1


# ---- sources that stand for others ----

def vendored(root, files):
    folder = root / "project/vendor/it-x"
    for name, data in files.items():
        write(folder / name, data)
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    write(folder / ".cargo-checksum.json",
          json.dumps({"files": hashes, "package": hashlib.sha256(ARCHIVE).hexdigest()}).encode())
    replace(root, 'directory = "vendor"')


def replace(root, by):
    write(root / "project/.cargo/config.toml",
          f'[source.crates-io]\nreplace-with = "other"\n[source.other]\n{by}\n'.encode())


def mirrored(root, cache, source, by, folder):
    """What crates.io's folder has is moved to the other registry's."""
    replace(root, by)
    for path in (cache, source):
        to = path.parent.parent / folder / path.name
        to.parent.mkdir(parents=True)
        shutil.move(path, to)
    return root / "home/registry/src" / folder / "it-x-1.2.3"


def in_replacements():
    forged = {**FILES, "src/lib.rs": b"pub fn f() { evil() }\n"}
    mirror, local = 'registry = "sparse+https://mirror.example/index/"', 'local-registry = "local"'

    def vendored_as(files, keep=True):
        def do(root, cache, source):
            vendored(root, files)
            shutil.rmtree(source)
            if not keep:
                cache.unlink()
        return do

    def mirror_as(data, leave):
        def do(root, cache, source):
            append(mirrored(root, cache, source, mirror, "mirror.example-0123456789abcdef") / "src/lib.rs", data)
            if leave:
                registry_project(root)
        return do

    def local_as(data):
        def do(root, cache, source):
            append(mirrored(root, cache, source, local, "-0123456789abcdef") / "src/lib.rs", data)
            write(root / "project/local/it-x-1.2.3.crate", ARCHIVE)
        return do

    cases = {"vendored": (vendored_as(FILES), "pass", ["the only package"]),
             "vendored, without hidden files": (vendored_as({k: v for k, v in FILES.items() if "deep" not in k}),
                                                "pass", ["the only package"]),
             "vendored, file and hash changed": (vendored_as(forged), "finding", ["changed", "src/lib.rs"]),
             "vendored, file and hash added": (vendored_as({**FILES, "build.rs": b"fn main() {}"}), "finding",
                                               ["not published", "build.rs"]),
             "vendored, forged, nothing to tell it by": (vendored_as(forged, False), "pass", []),
             "mirror": (mirror_as(b"", False), "pass", ["the only package"]),
             "mirror changed": (mirror_as(b"x", False), "finding", ["changed", "mirror.example", "src/lib.rs"]),
             "mirror changed, crates.io's copy is not": (mirror_as(b"x", True), "finding", ["mirror.example"]),
             "local registry": (local_as(b""), "pass", ["the only package"]),
             "local registry, changed": (local_as(b"x"), "finding", ["changed", "src/lib.rs"])}
    for name, (make, outcome, texts) in cases.items():
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            make(root, *registry_project(root))
            hold(name, root, outcome, texts)
    return len(cases)


# ---- git ----

QUIET = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_AUTHOR_NAME": "a",
         "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}


def git(folder, *args, **more):
    return subprocess.run(["git", "-c", "protocol.file.allow=always", "-C", folder, *args], check=True,
                          capture_output=True, env=QUIET, **more).stdout


def commit(folder):
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "a change")


def make_repositories(top):
    """A workspace of two packages with a submodule, a link, lines that git writes with CR, and a history whose packs
    have deltas; and a project that asks for both packages. None where Cargo was built with another libgit2 than it
    meets, and can fetch nothing."""
    inner, outer = top / "inner", top / "outer"
    for folder in (inner, outer):
        folder.mkdir()
        git(folder, "init", "-q")
    write(inner / "data.txt", b"inside\n")
    commit(inner)
    write(outer / "Cargo.toml", b'[package]\nname = "outer"\nversion = "0.1.0"\n[workspace]\nmembers = ["part"]\n'
                                b'[dependencies]\npart = { path = "part" }\n')
    write(outer / "part/Cargo.toml", b'[package]\nname = "part"\nversion = "0.2.0"\n')
    for path in (outer, outer / "part"):
        write(path / "src/lib.rs", b"pub fn f() {}\n")
    write(outer / ".gitattributes", b"*.txt eol=crlf\n")
    write(outer / "lines.txt", b"one\r\ntwo\r\n")
    (outer / "link.rs").symlink_to("src/lib.rs")
    git(outer, "submodule", "-q", "add", inner.as_uri(), "inner")
    for i in range(40):
        for k in range(60):
            write(outer / f"many/file-{k:02}.rs", f"// {i * (k % 3 == 0)}\n".encode() + b"// the same\n" * 30)
        commit(outer)
    project = top / "project"
    write(project / "src/lib.rs", b"")
    write(project / "Cargo.toml", ('[package]\nname = "top"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\n'
                                   f'outer = {{ git = "{outer.as_uri()}" }}\n'
                                   f'part = {{ git = "{outer.as_uri()}" }}\n').encode())
    fetch = subprocess.run(["cargo", "fetch", "-q"], cwd=project, capture_output=True, text=True, check=False, env={
        **QUIET, "CARGO_HOME": str(top / "home"), "CARGO_NET_GIT_FETCH_WITH_CLI": "false"})
    if "on git_proxy_options" in fetch.stderr:
        return None
    fetch.check_returncode()
    return next((top / "home/git/checkouts").glob("outer-*/*"))


def packs_of(checkout):
    return sorted((checkout / ".git/objects/pack").glob("*.pack"))


def repack(checkout):
    git(checkout, "repack", "-adfq", "--depth=50")
    pack = packs_of(checkout)[0]
    chains = git(checkout, "verify-pack", "-v", pack).decode()
    assert "chain length = " in chains, "no deltas: nothing is tested"


def loosen(checkout):
    for pack in packs_of(checkout):
        moved = checkout.parent / pack.name
        shutil.move(pack, moved)
        pack.with_suffix(".idx").unlink()
        git(checkout, "unpack-objects", "-q", input=moved.read_bytes())


def borrow(checkout):
    shutil.move(checkout / ".git/objects", checkout.parent / "elsewhere")
    write(checkout / ".git/objects/info/alternates", b"../../../elsewhere\n")
    (checkout / ".git/objects/pack").mkdir()


def damage(checkout):
    for pack in packs_of(checkout):
        pack.chmod(0o644)
        data = pack.read_bytes()
        pack.write_bytes(data[:12] + bytes(b ^ 0x55 for b in data[12:-20]) + data[-20:])


def rename_tree(checkout):
    """An honest object under another's name: the root tree of the commit before."""
    loosen(checkout)
    objects = checkout / ".git/objects"
    tree, other = (git(checkout, "rev-parse", at).decode().strip() for at in ("HEAD^{tree}", "HEAD~1^{tree}"))
    path = objects / tree[:2] / tree[2:]
    path.chmod(0o644)
    path.write_bytes((objects / other[:2] / other[2:]).read_bytes())


def relink(checkout):
    (checkout / "link.rs").unlink()
    (checkout / "link.rs").symlink_to("/etc/hostname")


GIT_CASES = {
    "as fetched": (lambda c: None, "pass", ["all 2 packages"]),
    "deltas": (repack, "pass", []),
    "loose objects": (loosen, "pass", []),
    "borrowed objects": (borrow, "pass", []),
    "packed references": (lambda c: git(c, "pack-refs", "--all"), "pass", []),
    "detached": (lambda c: git(c, "checkout", "-q", "--detach"), "pass", []),
    "changed": (lambda c: append(c / "src/lib.rs", b"x"), "finding", ["was changed", "src/lib.rs"]),
    "changed in a package below": (lambda c: append(c / "part/src/lib.rs", b"x"), "finding", ["part/src/lib.rs"]),
    "changed in a submodule": (lambda c: append(c / "inner/data.txt", b"x"), "finding", ["inner/data.txt"]),
    "changed, with deltas": (lambda c: (repack(c), append(c / "many/file-30.rs", b"x")), "finding", ["file-30.rs"]),
    "a line more, with CR": (lambda c: append(c / "lines.txt", b"three\r\n"), "finding", ["lines.txt"]),
    "added": (lambda c: append(c / "build.rs", b"fn main() {}"), "finding", ["not published", "build.rs"]),
    "added in a submodule": (lambda c: append(c / "inner/x", b"x"), "finding", ["not published", "inner/x"]),
    "removed": (lambda c: (c / "many/file-00.rs").unlink(), "finding", ["missing", "file-00.rs"]),
    "another link": (relink, "finding", ["was changed", "link.rs"]),
    "a new link": (lambda c: (c / "src/x.rs").symlink_to("/etc/hostname"), "finding", ["elsewhere", "src/x.rs"]),
    "another commit": (lambda c: (append(c / "src/lib.rs", b"x"), commit(c)), "finding", ["of another commit"]),
    "damaged packs": (damage, "unknown", ["cannot be compared here"]),
    "an object under another name": (rename_tree, "unknown", ["cannot be compared here"]),
    "no objects": (lambda c: shutil.rmtree(c / ".git/objects"), "unknown", ["cannot be compared here"]),
    "no HEAD": (lambda c: (c / ".git/HEAD").unlink(), "unknown", ["cannot be compared here"]),
}


def say_of_git(checkout):
    """The files that differ from the commit, of submodules too."""
    names = set()
    for folder, prefix in ((checkout, ""), (checkout / "inner", "inner/")):
        for line in git(folder, "status", "--porcelain", "-uall", "--ignore-submodules").decode().splitlines():
            if line[3:] != ".cargo-ok":
                names.add(prefix + line[3:])
    return names


def in_git():
    if shutil.which("git") is None or shutil.which("cargo") is None:
        print("skipped: checkouts, which need git and cargo")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        checkout = make_repositories(root)
        if checkout is None:
            print("skipped: checkouts, which need a cargo that fits its libgit2")
            return 0
        home = root / "home"
        shutil.copytree(home, root / "clean", symlinks=True)
        for name, (tamper, outcome, texts) in GIT_CASES.items():
            tamper(checkout)
            hold(f"git: {name}", root, outcome, texts)
            if outcome != "unknown" and name != "another commit":
                found = {str(pathlib.Path(r["where"]["file"]).relative_to(checkout))
                         for r in judge(root) if r["outcome"] == "finding"}
                if found != say_of_git(checkout):
                    FAILURES.append(f"git: {name}: {sorted(found)}, git says {sorted(say_of_git(checkout))}")
            shutil.rmtree(home)
            shutil.copytree(root / "clean", home, symlinks=True)
    return len(GIT_CASES)


def main():
    cases = in_registries() + in_replacements() + in_git()
    print("\n".join([f"FAIL {f}" for f in FAILURES] + [f"{cases} cases, {len(FAILURES)} failures"]))
    return 1 if FAILURES else 0


sys.exit(main())
