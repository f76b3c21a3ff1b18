#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""The thread-local variables of a library, by GOT entry and model, against `readelf -Wr`.

  tls_variables.py RUSTPROOF

Libraries of each model, whole and stripped, of the machines for which there is a compiler here."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

PROGRAM = os.path.abspath(sys.argv[1])
ENV = dict(os.environ, LC_ALL="C")
COMPILERS = {"x86_64": "x86_64-linux-gnu-gcc", "aarch64": "aarch64-linux-gnu-gcc", "arm": "arm-linux-gnueabihf-gcc",
             "riscv": "riscv64-linux-gnu-gcc"}
VARIANTS = {"dynamic": [], "initial": ["-ftls-model=initial-exec"], "local": ["-ftls-model=local-dynamic"],
            "descriptors": ["-mtls-dialect=gnu2"], "calls": ["-mtls-dialect=gnu"]}
TAKES = {"descriptors": ("x86_64",), "calls": ("x86_64",)}
KINDS = [("TLSDESC", "descriptor"), ("DTPMOD", "dynamic"), ("DTPREL|DTPOFF", None), ("TPOFF|TPREL", "initial_exec")]
MANY = 70  # more than are listed
SOURCE = """extern __thread int elsewhere; __thread int counter; static __thread int hidden = 3, second;
int a(void) { return ++counter; } int b(void) { return ++elsewhere; } int c(void) { return ++hidden; }
int d(void) { return ++second; }
"""
RECORD = re.compile(r"^([0-9a-f]+) +[0-9a-f]+ +R_\w+?_(\w+) *"
                    r"(?:([0-9a-f]+) +(\S+)(?: \+ ([0-9a-f]+))?|([0-9a-f]*))$", re.M)


def theirs(path):
    out = subprocess.run(["readelf", "-Wr", path], env=ENV, capture_output=True, text=True, check=True).stdout
    rows = []
    for place, kind, _, name, _, addend in RECORD.findall(out):
        model = next((m for p, m in KINDS if re.search(p, kind)), None)
        if model == "dynamic" and not name:
            model = "own_module"
        if model:
            rows.append((int(place, 16), model, name.split("@")[0], int(addend, 16) if addend else None))
    return sorted(rows)


def local_names(path):
    """Offsets of TLS symbols in .symtab; none in a stripped file."""
    out = subprocess.run(["readelf", "-Ws", path], env=ENV, capture_output=True, text=True, check=True).stdout
    return {name: int(value, 16) for value, name in re.findall(r": ([0-9a-f]+) +\d+ TLS +LOCAL .* (\w+)$", out, re.M)}


def ours(path):
    out = subprocess.run([PROGRAM, "facts", path], capture_output=True, text=True, check=True).stdout
    return json.loads(out)


def find(node, key):
    if isinstance(node, dict):
        if key in node:
            return node
        node = list(node.values())
    for child in node if isinstance(node, list) else []:
        got = find(child, key)
        if got:
            return got
    return None


def compare(label, path, rows_want, names):
    facts = find(ours(path), "tls_accesses")
    rows = facts["tls_accesses"]
    want = {place: rest for place, *rest in rows_want}
    assert facts["tls_unlisted"] == len(want) - len(rows), (label, facts["tls_unlisted"], len(want), len(rows))
    assert len(rows) == min(len(want), 64), (label, len(rows))
    for row in rows:
        model, name, addend = want[row["place"]]
        assert row["model"] == model, (label, row, model)
        if name:
            assert row["name"] == name, (label, row, name)
        else:
            assert row["name"] == "" or names[row["name"]] == addend, (label, row, names, addend)
    return rows


def evidence(path):
    out = subprocess.run([PROGRAM, "--format", "json", path], capture_output=True, text=True).stdout
    results = find(json.loads(out), "results")["results"]
    mine = [r for r in results if r["code"] == "RP7105"]
    return json.dumps(mine)


def main():
    compared = models = 0
    seen = set()
    with tempfile.TemporaryDirectory() as tmp:
        for machine, compiler in COMPILERS.items():
            if shutil.which(compiler) is None:
                continue
            for variant, flags in VARIANTS.items():
                if machine not in TAKES.get(variant, (machine,)):
                    continue
                path = pathlib.Path(tmp) / f"{machine}-{variant}.so"
                source = path.with_suffix(".c")
                source.write_text(SOURCE)
                subprocess.run([compiler, "-O1", "-fPIC", "-shared", *flags, source, "-o", path], check=True)
                names = local_names(path)
                rows = compare(path.name, path, theirs(path), names)
                assert rows, path.name
                if variant == "initial":  # by addend: both static variables have their names
                    named = {r["name"] for r in rows}
                    assert {"counter", "elsewhere"} <= named, (path.name, named)
                    if machine != "arm":  # REL: the addend is in the entry
                        assert {"hidden", "second"} <= named, (path.name, named)
                seen |= {r["model"] for r in rows}
                subprocess.run(["llvm-strip", path], check=True)
                compare(path.name + " stripped", path, theirs(path), {})
                compared += 2
        many = pathlib.Path(tmp) / "many.so"
        source = many.with_suffix(".c")
        source.write_text("".join(f"__thread int v{i}; int f{i}(void) {{ return ++v{i}; }}\n" for i in range(MANY)))
        subprocess.run(["cc", "-fPIC", "-shared", "-ftls-model=initial-exec", source, "-o", many], check=True)
        compare("many", many, theirs(many), {})
        text = evidence(many)
        assert f"and {MANY - 8} more entries" in text and "initial-exec, fast" in text, text
    assert compared >= 8, compared
    assert seen == {"dynamic", "own_module", "descriptor", "initial_exec"}, seen
    print(f"{compared} libraries agree with readelf; models: {', '.join(sorted(seen))}")


main()
