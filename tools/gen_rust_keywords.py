#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Writes src/rust/keywords.inc: a perfect hash of Rust's keywords, read out of src/rust/token.h.

A word of at most eight bytes is one 64-bit number (little end first, zeroes behind it); the factor
below sends the keywords to different slots.
"""
import pathlib
import random
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
BITS = 8


def main():
    header = (ROOT / "src/rust/token.h").read_text()
    found = re.findall(r'X\((\w+), "([A-Za-z_]+)"\)', header)
    words = [(n, w) for n, w in found if n == "UNDERSCORE" or w.upper() == n or w == "Self"]
    words = [(n, w) for n, w in words if n != "LIFETIME"]
    assert len(words) > 55 and all(len(w) <= 8 for _, w in words)
    numbers = [int.from_bytes(w.encode(), "little") for _, w in words]
    rng = random.Random(1)
    while True:
        factor = rng.getrandbits(64) | 1
        slots = [(n * factor & (1 << 64) - 1) >> (64 - BITS) for n in numbers]
        if len(set(slots)) == len(slots):
            break
    out = ["/* SPDX-License-Identifier: MIT OR Apache-2.0 */",
           "/* Written by tools/gen_rust_keywords.py: slot = (word * KEYWORD_FACTOR) >> KEYWORD_SHIFT. */",
           f"#define KEYWORD_FACTOR UINT64_C(0x{factor:016x})",
           f"#define KEYWORD_SHIFT  {64 - BITS}",
           f"static const uint64_t keyword_words[{1 << BITS}] = {{"]
    rows = sorted(zip(slots, numbers, words))
    out += [f"    [{slot}] = UINT64_C(0x{n:016x}), /* {word} */" for slot, n, (_, word) in rows]
    out += ["};", f"static const uint8_t keyword_kinds[{1 << BITS}] = {{"]
    out += [f"    [{slot}] = RP_T_{name}," for slot, _, (name, _) in rows]
    out.append("};")
    (ROOT / "src/rust/keywords.inc").write_text("\n".join(out) + "\n")


main()
