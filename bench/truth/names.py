#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Draws names of packages by chance, so that nobody chooses what the rules are measured on.

  names.py FOLDER [--seed N] [--names 48] > Cargo.toml

FOLDER has packages (NAME-VERSION), as a registry cache does. The names are those that manifests there depend on, in
tests, too, and that neither the folder nor precision.csv has. They are sorted and drawn with the seed; printed is the
manifest of a package that depends on them, for `cargo vendor`: what they bring that the folder lacks is drawn as well.
Exit 77 without packages.
"""
import argparse
import pathlib
import random
import sys
import tomllib

import draw
import measure

HEAD = '[package]\nname = "drawn"\nversion = "0.0.0"\nedition = "2021"\n\n[dependencies]'


def wanted(package):
    """Names that a manifest depends on: those for tests, too."""
    try:
        manifest = tomllib.loads((package / "Cargo.toml").read_text())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return set()
    tables = [manifest, *manifest.get("target", {}).values()]
    rows = [d for t in tables for kind in ("dependencies", "dev-dependencies") for d in t.get(kind, {}).items()]
    return {row.get("package", name) if isinstance(row, dict) else name for name, row in rows}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--names", type=int, default=48)
    args = parser.parse_args()
    packages = [p.parent for p in args.folder.glob("*/Cargo.toml")]
    if not packages:
        print("skipped: no packages in the folder")
        return 77
    known = {measure.name_of(p.name) for p in packages} | draw.labelled_names()
    fresh = sorted(set().union(*map(wanted, packages)) - known)
    print(HEAD)
    for name in sorted(random.Random(args.seed).sample(fresh, min(args.names, len(fresh)))):
        print(f'{name} = "*"')
    return 0


if __name__ == "__main__":
    sys.exit(main())
