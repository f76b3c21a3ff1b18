# SPDX-License-Identifier: MIT OR Apache-2.0
"""Every case of the public toml-test suite for TOML 1.0: valid documents give the values that it
lists, invalid ones an error with its place. Usage: test_toml.py DUMP_TOML SUITE_FOLDER"""
import json
import math
import pathlib
import re
import subprocess
import sys

DUMP, SUITE = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])


def ours(v):
    """dump_toml's tree: tables as lists of key, value, key, value …"""
    if isinstance(v.get("table"), list):
        items = iter(v["table"])
        return {key: ours(next(items)) for key in items}
    if isinstance(v.get("array"), list):
        return [ours(x) for x in v["array"]]
    return normal(v["type"], v["value"])


def theirs(v):
    if isinstance(v, list):
        return [theirs(x) for x in v]
    if set(v) == {"type", "value"} and isinstance(v["value"], str):
        return normal(v["type"], v["value"])
    return {key: theirs(x) for key, x in v.items()}


def normal(kind, text):
    if kind == "float":
        number = float(text)
        return kind, "nan" if math.isnan(number) else number
    if kind.startswith(("date", "time")):
        text = text.upper().replace(" ", "T")
        text = re.sub(r"\.(\d*?)0*(?=\D|$)", lambda m: "." + m[1] if m[1] else "", text)
    return kind, text


def judge(name):
    """None when the case holds, else what went wrong."""
    done = subprocess.run([DUMP, SUITE / name], capture_output=True, timeout=10)
    if name.startswith("invalid"):
        told = re.match(rb"\d+:\d+: TOML: \S", done.stdout)
        return None if done.returncode == 1 and told else f"exit {done.returncode}, not refused with a place"
    if done.returncode != 0:
        return f"refused: {done.stdout.decode(errors='replace').strip()}"
    want = theirs(json.loads((SUITE / name).with_suffix(".json").read_text()))
    got = ours(json.loads(done.stdout))
    return None if got == want else f"{got!r} instead of {want!r}"[:300]


def main():
    listing = SUITE / "files-toml-1.0.0"
    if not listing.exists():
        print(f"SKIPPED: the public suite toml-test is not at {SUITE}")
        print("0 passed, 0 failed, 1 skipped")
        return 77
    names = [n for n in listing.read_text().split() if n.endswith(".toml")]
    faults = [(n, why) for n in names if (why := judge(n)) is not None]
    for name, why in faults:
        print(f"{name}: {why}")
    print(f"{len(names) - len(faults)} passed, {len(faults)} failed, 0 skipped")
    return 1 if faults or len(names) < 600 else 0


sys.exit(main())
