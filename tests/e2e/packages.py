#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Fetches prebuilt Rust binaries (npm packages, Debian packages) and holds rustproof's results against facts that were
read with other tools: packages.toml and code.toml for npm, readelf in this very run for Debian's.

  packages.py RUSTPROOF CACHE [--large]

Without a network each package is skipped, and said so.
"""
import base64
import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
DEBIAN = ["ripgrep", "fd-find", "hexyl"]


class Run:
    def __init__(self, rustproof, cache):
        self.rustproof, self.cache = rustproof, cache
        self.counts = {"passed": 0, "failed": 0, "skipped": 0}
        self.offline = False  # found out once, not for each package

    def case(self, name, faults):
        self.counts["failed" if faults else "passed"] += 1
        for fault in faults:
            print(f"FAILED {name}: {fault}")

    def skip(self, name, why):
        self.counts["skipped"] += 1
        print(f"SKIPPED {name}: {why}")

    def audit(self, path):
        """The targets of one file, from the JSON report."""
        run = subprocess.run([self.rustproof, "bin", "--format", "json", "--any-language", path],
                             capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120)
        if run.returncode not in (0, 1, 3):
            raise RuntimeError(f"exit {run.returncode}: {run.stderr.strip()[-300:]}")
        return json.loads(run.stdout)["targets"]

    def npm(self, name, version, integrity):
        """The package's file, or None with the reason printed."""
        file = self.cache / f"{name.replace('@', '').replace('/', '-')}-{version}.tgz"
        if not file.exists():
            if not shutil.which("npm"):
                return self.skip(name, "npm is not installed")
            if self.offline:
                return self.skip(name, "npm reached nothing before")
            with tempfile.TemporaryDirectory() as folder:
                command = ["npm", "pack", "--ignore-scripts", "--fetch-retries=1", "--fetch-retry-mintimeout=1000",
                           "--loglevel=error", f"{name}@{version}"]
                try:
                    run = subprocess.run(command, cwd=folder, capture_output=True, text=True,
                                         stdin=subprocess.DEVNULL, timeout=120)
                except subprocess.TimeoutExpired:
                    self.offline = True
                    return self.skip(name, "npm pack took more than two minutes (no network?)")
                made = list(pathlib.Path(folder).glob("*.tgz"))
                if run.returncode != 0 or not made:
                    self.offline = True
                    return self.skip(name, "npm pack failed (no network?): " + run.stderr.strip()[-160:])
                shutil.move(made[0], file)
        digest = "sha512-" + base64.b64encode(hashlib.sha512(file.read_bytes()).digest()).decode()
        if digest != integrity:
            self.case(name, [f"the fetched file has {digest}, not {integrity}"])
            file.unlink()
            return None
        return file


def compare(target, group, entry):
    """What differs between a target of the report and the facts of packages.toml."""
    artefact, rust = target["artefact"], target["artefact"]["rust"]
    formats = {"elf": "ELF", "pe": "PE", "macho": "Mach-O"}
    faults = []
    for what, got, want in (("format", artefact["format"], formats[entry["format"]]),
                            ("arch", artefact["arch"], entry["arch"]),
                            ("is_rust", rust["is_rust"], "yes"),
                            ("rustc commit", rust["commit"], group["commit"]),
                            ("triple", rust["triple"], entry.get("triple", rust["triple"]))):
        if got != want:
            faults.append(f"{what}: {got!r}, not {want!r}")
    if rust["version"] and rust["version"] != group["rustc"]:
        faults.append(f"rustc: {rust['version']!r}, not {group['rustc']!r}")
    outcomes = {r["name"]: r for r in target["results"]}
    for check, want in {**group[entry["format"]], **entry["outcomes"]}.items():
        allowed = want if isinstance(want, list) else [want]
        got = outcomes.get(check)
        if got is None:
            faults.append(f"{check}: no result")
        elif got["outcome"] not in allowed:
            faults.append(f"{check}: {got['outcome']} ({got['text']}), not {' or '.join(allowed)}")
    return faults


def npm_packages(run, large):
    for group in tomllib.loads((HERE / "packages.toml").read_text()).values():
        if group.get("large", False) != large:
            continue
        for entry in group["file"]:
            file = run.npm(entry["name"], group["version"], entry["integrity"])
            if file is None:
                continue
            try:
                targets = [t for t in run.audit(file) if t["judged"]]
            except (RuntimeError, ValueError) as error:
                run.case(entry["name"], [str(error)])
                continue
            faults = [] if targets else ["no target was judged"]
            for target in targets:
                faults += [f"{target['member']}: {f}" for f in compare(target, group, entry)]
            run.case(entry["name"], faults)


def code_of(node):
    """The code facts that count anything, wherever the document keeps them."""
    if isinstance(node, dict):
        if "edges" in node and "protector" in node and node["functions"]:
            yield node
        node = list(node.values())
    for child in node if isinstance(node, list) else []:
        yield from code_of(child)


def code_faults(code, entry):
    """What differs between the code facts and an entry of code.toml."""
    faults = [f"edges {name}: {code['edges'][name]}, not {want}"
              for name, want in entry.get("edges", {}).items() if code["edges"][name] != want]
    if "whole" in entry and code["whole"] != entry["whole"]:
        faults.append(f"whole: {code['whole']}, not {entry['whole']}")
    for name, want in entry.get("covered", {}).items():
        if code[name]["known"] != "yes" or code[name]["covered"] != want:
            faults.append(f"{name}: {code[name]['covered']} covered ({code[name]['known']}), not {want}")
    for name, want in entry.get("outside", {}).items():
        runtime = sum(r["total"] - r["covered"] for r in code[name]["by_owner"] if r["owner"] == "runtime")
        got = code[name]["total"] - code[name]["covered"] - runtime
        if code[name]["known"] != "yes" or got != want:
            faults.append(f"{name}: {got} outside ({code[name]['known']}), not {want}")
    for name, want in entry.get("names", {}).items():
        got = sorted(place["addr"] for place in code[name]["outside"])
        if got != want:
            faults.append(f"{name}: outside at {got}, not {want}")
    return faults


def code_packages(run):
    """Windows and macOS: figures of the machine code."""
    for entry in tomllib.loads((HERE / "code.toml").read_text())["file"]:
        file = run.npm(entry["name"], entry["version"], entry["integrity"])
        if file is None:
            continue
        out = subprocess.run([run.rustproof, "facts", "--code", file], capture_output=True, text=True,
                             stdin=subprocess.DEVNULL, timeout=120).stdout
        code = list(code_of(json.loads(out)))
        run.case(f"code of {entry['name']}",
                 code_faults(code[0], entry) if len(code) == 1 else [f"{len(code)} files with code, not 1"])


def readelf_says(path):
    """Outcomes by readelf alone."""
    out = subprocess.run(["readelf", "-hlWd", path], capture_output=True, text=True, check=True).stdout
    now = re.search(r"BIND_NOW|Flags:.*\bNOW\b", out)
    stack = re.search(r"GNU_STACK.*\s(RWE|RW)\s", out)
    pie = "DYN (Position-Independent" in out

    def verdict(holds):
        return "pass" if holds else "finding"

    return {"pie": verdict(pie), "nx-stack": verdict(stack and stack[1] == "RW"),
            "full-relro": verdict("GNU_RELRO" in out and now),
            "text-relocations": verdict("TEXTREL" not in out),
            "run-path": verdict(not re.search(r"\((RPATH|RUNPATH)\)", out))}


def debian_package(run, package):
    folder = run.cache / "deb"
    folder.mkdir(exist_ok=True)
    if not list(folder.glob(f"{package}_*.deb")):
        if not shutil.which("apt-get"):
            return run.skip(package, "no apt-get here")
        subprocess.run(["apt-get", "download", "-q", package], cwd=folder, capture_output=True,
                       stdin=subprocess.DEVNULL, timeout=120)
    debs = list(folder.glob(f"{package}_*.deb"))
    if not debs:
        return run.skip(package, "apt-get download failed (no network?)")
    targets = [t for t in run.audit(debs[0]) if t["judged"]]
    faults = [] if targets else ["no target was judged"]
    with tempfile.TemporaryDirectory() as out:
        subprocess.run(["dpkg-deb", "-x", debs[0], out], check=True)
        for target in targets:
            inner = pathlib.Path(out, re.sub(r"^.*!(\./)?", "", target["name"]))
            outcomes = {r["name"]: r["outcome"] for r in target["results"]}
            if target["artefact"]["rust"]["is_rust"] != "yes":
                faults.append(f"{inner.name}: is_rust is {target['artefact']['rust']['is_rust']}")
            for check, want in readelf_says(inner).items():
                if outcomes.get(check) != want:
                    faults.append(f"{inner.name}: {check}: {outcomes.get(check)}, readelf says {want}")
    return run.case(package, faults)


def main():
    run = Run(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve())
    run.cache.mkdir(parents=True, exist_ok=True)
    large = "--large" in sys.argv[3:]
    npm_packages(run, large)
    if not large:
        code_packages(run)
        for package in DEBIAN:
            debian_package(run, package)
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**run.counts))
    return 1 if run.counts["failed"] else 77 if not run.counts["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
