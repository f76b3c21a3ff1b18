#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Encodings that our x86 decoder knows and Zydis 4.0 does not, held against llvm-mc: AVX-IFMA's vpmadd52luq and
vpmadd52huq (VEX.66.0F38.W1 b4 and b5) with every form of an operand in memory or a register. x86_zydis.c explains
exactly this class away.

  x86_newer.py X86_ZYDIS
"""
import re
import shutil
import subprocess
import sys

FEATURE = "avxifma"


def find_llvm_mc():
    """The first llvm-mc that knows the feature (LLVM 16 and later)."""
    for name in ["llvm-mc", *(f"llvm-mc-{n}" for n in range(30, 15, -1))]:
        tool = shutil.which(name)
        if tool and FEATURE in subprocess.run([tool, "-triple=x86_64", "-mattr=help"], stdin=subprocess.DEVNULL,
                                              capture_output=True, text=True).stderr:
            return tool
    return None


def operands():
    """ModRM byte, SIB and displacement of every addressing form; rm 4 asks for a SIB, mod 0 rm 5 for RIP + disp32."""
    for modrm in range(256):
        mod, rm = modrm >> 6, modrm & 7
        sibs = [bytes([sib]) for sib in (0x00, 0x24, 0x25, 0x65, 0xff)] if mod != 3 and rm == 4 else [b""]
        for sib in sibs:
            wide = mod == 2 or (mod == 0 and (rm == 5 or (sib and sib[0] & 7 == 5)))
            yield bytes([modrm]) + sib + (b"\x40\x30\x20\x10" if wide else b"\x60" if mod == 1 else b"")


def encodings():
    for opcode in (0xb4, 0xb5):
        for rxb in range(8):
            for second in range(64):  # vvvv, L; W 1, pp 66
                if second % 21 and rxb:
                    continue
                for operand in operands() if second % 21 == 0 else [b"\x04\xa5\x01\x02\x03\x04"]:
                    third = 0x80 | (second >> 1 & 0xf) << 3 | (second & 1) << 2 | 1
                    yield bytes([0xc4, rxb << 5 | 2, third, opcode]) + operand


def main():
    tool = find_llvm_mc()
    if tool is None:
        print(f"skipped: no llvm-mc here knows {FEATURE} (LLVM 16 and later do)")
        return 77
    codes = list(dict.fromkeys(encodings()))
    ours = subprocess.run([sys.argv[1], "--lengths"], input="".join(c.hex() + "\n" for c in codes), text=True,
                          capture_output=True, check=True).stdout.split()
    text = "".join(" ".join(f"0x{b:02x}" for b in c) + "\n" for c in codes)
    seen = subprocess.run([tool, "-triple=x86_64", f"-mattr=+{FEATURE}", "-disassemble", "-show-encoding"], input=text,
                          text=True, capture_output=True)
    rows = re.findall(r"^\s*(?:\{vex\}\s+)?(\S*vpmadd52[lh]uq)\s.*encoding: \[([^]]*)\]", seen.stdout, re.M)
    passed = 0
    failed = abs(len(rows) - len(codes))
    for code, (_, encoding), length in zip(codes, rows, ours):
        theirs = len(encoding.split(","))
        if theirs == len(code) == int(length):
            passed += 1
        else:
            failed += 1
            print(f"FAIL {code.hex()}: {length}, llvm-mc {theirs}")
    if failed:
        print(seen.stderr[:2000])
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
