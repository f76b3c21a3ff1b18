#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Transcripts of the command line: what a person sees, byte by byte.

  run.py [--rebase] BUILD [FILE.t …]

A transcript is a text file. A line `$ COMMAND --> N` is run by sh in a folder of fixtures and must
exit with N (0 without the arrow); the lines below it, up to the next command, must be its output,
standard error included. Lines that begin with `## ` are remarks. --rebase writes what came instead.

So that transcripts hold on every machine: the folder is called DIR, the version VERSION, ESC is
shown as ␛, and nothing of the caller's environment is passed on but PATH.
"""
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "tests/tools"))
from wording import number_fault

MKELF = ROOT / "tests/tools/mkelf.py"


def make_fixtures(folder):
    """hard.elf, soft.elf … from fixtures/*.elf, and things around them."""
    for text in sorted(HERE.glob("fixtures/*.elf")):
        subprocess.run([sys.executable, MKELF, "-o", folder / text.name], input=text.read_bytes(),
                       check=True)
    soft = (folder / "soft.elf").read_bytes()
    (folder / "note.txt").write_text("no artefact\n")
    (folder / "short.elf").write_bytes(soft[:40])
    (folder / "open.rs").write_text("fn f() {\n    unsafe {\n")
    (folder / "gone.rs").write_text("#[cfg(x)]\nmod off;\nmod gone;\n")
    (folder / "empty").mkdir()
    (folder / "tree/a").mkdir(parents=True)
    for i in range(12):
        (folder / f"tree/a/tool-{i:02}").write_bytes(soft if i % 3 else (folder / "hard.elf").read_bytes())
    hostile = folder / "hostile"
    hostile.mkdir()
    for name in (b"a\nb: error[RP2101]: forged", b"esc\x1b]0;x\x07\x1b[2J", b"rtl\xe2\x80\xaegnp.exe",
                 b"bad\xff\xfe", b"-rf $(x) 'q'"):
        (pathlib.Path(os.fsdecode(os.fsencode(hostile) + b"/" + name))).write_bytes(soft)
    with tarfile.open(folder / "pack.tar.gz", "w:gz") as tar:
        tar.add(folder / "soft.elf", "usr/bin/soft tool")
    project = folder / "project"
    for sub in ("src", "target/release/deps", "target/debug/.fingerprint", "target/doc"):
        (project / sub).mkdir(parents=True)
    (project / "Cargo.toml").write_text('[package]\nname = "demo"\nversion = "0.1.0"\n')
    (project / "target/release/demo").write_bytes(soft)
    (project / "target/release/demo.d").write_text("demo: src/main.rs\n")
    (project / "target/release/deps/demo-0123").write_bytes(soft)
    (project / "target/debug/demo").write_bytes((folder / "hard.elf").read_bytes())
    for profile in ("release", "aarch64-unknown-linux-gnu/release"):
        (folder / "cross/target" / profile / "deps").mkdir(parents=True)
        (folder / "cross/target" / profile / "demo").write_bytes((folder / "hard.elf").read_bytes())
    (folder / "configured/out/release/deps").mkdir(parents=True)
    (folder / "configured/out/release/demo").write_bytes((folder / "hard.elf").read_bytes())
    (folder / "configured/member/.cargo").mkdir(parents=True)
    (folder / "configured/.cargo").mkdir()
    (folder / "configured/.cargo/config.toml").write_text('[build]\ntarget-dir = "out"\n')
    (folder / "configured/member/Cargo.toml").write_text('[package]\nname = "demo"\nversion = "0.1.0"\n')
    (folder / "cross/Cargo.toml").write_text('[package]\nname = "demo"\nversion = "0.1.0"\n')
    (folder / "unsafe/src").mkdir(parents=True)
    (folder / "unsafe/Cargo.toml").write_text('[package]\nname = "unsafe"\nversion = "0.1.0"\nedition = "2021"\n')
    (folder / "unsafe/src/lib.rs").write_bytes((HERE / "fixtures/unsafe.rs").read_bytes())
    (folder / "one.rs").write_text("/// # Safety\n/// `p` is valid.\npub unsafe fn get(p: *const u8) -> u8 {\n"
                                   "    *p\n}\n")
    (folder / "unbuilt").mkdir()
    (folder / "unbuilt/Cargo.toml").write_text('[package]\nname = "unbuilt"\nversion = "0.1.0"\n')


def environment(build, folder):
    return {"PATH": f"{build}:{build}/tests:{os.environ['PATH']}", "HOME": "/home/tester", "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8", "PYTHON": sys.executable, "TESTS": str(HERE),
            "SCHEMA": str(ROOT / "docs/schema")}


def normal(output, folder, version):
    text = output.decode("utf-8", "backslashreplace").replace(str(folder), "DIR").replace("\x1b", "␛")
    return text.replace(f"rustproof {version}", "rustproof VERSION").replace(f'"{version}"', '"VERSION"')


def parse(text):
    """[(remarks, command line, command, exit, output)]"""
    blocks, remarks = [], []
    for line in text.splitlines(keepends=True):
        if line.startswith("## ") or (not blocks and not line.startswith("$ ")):
            remarks.append(line)
        elif line.startswith("$ "):
            m = re.fullmatch(r"\$ (.*?)(?: --> (\d+))?\n", line)
            blocks.append([remarks, m.group(1), int(m.group(2) or 0), ""])
            remarks = []
        else:
            blocks[-1][3] += line
    return blocks, remarks


def run_file(file, build, version, rebase):
    blocks, rest = parse(file.read_text())
    failures, out = 0, ""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name).resolve() / "t"
        folder.mkdir()
        make_fixtures(folder)
        for remarks, command, code, expected in blocks:
            p = subprocess.run(["sh", "-c", command], cwd=folder, env=environment(build, folder), timeout=120,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            got = normal(p.stdout, folder, version)
            if got and not got.endswith("\n"):
                got += "␄\n"  # the last line has no end
            out += "".join(remarks) + f"$ {command}" + (f" --> {p.returncode}" if p.returncode else "") + "\n" + got
            if not rebase and (got != expected or p.returncode != code):
                failures += 1
                print(f"{file.name}: $ {command}\n  exit {p.returncode}, expected {code}")
                show_difference(expected, got)
            if number_fault(got):
                failures += 1
                print(f"{file.name}: $ {command}\n  '{number_fault(got)}'")
    if rebase:
        file.write_text(out + "".join(rest))
    return len(blocks), failures


def show_difference(expected, got):
    import difflib
    for line in difflib.unified_diff(expected.splitlines(), got.splitlines(), "expected", "got", lineterm=""):
        print("  " + line)


def main(argv):
    rebase = "--rebase" in argv
    args = [a for a in argv if a != "--rebase"]
    build = pathlib.Path(args[0]).resolve()
    files = [pathlib.Path(a) for a in args[1:]] or sorted(HERE.glob("*.t"))
    version = subprocess.run([build / "rustproof", "--version"], capture_output=True, text=True,
                             check=True).stdout.split()[1]
    commands = failures = 0
    for file in files:
        n, bad = run_file(file, build, version, rebase)
        commands += n
        failures += bad
    print(f"{len(files)} transcripts, {commands} commands, {failures} failures")
    return failures > 0 or commands == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
