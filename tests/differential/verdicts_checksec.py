#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Our verdicts on the fixtures of the checks beside those of checksec. Where the two differ, this file says who is
right, and why.

  verdicts_checksec.py BUILD RUSTPROOF
"""
import json
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/checks"))
import build
import cases
import verdicts

# (row, checksec's word) -> our outcomes that say the same
SAME = {
    ("pie", "yes"): {"pass"}, ("pie", "no"): {"finding"}, ("pie", "dso"): {"na"}, ("pie", "rel"): {"na"},
    ("nx", "yes"): {"pass"}, ("nx", "no"): {"finding"},
    ("relro", "full"): {"full"}, ("relro", "partial"): {"part"}, ("relro", "no"): {"none", ""},
    ("canary", "yes"): {"pass"}, ("canary", "no"): {"finding", "na", "unknown"},
}
STATIC_RELRO = "a static program has nothing to bind, so RELRO alone is full"
NOTHING_LAZY = "without DT_PLTRELSZ nothing is bound lazily, so RELRO alone is full"
OBJECT = "an object has a section .note.GNU-stack, a header it cannot have"
POWERPC = "without a header the stack is not executable on 64-bit PowerPC"
CUT = "the file is cut in front of its dynamic section: what it says there is unknown"
INTERPRETER = "the file is cut, but its program header for the interpreter is there: a program"
NO_MACHINE = "what a missing header means depends on the machine, which nobody knows"
EXPLAINED = {  # (artefact, row): why the two differ
    **{(name, "relro"): STATIC_RELRO for name in ("rust-crt-static-exec", "c-static", "aarch64-static-exec")},
    **{(name, "relro"): NOTHING_LAZY for name in ("c-library", "c-library-execstack", "c-textrel", "aarch64-bti",
                                                  "aarch64-small-relro", "c-safestack-i386")},
    **{(name, "nx"): OBJECT for name in ("rust-object", "rust-metadata", "c-object", "aarch64-bti-object",
                                         "rust-kcfi-object", "c-shadow-call-stack")},
    ("ppc64-default", "nx"): POWERPC, ("unknown-machine", "nx"): NO_MACHINE, ("cut-aarch64", "pie"): INTERPRETER,
    **{(name, "relro"): CUT for name in ("cut-library", "cut-rust-library", "cut-aarch64")},
}


def ours(results):
    return {"pie": results["RP2101"].outcome, "nx": results["RP2102"].outcome, "relro": results["RP2104"].brief,
            "canary": results["RP2110"].outcome}


def checksec(path):
    run = subprocess.run(["checksec", f"--file={path}", "--output=json"], capture_output=True, text=True, timeout=60)
    return next(iter(json.loads(run.stdout).values()))


def compare(name, path, judge, used):
    """Lines about what differs and is not explained, and the number of rows that agree."""
    results = judge.verdicts(path)[0].results
    theirs, same, faults = checksec(path), 0, []
    for row, word in ours(results).items():
        if word in SAME.get((row, theirs[row]), ()):
            same += 1
        elif (name, row) in EXPLAINED:
            used.add((name, row))
        else:
            faults.append(f"{name}: {row}: checksec '{theirs[row]}', we '{word}'")
    return faults, same


def main(argv):
    if shutil.which("checksec") is None:
        print("0 passed, 0 failed, 1 skipped (needs checksec)")
        return 77
    folder = ROOT / "tests/checks/artefacts"
    named = cases.read_artefacts([folder / "elf", folder / "cfi"])
    builder = build.Builder(ROOT, pathlib.Path(argv[1]) / "tests" / "checks-cache")
    judge = verdicts.Judge(pathlib.Path(argv[2]))
    used, faults, same, skipped = set(), [], 0, 0
    for name, artefact in named.items():
        made = builder.make(artefact)
        if made.error:
            faults.append(made.error)
        elif made.missing:
            skipped += 1
        elif pathlib.Path(made.path).read_bytes()[:4] == b"\x7fELF":  # it reads no archives
            more, agree = compare(name, made.path, judge, used)
            faults += more
            same += agree
    if not skipped:
        faults += [f"{key}: explained, but there is no difference" for key in EXPLAINED if key not in used]
    for fault in faults:
        print("FAIL", fault)
    print(f"{same + len(used)} passed, {len(faults)} failed, {skipped} skipped")
    return 1 if faults else 0


sys.exit(main(sys.argv))
