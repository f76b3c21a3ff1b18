# SPDX-License-Identifier: MIT OR Apache-2.0
"""Ignored advisories, from the project's files to the verdicts, against a database made here.
Usage: test_ignores.py RUSTPROOF"""
import json
import pathlib
import subprocess
import sys
import tempfile

RUSTPROOF = pathlib.Path(sys.argv[1]).resolve()
LOCK = """version = 4

[[package]]
name = "app"
version = "0.1.0"
dependencies = ["foo"]

[[package]]
name = "foo"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "%s"
""" % ("0" * 64)
ADVISORY = """```toml
[advisory]
id = "RUSTSEC-2099-0001"
package = "foo"
date = "2099-01-01"
aliases = ["CVE-2099-1"]
[versions]
patched = [">= 1.2.3"]
```

# Title
"""
CASES = [  # file, text, outcome of RP9101, outcome of RP9107
    (None, "", "finding", "not-applicable"),
    ("deny.toml", '[advisories]\nignore = ["RUSTSEC-2099-0001"]\n', "pass", "pass"),
    ("deny.toml", '[advisories]\nignore = [{ id = "CVE-2099-1", reason = "no input" }]\n', "pass", "pass"),
    (".cargo/audit.toml", '[advisories]\nignore = ["RUSTSEC-2099-0001"]\n', "pass", "pass"),
    ("rustproof.toml", '[advisories]\nignore = [{ id = "RUSTSEC-2099-0001", until = 2020-01-01 }]\n', "finding",
     "finding"),
    ("osv-scanner.toml", '[[IgnoredVulns]]\nid = "RUSTSEC-2099-0001"\nignoreUntil = 2999-01-01\n', "pass", "pass"),
    ("deny.toml", '[advisories]\nignore = ["RUSTSEC-2000-0001"]\n', "finding", "finding"),
    ("deny.toml", "[advisories\n", "finding", "finding"),
]


def outcomes(folder):
    done = subprocess.run([RUSTPROOF, "deps", folder / "p", "--db", folder / "db", "-f", "json", "--exit-zero",
                           "--show", "all"], capture_output=True, text=True, timeout=60)
    results = json.loads(done.stdout)["targets"][0]["results"]
    return {r["code"]: r["outcome"] for r in results if r["code"] in ("RP9101", "RP9107")}


def main():
    failed = 0
    for name, text, vulnerable, ignored in CASES:
        with tempfile.TemporaryDirectory() as temp:
            folder = pathlib.Path(temp)
            (folder / "db/crates/foo").mkdir(parents=True)
            (folder / "db/crates/foo/RUSTSEC-2099-0001.md").write_text(ADVISORY)
            (folder / "p/.cargo").mkdir(parents=True)
            (folder / "p/Cargo.lock").write_text(LOCK)
            if name:
                (folder / "p" / name).write_text(text)
            got = outcomes(folder)
            want = {"RP9101": vulnerable, "RP9107": ignored}
            if got != want:
                failed += 1
                print(f"{name} {text!r}: {got}, not {want}")
    print(f"{len(CASES) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


sys.exit(main())
