#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Control Flow Guard as the compiler was told, against what we read in the code: one program, built with checks, with a
table only, without either, and with checks but linked without. The headers of the first three are alike.

  windows_guard.py RUSTPROOF
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

SRC = pathlib.Path(__file__).resolve().parents[1] / "checks/src"
PROGRAM = """
typedef int (*operation)(int);
volatile int selected = 1;
__declspec(noinline) static int one(int x) { return x + 1; }
__declspec(noinline) static int two(int x) { return x * 2; }
operation table[2] = {one, two};
operation other = one;
__declspec(noinline) int call(int x) { return other(x) + 1; }
__declspec(noinline) int tail(operation f, int x) { return f(x); }
__declspec(noinline) int pick(int i) { return table[i & 1](i) + 3; }
int mainCRTStartup(void) { return call(selected) + tail(table[selected & 1], 2) + pick(selected); }
"""
INDIRECT = 3  # calls through pointers in the program
MODES = {  # compiler's flags, linker's, calls that are checked
    "checks": (["-Xclang", "-cfguard"], ["/guard:cf"], INDIRECT),
    "table only": (["-Xclang", "-cfguard-no-checks"], ["/guard:cf"], 0),
    "off": ([], ["/guard:cf"], 0),
    "linked without": (["-Xclang", "-cfguard"], [], INDIRECT),
}


def find(*names):
    return next((path for path in map(shutil.which, names) if path), None)


def code_facts(node):
    """The code facts, wherever the document keeps them."""
    if isinstance(node, dict):
        if "edges" in node and "cfg" in node:
            return node
        node = list(node.values())
    for child in node if isinstance(node, list) else []:
        found = code_facts(child)
        if found:
            return found
    return None


def main():
    rustproof, clang, link = sys.argv[1], find("clang", "clang-14"), find("lld-link", "lld-link-14")
    if not clang or not link:
        print("clang or lld-link is not installed")
        return 77
    faults, compared = [], 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "p.c").write_text(PROGRAM)
        for arch in ("x86_64", "i686", "aarch64"):
            cc = [clang, f"--target={arch}-pc-windows-msvc", "-O2", "-c"]
            subprocess.run([*cc, SRC / "pe_load_config.S", "-o", folder / "lc.obj"], check=True)
            for mode, (compile_flags, link_flags, guarded) in MODES.items():
                program = folder / f"{arch}.exe"
                subprocess.run([*cc, *compile_flags, folder / "p.c", "-o", folder / "p.obj"], check=True)
                subprocess.run([link, folder / "p.obj", folder / "lc.obj", "/nodefaultlib", "/subsystem:console",
                                "/entry:mainCRTStartup", *link_flags, *(["/safeseh:no"] if arch == "i686" else []),
                                f"/out:{program}"], check=True)
                out = subprocess.run([rustproof, "facts", "--code", program], capture_output=True, text=True).stdout
                facts = code_facts(json.loads(out))
                got = (facts["cfg"]["covered"], facts["cfg"]["total"], facts["undecodable"])
                compared += 1
                if got != (guarded, INDIRECT, 0):
                    faults.append(f"{arch}, {mode}: {guarded} of {INDIRECT} are checked, we say {got}")
    print("\n".join(faults))
    print(f"{compared} programs compared, {len(faults)} differences")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
