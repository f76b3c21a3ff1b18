#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Bills of materials and VEX documents against the official schemas: a lock file, a project with
licences, a program that says nothing of itself, names that are hostile. Equal input, equal bytes;
every reference leads somewhere."""
import copy
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
SHARED = pathlib.Path(os.environ.get("RUSTPROOF_SCHEMAS") or
                      pathlib.Path(__file__).resolve().parents[3] / "shared/data/schemas")
try:
    from jsonschema import validators
    from referencing import Registry, Resource
except ImportError:  # the two schemas that CycloneDX's refers to are given to it by `referencing`
    validators = None
TOOL = None if validators else shutil.which("check-jsonschema")
if not validators and not TOOL:
    print("skipped: needs python's jsonschema 4.18 or later, or the program check-jsonschema "
          "(pip install check-jsonschema); an older jsonschema cannot follow the references of CycloneDX's schema")
    sys.exit(77)
if not (SHARED / "bom-1.6.schema.json").is_file():
    print(f"skipped: no schemas in {SHARED} (RUSTPROOF_SCHEMAS)")
    sys.exit(77)

FILES = {"cyclonedx": "bom-1.6.schema.json", "spdx": "spdx-2.3.schema.json", "openvex": "openvex.schema.json"}
CRATES_IO = "registry+https://github.com/rust-lang/crates.io-" + "index"
SUM = "0123456789abcdef" * 4
FAILURES = []


def package(name, version, source=None, checksum=None, deps=()):
    text = f"[[package]]\nname = {name}\nversion = {version}\n"
    text += f'source = "{source}"\n' if source else ""
    text += f'checksum = "{checksum}"\n' if checksum else ""
    return text + (f"dependencies = {json.dumps(list(deps))}\n" if deps else "") + "\n"


LOCK = "version = 4\n\n" + package('"app"', '"1.0.0"', deps=("smallvec", "tool", "other")) + \
    package('"other"', '"2.0.0+b"', "registry+https://example.com/index", SUM) + \
    package('"smallvec"', '"1.6.0"', CRATES_IO, SUM) + \
    package('"tool"', '"0.1.0"', "git+https://example.com/t?rev=1#" + "a" * 40)
HOSTILE = "version = 4\n\n" + package('"a\\"b\\u0007\\u202e%/?#@"', '"1.0.0\\n<x>"', CRATES_IO, "no hash") + \
    package('"smallvec"', '"1.6.0"', CRATES_IO, SUM) + \
    package('"smallvec"', '"1.6.0"', "git+https://example.com/ü x#1") + package('"app"', '"1.0.0"')
ADVISORY = ('```toml\n[advisory]\nid = "RUSTSEC-2021-0003"\npackage = "smallvec"\ndate = "2021-01-08"\n'
            'aliases = ["CVE-2021-25900"]\ncvss = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"\n'
            '[versions]\npatched = [">= 1.6.1"]\n```\n\n# Buffer overflow "\x07\n')


def check(ok, text):
    if not ok:
        FAILURES.append(text)


def registry():
    return Registry().with_resources(
        [(f"http://cyclonedx.org/schema/{n}", Resource.from_contents(json.loads((SHARED / n).read_text())))
         for n in ("spdx.schema.json", "jsf-0.82.schema.json", FILES["cyclonedx"])])


def errors_by_tool(form, doc):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(doc, file)
        file.flush()
        p = subprocess.run([TOOL, "--base-uri", f"{SHARED.resolve().as_uri()}/{FILES[form]}", "-o", "json",
                            "--schemafile", SHARED / FILES[form], file.name], capture_output=True, text=True)
    report = json.loads(p.stdout)
    assert report["status"] == ("fail" if p.returncode else "ok"), report
    return [f"{e['path']}: {e['message'][:200]}" for e in report.get("errors", [])] + report.get("parse_errors", [])


def errors(form, doc):
    if TOOL:
        return errors_by_tool(form, doc)
    schema = json.loads((SHARED / FILES[form]).read_text())
    cls = validators.validator_for(schema)
    return [f"{list(e.absolute_path)}: {e.message[:200]}" for e in
            cls(schema, registry=registry(), format_checker=cls.FORMAT_CHECKER).iter_errors(doc)]


def write(command, form, path, *more):
    args = [PROGRAM, command, "-f", form, *more, path]
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": "1700000000"}
    p, q = (subprocess.run(args, capture_output=True, timeout=60, env=env) for _ in range(2))
    what = f"{command} {form} {os.fsencode(path)!r}"
    check(p.returncode == 0, f"{what}: exit {p.returncode}: {p.stderr!r}")
    check(p.stdout == q.stdout, f"{what}: two runs differ")
    try:
        doc = json.loads(p.stdout)
    except ValueError as e:
        check(False, f"{what}: {e}")
        return {}
    for e in errors(form, doc):
        check(False, f"{what}: {e}")
    return doc


def references(doc, what):
    refs = [c["bom-ref"] for c in doc["components"]] + [doc["metadata"]["component"]["bom-ref"]]
    check(len(refs) == len(set(refs)), f"{what}: references twice")
    for d in doc["dependencies"]:
        check({d["ref"], *d["dependsOn"]} <= set(refs), f"{what}: {d} leads nowhere")


with tempfile.TemporaryDirectory() as name:
    top = pathlib.Path(name)
    advisories = top / "db/crates/smallvec"
    advisories.mkdir(parents=True)
    (advisories / "RUSTSEC-2021-0003.md").write_text(ADVISORY)
    for folder, lock in (("plain", LOCK), ("hostile", HOSTILE), ("project", LOCK)):
        (top / folder).mkdir()
        (top / folder / "Cargo.lock").write_text(lock)
    (top / "project/Cargo.toml").write_text('[package]\nname = "app"\nversion = "1.0.0"\nlicense = "MIT/Apache-2.0"\n')
    paths = [top / "plain/Cargo.lock", top / "hostile/Cargo.lock", top / "project"]
    if shutil.which("rustc"):
        (top / "m.rs").write_text('fn main() { println!("{}", std::env::args().nth(7).unwrap()); }\n')
        subprocess.run(["rustc", "-O", "-o", top / "prog", top / "m.rs"], check=True, timeout=120)
        odd = os.fsencode(top) + b"/p\xff\"\x07g"
        shutil.copy(top / "prog", odd)
        paths += [top / "prog", os.fsdecode(odd)]
    for path in paths:
        references(write("sbom", "cyclonedx", path), path)
        write("sbom", "spdx", path)
        references(write("vex", "cyclonedx", path, "--db", top / "db"), path)
    plain = write("sbom", "cyclonedx", paths[0])
    purls = {c["purl"] for c in plain["components"]}
    check(purls == {"pkg:cargo/smallvec@1.6.0", "pkg:cargo/tool@0.1.0?vcs_url=git%2Bhttps:%2F%2Fexample.com%2Ft%40" +
                    "a" * 40, f"pkg:cargo/other@2.0.0%2Bb?checksum=sha256:{SUM}&repository_url="
                    "https:%2F%2Fexample.com%2Findex"}, f"purls: {purls}")
    check(plain["metadata"]["timestamp"] == "2023-11-14T22:13:20Z", "timestamp")
    licenses = write("sbom", "cyclonedx", top / "project")["metadata"]["component"].get("licenses")
    check(licenses and licenses[0]["expression"] == "MIT OR Apache-2.0", f"licences: {licenses}")
    vex = write("vex", "openvex", paths[0], "--db", top / "db")
    check([s["status"] for s in vex["statements"]] == ["under_investigation"], f"vex: {vex}")
    # nothing applies: what is known of the crate in other versions; no crate with advisories: no document, since
    # the schema wants a statement in each; a file that is there stays as it was
    (top / "mended").mkdir()
    (top / "mended/Cargo.lock").write_text(LOCK.replace("1.6.0", "1.6.1"))
    vex = write("vex", "openvex", top / "mended", "--db", top / "db")
    check([(s["status"], s["justification"]) for s in vex["statements"]] ==
          [("not_affected", "vulnerable_code_not_present")], f"vex of what is mended: {vex}")
    (top / "none").mkdir()
    (top / "none/Cargo.lock").write_text("version = 4\n\n" + package('"app"', '"1.0.0"'))
    (top / "old.openvex.json").write_text("old")
    for more, code in ([], 4), (["--allow-empty"], 0), (["-o", top / "old.openvex.json"], 4), \
            (["-o", top / "new.openvex.json"], 4):
        empty = subprocess.run([PROGRAM, "vex", "--db", top / "db", top / "none"] + more, capture_output=True,
                               text=True, timeout=60)
        check(empty.returncode == code and empty.stdout == "" and "no advisory has ever been" in empty.stderr,
              f"vex of nothing {more}: {empty}")
    check((top / "old.openvex.json").read_text() == "old" and not list(top.glob("new.openvex.json*")) and
          not list(top.glob("old.openvex.json?*")), "vex of nothing: files")
    check(errors("openvex", {**vex, "statements": []}), "OpenVEX's schema accepts no statement")
    done = subprocess.run([PROGRAM, "vex", "-f", "cyclonedx", "--db", top / "db", top / "none"], capture_output=True)
    check(done.returncode == 0 and json.loads(done.stdout)["vulnerabilities"] == [], f"CycloneDX of nothing: {done}")
    # findings name the member that pulls the crate in: not the one that does not reach it
    (top / "two").mkdir()
    (top / "two/Cargo.lock").write_text(
        "version = 4\n\n" + package('"aa"', '"1.0.0"') + package('"bb"', '"1.0.0"', deps=["mid"]) +
        package('"mid"', '"1.0.0"', CRATES_IO, SUM, ["smallvec"]) + package('"smallvec"', '"1.6.0"', CRATES_IO, SUM))
    run = [PROGRAM, "deps", "--db", top / "db", top / "two/Cargo.lock", "-f"]
    short = subprocess.run(run + ["short"], capture_output=True, text=True, timeout=60).stdout
    line = [x for x in short.splitlines() if "smallvec 1.6.0 is affected" in x]
    check(len(line) == 1 and line[0].endswith(" (pulled in by bb)"), f"short: {short}")
    lines = subprocess.run(run + ["jsonl"], capture_output=True, text=True, timeout=60).stdout.splitlines()
    found = [r for x in map(json.loads, lines) for r in x.get("results", []) if r["code"] == "RP9101"]
    check([r["pulled_in_by"] for r in found] == ["bb"], f"JSON lines: {found}")
    # what people decided is in it, with their reason; without one the judgement stands
    (top / "plain/deny.toml").write_text('[advisories]\nignore = [{ id = "CVE-2021-25900", reason = "no inserts" }]\n')
    vex = write("vex", "openvex", paths[0], "--db", top / "db")
    check([(s["status"], s["impact_statement"].split(" (")[0]) for s in vex["statements"]] ==
          [("not_affected", "no inserts")], f"vex with an ignore: {vex}")
    write("vex", "cyclonedx", paths[0], "--db", top / "db")
    (top / "plain/deny.toml").write_text('[advisories]\nignore = ["CVE-2021-25900"]\n')
    vex = write("vex", "openvex", paths[0], "--db", top / "db")
    check([s["status"] for s in vex["statements"]] == ["under_investigation"] and
          "Ignored without a reason" in vex["statements"][0]["status_notes"], f"vex with a bare ignore: {vex}")
    for path in paths[3:]:
        digest = hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
        root = write("sbom", "cyclonedx", path)["metadata"]["component"]
        check([h["content"] for h in root.get("hashes", [])] == [digest], f"{path!r}: hashes of the file: {root}")
        sums = [c["checksumValue"] for p in write("sbom", "spdx", path)["packages"] for c in p.get("checksums", [])]
        check(digest in sums, f"{path!r}: SPDX has no checksum of the file")
    broken = copy.deepcopy(plain)
    broken["components"][0]["type"] = "nonsense"
    check(errors("cyclonedx", broken), "the schema accepts what is broken")

for text in FAILURES:
    print(text)
print(f"{len(paths)} inputs, {len(FAILURES)} failures")
sys.exit(bool(FAILURES))
