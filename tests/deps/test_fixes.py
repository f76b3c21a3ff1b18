# SPDX-License-Identifier: MIT OR Apache-2.0
"""The fix of a finding on a crate: `cargo update` where Cargo takes it, and who stands in the way where a requirement
of a manifest leaves the version out, which Cargo refuses ("failed to select a version"). Usage: test_fixes.py RP"""
import json
import pathlib
import subprocess
import sys
import tempfile

RUSTPROOF = pathlib.Path(sys.argv[1]).resolve()
REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"
ADVISORY = ('```toml\n[advisory]\nid = "RUSTSEC-2099-0001"\npackage = "dep"\ndate = "2099-01-01"\n[versions]\n'
            'patched = [">= 1.11.1"]\n```\n\n# Title\n')
TAKEN = "cargo update -p dep --precise 1.11.1"
# what the two members ask for, and under which table; by Cargo's rules for requirements 1.11.1 is in it or not
CASES = [(["1"], "dependencies", TAKEN), (["1.10"], "dependencies", TAKEN), (["^1.10.1"], "dependencies", TAKEN),
         ([">=1.10, <2"], "dependencies", TAKEN), (["=1.10.1"], "dependencies", 'a asks for "=1.10.1"'),
         (["~1.10.0"], "dependencies", 'a asks for "~1.10.0"'), (["1.10.*"], "dependencies", 'a asks for "1.10.*"'),
         ([">=1, <1.11"], "dependencies", 'a asks for ">=1, <1.11"'),
         (["=1.10.1"], "dev-dependencies", 'a asks for "=1.10.1"'),
         (["=1.10.1"], "build-dependencies", 'a asks for "=1.10.1"'),
         (["1", "=1.10.1"], "dependencies", 'b asks for "=1.10.1"'), (["1", "1.10"], "dependencies", TAKEN)]


def fixes(temp, requirements, table):
    names = "ab"[:len(requirements)]
    (temp / "Cargo.toml").write_text(f"[workspace]\nmembers = {json.dumps(list(names))}\n")
    lock = "version = 4\n"
    for name, requirement in zip(names, requirements):
        (temp / name / "src").mkdir(parents=True, exist_ok=True)
        (temp / name / "src" / "lib.rs").write_text("")
        (temp / name / "Cargo.toml").write_text(
            f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2021"\n[{table}]\ndep = "{requirement}"\n')
        lock += f'\n[[package]]\nname = "{name}"\nversion = "0.1.0"\ndependencies = [\n "dep",\n]\n'
    lock += f'\n[[package]]\nname = "dep"\nversion = "1.10.1"\nsource = "{REGISTRY}"\nchecksum = "{"0" * 64}"\n'
    (temp / "Cargo.lock").write_text(lock)
    p = subprocess.run([RUSTPROOF, "deps", temp / "Cargo.lock", "--db", temp / "db", "-f", "json", "--select", "RP9101",
                        "--exit-zero"], capture_output=True, text=True,
                       env={"HOME": "/nonexistent", "CARGO_HOME": "/nonexistent"})
    results = json.loads(p.stdout)["targets"][0]["results"]
    return [f["value"] for r in results if r["code"] == "RP9101" for f in r["fixes"]]


def main():
    faults = []
    for requirements, table, wanted in CASES:
        with tempfile.TemporaryDirectory() as folder:
            temp = pathlib.Path(folder)
            (temp / "db" / "crates" / "dep").mkdir(parents=True)
            (temp / "db" / "crates" / "dep" / "RUSTSEC-2099-0001.md").write_text(ADVISORY)
            got = fixes(temp, requirements, table)
            if len(got) != 1 or (got[0] != wanted if wanted == TAKEN else wanted not in got[0]):
                faults.append(f"{requirements} in {table}: {got}")
    print("\n".join(faults + [f"{len(CASES) - len(faults)} passed, {len(faults)} failed, 0 skipped"]))
    return 1 if faults else 0


sys.exit(main())
