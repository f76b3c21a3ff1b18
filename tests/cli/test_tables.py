#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Help, manual page and completions come from one table: each must know every command and flag, the
program must accept each flag that it lists and refuse it elsewhere, and what is made for another
program (shells, man) must be well-formed for it."""
import pathlib
import re
import shutil
import subprocess
import sys

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
FAILURES = []


def run(*args, **kw):
    return subprocess.run([PROGRAM, *args], capture_output=True, text=True, timeout=60,
                          env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}, **kw)


def check(ok, text):
    if not ok:
        FAILURES.append(text)


def commands():
    text = run("--help", "--width", "0").stdout
    block = text.split("Commands:\n")[1].split("\n\n")[0]
    return [line.split()[0] for line in block.splitlines()]


def flags(command):
    """{long name: (letter, value, switch)}"""
    text = run("help", command, "--width", "0").stdout
    rows = re.findall(r"^ +(?:-(\w), )?--(\[no-\])?([a-z-]+)(?: (\S+))?  ", text, re.M)
    return {name: (letter, value, bool(no)) for letter, no, name, value in rows}


def well_formed(shell, text, *check_only):
    tool = shutil.which(shell)
    if tool is None:
        return
    p = subprocess.run([tool, *check_only], input=text, capture_output=True, text=True, timeout=60)
    check(p.returncode == 0 and not p.stderr, f"{shell}: {p.stderr}")


def bash_offers(script, line):
    """What bash completes behind `line`."""
    code = (f"{script}\nCOMP_WORDS=({line} ''); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _rustproof; "
            "printf '%s\\n' \"${COMPREPLY[@]}\"")
    p = subprocess.run(["bash", "-c", code], capture_output=True, text=True, timeout=60,
                       env={"PATH": f"{PROGRAM.parent}:/usr/bin:/bin"})
    return p.stdout.split()


names = commands()
check(len(names) >= 8, f"commands: {names}")
man = run("man").stdout.replace("\\-", "-").replace("\\fB", "").replace("\\fR", "").replace("\\fI", "")
shells = {s: run("completions", s).stdout for s in ("bash", "zsh", "fish")}
everything = {}
for name in names:
    check(f"\n{name}" in man, f"man lacks {name}")
    for shell, text in shells.items():
        check(re.search(rf"\b{name}\b", text), f"{shell} lacks {name}")
    everything[name] = flags(name)
    check("help" in everything[name], f"help {name} lists no flags")
known = {flag for table in everything.values() for flag in table}
check(len(known) > 25, f"flags: {sorted(known)}")
for flag in sorted(known):
    check(f"--{flag}" in man, f"man lacks --{flag}")
    check(f"--{flag}" in shells["bash"], f"bash lacks --{flag}")
    check(f"--{flag}" in shells["zsh"], f"zsh lacks --{flag}")
    check(f" -l {flag} " in shells["fish"], f"fish lacks --{flag}")

# each command takes the flags that its help lists, and no other
VALUES = {"LEVEL": "deny", "WHEN": "never", "FORMAT": "json", "N": "1", "SIZE": "1M", "COLUMNS": "80",
          "CHECK,…": "all", "WHAT,…": "pass", "WHAT": "crate", "[FORMAT=]FILE": "json=/dev/null", "NAME": "dev",
          "URL": "x", "FILE": "/dev/null", "PATH": "/dev/null", "YEAR": "2021", "DAYS": "1",
          "FOLDER": "/nonexistent", "TRIPLE": "x86_64-unknown-linux-gnu", "FEATURE,…": "x"}
ARGUMENTS = {"bin": ["/dev/null"], "facts": ["/dev/null"], "audit": ["/dev/null"], "deps": ["/dev/null"],
             "explain": ["exit-codes"], "sbom": ["/dev/null"], "vex": ["/dev/null"],
             "completions": ["bash"]}
for name, table in everything.items():
    for flag in sorted(known - {"help", "version"}):
        row = next(t[flag] for t in everything.values() if flag in t)
        args = [name, *ARGUMENTS.get(name, []), f"--{flag}"] + ([VALUES[row[1]]] if row[1] else [])
        p = run(*args)
        refused = "does not take" in p.stderr or "there is no flag" in p.stderr
        check(refused == (flag not in table), f"{' '.join(args)}: {p.stderr}")
        if row[2] and flag in table:
            check("there is no flag" not in run(name, *ARGUMENTS.get(name, []), f"--no-{flag}").stderr,
                  f"--no-{flag}")

well_formed("bash", shells["bash"], "-n")
well_formed("zsh", shells["zsh"], "-n")
well_formed("fish", shells["fish"], "--no-execute")
well_formed("groff", run("man").stdout, "-man", "-Tutf8", "-ww", "-z")
check(set(bash_offers(shells["bash"], "rustproof --color")) == {"auto", "always", "never"}, "bash: --color")
check("full-relro" in bash_offers(shells["bash"], "rustproof explain"), "bash: names of checks")
check("explain" in bash_offers(shells["bash"], "rustproof"), "bash: commands")
for text in FAILURES:
    print(text)
print(f"{len(names)} commands, {len(known)} flags, {len(FAILURES)} failures")
sys.exit(bool(FAILURES))
