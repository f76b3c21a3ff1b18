#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Holds the samples of tests/unit/test_rust_body.c against rustc: what they say of unsafe operations is what the
compiler says. A sample with sure operations must not compile when its `unsafe` is taken away (E0133); one without
any must make rustc complain of needless `unsafe` where it has one.

  unsafe_ops_rustc.py SOURCE_ROOT        exit 77 without rustc
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

OUTSIDE = ("unknown!", "elsewhere::", "of_others_unchecked")


def c_strings(text):
    return "".join(bytes(s, "utf-8").decode("unicode_escape") for s in re.findall(r'"((?:[^"\\]|\\.)*)"', text))


def samples(path):
    text = path.read_text()
    prelude = c_strings(re.search(r"#define PRELUDE(.*?)\n\n", text, re.S).group(1))
    table = re.search(r"\} cases\[\] = \{(.*?)\n    \};", text, re.S).group(1)
    for row in re.findall(r"\{((?:\"(?:[^\"\\]|\\.)*\"\s*)+),\s*(\"[^\"]*\")\}", table):
        yield prelude, c_strings(row[0]), c_strings(row[1])


def errors(folder, text, edition="2021"):
    """(codes of errors, complains of needless unsafe)."""
    source = folder / "s.rs"
    source.write_text(text)
    run = subprocess.run(["rustc", f"--edition={edition}", "--crate-type=lib", "--emit=metadata",
                          "--error-format=short",
                          "-Aunused", "-Wunused_unsafe",
                          "-o", str(folder / "s.rmeta"), str(source)], capture_output=True, text=True)
    return set(re.findall(r"error\[(E\d+)\]", run.stderr)), "unnecessary `unsafe`" in run.stderr, run.returncode


def without_unsafe(function):
    function = re.sub(r"unsafe \{", "{", function)
    return re.sub(r"\bunsafe fn f", "fn f", function)


def judge(folder, prelude, function, ops):
    codes, needless, status = errors(folder, prelude + function)
    if status != 0:
        return f"does not compile: {sorted(codes)}"
    bare, _, _ = errors(folder, prelude + without_unsafe(function))
    wanted = any(not op.endswith("?") for op in ops.split())
    if ops and not wanted:  # it may be unsafe, for all that we know: rustc knows better
        return None
    if wanted and "E0133" not in bare:
        return "rustc needs no unsafe"
    if not wanted and "E0133" in bare:
        return "rustc needs unsafe"
    if not wanted and "unsafe {" in function and not needless:
        return "rustc does not call its unsafe needless"
    return None


def main():
    if shutil.which("rustc") is None:
        print("skipped: no rustc")
        return 77
    failed = done = 0
    with tempfile.TemporaryDirectory() as name:
        for prelude, function, ops in samples(pathlib.Path(sys.argv[1]) / "tests/unit/test_rust_body.c"):
            if any(word in function for word in OUTSIDE):
                continue
            why = judge(pathlib.Path(name), prelude, function, ops)
            done += 1
            failed += why is not None
            if why is not None:
                print(f"{function!r} [{ops}]: {why}")
    print(f"{done} samples, {failed} failures")
    return 1 if failed or done < 30 else 0


if __name__ == "__main__":
    sys.exit(main())
