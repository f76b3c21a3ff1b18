#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""SARIF of every command that judges: against OASIS' schema, every rule that a result names is described,
every place is a relative or file URI, and the findings are those of `-f json`."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.parse

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
SCHEMA = pathlib.Path(os.environ.get("RUSTPROOF_SCHEMAS") or
                      pathlib.Path(__file__).resolve().parents[3] / "shared/data/schemas") / "sarif-schema-2.1.0.json"
try:
    import jsonschema
except ImportError:
    print("skipped: no jsonschema for python")
    sys.exit(77)
if not SCHEMA.is_file():
    print(f"skipped: no {SCHEMA} (RUSTPROOF_SCHEMAS)")
    sys.exit(77)

LEVELS = {"deny": "error", "warn": "warning", "note": "note"}
LOCK = ('version = 4\n\n[[package]]\nname = "app"\nversion = "1.0.0"\ndependencies = ["smallvec"]\n\n'
        '[[package]]\nname = "smallvec"\nversion = "1.6.0"\n'
        'source = "registry+https://github.com/rust-lang/crates.io-' 'index"\nchecksum = "' + "01" * 32 + '"\n')
ADVISORY = ('```toml\n[advisory]\nid = "RUSTSEC-2021-0003"\npackage = "smallvec"\ndate = "2021-01-08"\n'
            '[versions]\npatched = [">= 1.6.1"]\n```\n\n# Buffer overflow \x07\u202e "in" <b>\n')
SOURCE = "pub fn f(v: &mut Vec<u8>) {\n    unsafe { v.set_len(9) }\n}\n"
FAILURES = []


def check(ok, text):
    if not ok:
        FAILURES.append(text)


def run(folder, form, args):
    p = subprocess.run([PROGRAM, *args, "-f", form], cwd=folder, capture_output=True, timeout=120,
                       env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(folder)})
    check(p.returncode in (0, 1, 3), f"{args}: exit {p.returncode}: {p.stderr[:300]!r}")
    return json.loads(p.stdout)


def expected(report):
    return sorted((r["code"], LEVELS[r["level"]], r["fingerprint"]) for t in report["targets"]
                  for r in t["results"] if r["outcome"] == "finding" and not r["allowed"])


def hold(folder, args, some=True):
    doc, report = run(folder, "sarif", args), run(folder, "json", args)
    schema = json.loads(SCHEMA.read_text())
    for error in jsonschema.Draft4Validator(schema).iter_errors(doc):
        check(False, f"{args}: {list(error.absolute_path)}: {error.message[:200]}")
    sarif = doc["runs"][0]
    rules = [r["id"] for r in sarif["tool"]["driver"]["rules"]]
    check(len(rules) == len(set(rules)), f"{args}: a rule twice")
    check({r["ruleId"] for r in sarif["results"]} == set(rules), f"{args}: rules and results differ")
    found = sorted((r["ruleId"], r["level"], r["partialFingerprints"]["rustproof/v1"])
                   for r in sarif["results"] if r["kind"] == "fail" and "suppressions" not in r)
    check(found == expected(report), f"{args}: {found} instead of {expected(report)}")
    check(not some or found, f"{args}: nothing found")
    check(sarif["invocations"][0]["executionSuccessful"] == report["summary"]["complete"], f"{args}: complete")
    for result in sarif["results"]:
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        parts = urllib.parse.urlsplit(uri)
        check(parts.scheme in ("", "file") and uri.isascii() and " " not in uri, f"{args}: {uri}")
        if not parts.scheme:
            check((folder / urllib.parse.unquote(uri)).exists() or not uri.startswith("/"), f"{args}: no {uri}")
    return sarif


def lines(folder):
    """The finding stands on the package's line, by a path that fits the repository."""
    for args in (["deps", "--db", "db", "a b/Cargo.lock"], ["deps", "--db", "db", str(folder / "a b/Cargo.lock")]):
        found = [r for r in hold(folder, args)["results"] if r["ruleId"] == "RP9101"]
        place = found[0]["locations"][0]["physicalLocation"]
        check(place["artifactLocation"]["uri"] == "a%20b/Cargo.lock", f"place {place}")
        check(place["region"]["startLine"] == 8, f"region {place}")
        check("\u202e" not in found[0]["message"]["text"], "a hidden character in the message")
    hidden = hold(folder, ["deps", "--db", "db", "-A", "RP9101", "--show-suppressed", "a b/Cargo.lock"])
    check(any(r.get("suppressions") for r in hidden["results"]), "nothing is suppressed")
    hold(folder, ["deps", "-A", "all", "a b/Cargo.lock"], some=False)
    broken = hold(folder, ["deps", "--db", "db", "broken/Cargo.lock", "a b/Cargo.lock"])
    check(len(broken["invocations"][0]["toolExecutionNotifications"]) == 1, "the broken file is not told")


with tempfile.TemporaryDirectory() as temp:
    top = pathlib.Path(temp).resolve()
    for name, text in (("a b/Cargo.lock", LOCK), ("broken/Cargo.lock", "version = "),
                       ("db/crates/smallvec/RUSTSEC-2021-0003.md", ADVISORY), ("s/src/lib.rs", SOURCE),
                       ("s/Cargo.toml", '[package]\nname = "s"\nversion = "0.1.0"\n')):
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(text)
    lines(top)
    hold(top, ["src", "s"])
    hold(top, ["bin", "/bin/ls", "--show", "all"], some=False)
print("\n".join(FAILURES) or "ok")
sys.exit(bool(FAILURES))
