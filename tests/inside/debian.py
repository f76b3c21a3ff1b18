#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Crates recovered from Debian's own Rust programs, against what Debian says was linked in.

  debian.py INSIDE FOLDER [--table] [--traces]

FOLDER holds packages (`apt-get download NAME`) whose control file has X-Cargo-Built-Using: the
source packages of the crates that were linked, with versions. Many of them leave no code of their
own (libc, bitflags, cfg-if), or none that can panic (itoa, ryu): no path names them. The package's
own crate counts neither as found nor as wrong. Beside ours: the pattern that cargo-audit and blint search for, and a
pattern without a root. --traces: what of the crates that were not found can be read in the files at all.
Skipped (77) without packages."""
import collections
import pathlib
import re
import subprocess
import sys
import tempfile

CARGO_AUDIT = re.compile(rb"cargo/registry/src/[^/\x00-\x1f]+/([0-9A-Za-z_-]+)-"
                         rb"([0-9]+\.[0-9]+\.[0-9]+[0-9A-Za-z+.-]*)/")
ANY_ROOT = re.compile(rb"/([A-Za-z][0-9A-Za-z_-]*?)-([0-9]+\.[0-9]+\.[0-9]+"
                      rb"(?:[-+][0-9A-Za-z.+-]+)?)/[0-9A-Za-z_/.-]*?\.rs")


def truth_of(deb):
    text = subprocess.run(["dpkg-deb", "-f", deb, "X-Cargo-Built-Using"], capture_output=True,
                          text=True, check=True).stdout
    found = set()
    for name, version in re.findall(r"([\w.+-]+) \(= ([^)]+)\)", text):
        if name.startswith("rust-"):
            upstream = re.sub(r"^\d+:", "", version).rsplit("-", 1)[0]
            found.add((name[5:], re.sub(r"[+~.](dfsg|ds|repack|really).*$", "", upstream)))
    return found


def own(deb):
    """Name and version of the source package: the program's own crate is not among those that it
    was linked with, yet lies where they do."""
    field = {}
    for key in ("Package", "Source", "Version"):
        field[key] = subprocess.run(["dpkg-deb", "-f", deb, key], capture_output=True, text=True,
                                    check=True).stdout.strip()
    source = re.match(r"[\w.+-]*", field["Source"] or field["Package"])[0]
    version = re.sub(r"^\d+:", "", re.search(r"\((.*)\)", field["Source"] or "()")[1]
                     if "(" in field["Source"] else field["Version"]).rsplit("-", 1)[0]
    return {re.sub("^rust-", "", n) for n in (source, field["Package"])}, version


def is_own(crate, package):
    names, version = package
    name = re.sub("^rust-", "", crate[0].lower().replace("_", "-"))
    return name in names and version.endswith(crate[1])


def match(name, version, truth):
    """The entry of the truth that a crate is, or None: Debian lowers names, writes '-' for '_' and
    adds the first numbers of the version where it has several."""
    name = name.lower().replace("_", "-")
    version = version.split("+")[0].replace("-", "~")
    for known, upstream in truth:
        base = re.sub(r"-\d+(\.\d+)?$", "", known)
        if name in (known, base) and upstream.replace("-", "~") == version:
            return known, upstream
    return None


def recovered(inside, files):
    out = subprocess.run([inside, *files], capture_output=True, text=True, check=True,
                         errors="replace").stdout
    found, per_file = set(), None
    for line in out.splitlines():
        cell = line.split("\t")
        if cell[0] == "crate" and cell[3] not in ("std", "path") and cell[2] and cell[8] == "0":
            found.add((cell[1], cell[2]))
    return found


def by_pattern(pattern, files):
    found = set()
    for f in files:
        for name, version in pattern.findall(pathlib.Path(f).read_bytes()):
            found.add((name.decode(), version.decode()))
    return found


def trace_of(name, version, text):
    """The best trace of a crate in `text` (words, words before `::`, all bytes): what any reader of
    strings could go by. Words like `log` and `either` are there by chance, too."""
    words, modules, blob = text
    version = version.replace("~", "-").encode()
    names = {name, re.sub(r"-\d+(\.\d+)?$", "", name)}
    names = {n.encode() for n in names | {n.replace("-", "_") for n in names}}
    if any(n + mark + version in blob for n in names for mark in (b"-", b"/", b" ", b"@", b" v", b"_")):
        return "name and version"
    if any(n in modules for n in names):
        return "name before `::`"
    return "name as a word" if any(n in words for n in names) else "none"


def text_of(files):
    blob = subprocess.run(["strings", "-n", "4", *files], capture_output=True, check=True).stdout
    return (set(re.findall(rb"[A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)*", blob)),
            set(re.findall(rb"([A-Za-z0-9_]+)::", blob)), blob)


class Score:
    def __init__(self):
        self.hit = self.truth = self.false = self.given = 0

    def add(self, found, truth, package):
        found = {c for c in found if not is_own(c, package)}
        hits = {match(*c, truth) for c in found} - {None}
        self.hit += len(hits)
        self.truth += len(truth)
        self.given += len(found)
        wrong = {c for c in found if match(*c, truth) is None}
        self.false += len(wrong)
        return wrong

    def row(self, name):
        recall = 100 * self.hit / max(1, self.truth)
        precision = 100 * (self.given - self.false) / max(1, self.given)
        return (f"| {name} | {self.hit} of {self.truth} | {recall:.1f} % | "
                f"{precision:.1f} % ({self.false} wrong) |")


def main():
    inside, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    debs = sorted(folder.glob("*.deb")) if folder.is_dir() else []
    if not debs:
        print("skipped: no packages in", folder)
        return 77
    ours, audit, root = Score(), Score(), Score()
    programs, traces = 0, collections.Counter()
    for deb in debs:
        truth = truth_of(deb)
        if not truth:
            continue
        with tempfile.TemporaryDirectory() as tmp:
            subprocess.run(["dpkg-deb", "-x", deb, tmp], check=True)
            files = [str(p) for p in pathlib.Path(tmp).rglob("*")
                     if p.is_file() and not p.is_symlink() and p.read_bytes()[:4] == b"\x7fELF"]
            if not files:
                continue
            programs += len(files)
            found = recovered(inside, files)
            wrong = ours.add(found, truth, own(deb))
            if "--traces" in sys.argv:
                text = text_of(files)
                traces.update(trace_of(*c, text) for c in truth - {match(*f, truth) for f in found})
            audit.add(by_pattern(CARGO_AUDIT, files), truth, own(deb))
            root.add(by_pattern(ANY_ROOT, files), truth, own(deb))
        if "--table" in sys.argv:
            print(deb.name.split("_")[0], len(truth), "wrong:", sorted(wrong))
    print(f"{len(debs)} packages, {programs} programs and libraries")
    print("| means | recovered | recall | precision |")
    print("|---|---|---|---|")
    print(ours.row("rustproof"))
    print(audit.row("cargo-audit's and blint's pattern"))
    print(root.row("pattern without a root"))
    if traces:
        print("not found, by what the files have of them:", dict(traces))
    good = ours.given and ours.false * 50 <= ours.given
    print(f"{1 if good else 0} passed, {0 if good else 1} failed")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
