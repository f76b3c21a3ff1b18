#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Fetches the crates that the table of labelled bugs names: each vulnerable version and the first fixed one.

  fetch.py UNSAFE_BUGS.csv FOLDER

Packages come from where cargo's own registry configuration says; FOLDER gets NAME-VERSION folders and
pairs.json: rows of the table with the folders of both versions ("" where there is none). What is there is
not fetched again. Exit 77 when the table or the network is missing.
"""
import csv
import io
import json
import pathlib
import re
import subprocess
import sys
import tarfile


def curl(url):
    run = subprocess.run(["curl", "-sSfL", "--max-time", "60", url], capture_output=True)
    return run.stdout if run.returncode == 0 else None


def registry():
    """(template of downloads, base of the sparse index) as cargo has stored them; None without."""
    for config in sorted(pathlib.Path.home().glob(".cargo/registry/index/*/config.json")):
        base = "https://" + config.parent.name.rsplit("-", 1)[0]
        return json.loads(config.read_text())["dl"], base
    return None


def index_path(name):
    name = name.lower()
    if len(name) <= 3:
        return f"{len(name)}/{name[0] + '/' if len(name) == 3 else ''}{name}"
    return f"{name[:2]}/{name[2:4]}/{name}"


def key(version):
    core, _, pre = version.split("+")[0].partition("-")
    return [int(x) for x in core.split(".")], pre == "", pre


def allowed(version, requirement):
    """A comma-separated requirement of comparison and caret terms, as the table's advisories have them."""
    for term in requirement.split(","):
        match = re.fullmatch(r"\s*(>=|<=|>|<|=|\^|~)?\s*([\w.+-]+)\s*", term)
        if match is None:
            return False
        op, bound = match.group(1) or "^", match.group(2).split("-")[0].split(".")
        bound = [int(x) if x.isdigit() else 0 for x in bound] + [0] * (3 - len(bound))
        have = key(version)[0]
        upper = {"^": bound[:1] if bound[0] else bound[:2] if bound[1] else bound, "~": bound[:2]}.get(op)
        if upper is not None:
            good = have >= bound and have[:len(upper)] == upper
        else:
            good = {">=": have >= bound, "<=": have <= bound, ">": have > bound, "<": have < bound,
                    "=": have == bound}[op]
        if not good:
            return False
    return True


def versions(base, name, cache):
    if name not in cache:
        text = curl(f"{base}/{index_path(name)}")
        cache[name] = [json.loads(line)["vers"] for line in (text or b"").splitlines() if line]
    return cache[name]


def fetch(template, folder, name, version):
    target = folder / f"{name}-{version}"
    if target.is_dir():
        return target.name
    if "{" in template:
        url = template.replace("{crate}", name).replace("{version}", version)
    else:
        url = f"{template}/{name}/{version}/download"
    data = curl(url)
    if data is None:
        return ""
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        members = [m for m in tar.getmembers()
                   if (m.isfile() or m.isdir()) and not m.name.startswith("/") and ".." not in m.name.split("/")]
        tar.extractall(folder, members=members)
    return target.name if target.is_dir() else ""


def fixed_version(row, known):
    for part in row["fixed_versions"].split("||"):
        good = sorted((v for v in known if part.strip() and allowed(v, part) and key(v)[1]), key=key)
        after = [v for v in good if key(v) > key(row["version_affected"])]
        if after:
            return after[0]
    return ""


def main():
    table, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    where = registry()
    if not table.is_file() or where is None:
        print("skipped: no table of labelled bugs, or cargo has never read its registry")
        return 77
    folder.mkdir(parents=True, exist_ok=True)
    rows, cache = list(csv.DictReader(table.open())), {}
    for row in rows:
        row["bad"] = fetch(where[0], folder, row["crate"], row["version_affected"]) if row["version_affected"] else ""
        better = fixed_version(row, versions(where[1], row["crate"], cache)) if row["bad"] else ""
        row["good"] = fetch(where[0], folder, row["crate"], better) if better else ""
    (folder / "pairs.json").write_text(json.dumps(rows, indent=1))
    print(f"{len(rows)} rows, {sum(r['bad'] != '' for r in rows)} with sources, "
          f"{sum(r['good'] != '' for r in rows)} with a fixed version")
    return 0


if __name__ == "__main__":
    sys.exit(main())
