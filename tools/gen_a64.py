#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Writes src/isa/a64_kinds.inc, a64_asks.inc, a64_changes.inc and a64_untouched.inc: what AArch64
words are and do.

Source: Arm ARM (DDI 0487), C4.1 "A64 instruction set encoding". Bits of a class beside its kind:
A always looked at, B looked at when its base register is watched, M reads or writes memory, P has
a second register in bits 14..10, D looked at when it writes the stack pointer, U is a load or store
of one register at its base and an offset.

The second table tells what the fast first look (isa/a64_words.c) asks of a word, in bits that its
low bits may clear again: see there.
"""
import pathlib

# (mask, value, kind, bits) over bits 31..21; the first that fits wins
ROWS = [
    ("11111100000", "10010100000", "BL", "A"),
    ("11111100000", "00010100000", "B", "A"),
    ("11111110000", "11010110000", "BRANCH_REG", "A"),
    ("11111111111", "01010101000", "RETURN_PPC", "A"),  # retaasppc label
    ("11111111111", "01010101001", "RETURN_PPC", "A"),  # retabsppc label
    ("11111111111", "11010101000", "HINT", "A"),
    ("11111111111", "11010101001", "MRS", "A"),
    ("11111111111", "11010100001", "BREAK", "A"),  # brk
    ("11111111111", "11010100010", "BREAK", "A"),  # hlt
    ("10011111000", "10010000000", "ADRP", "A"),
    ("10011111000", "00010000000", "ADR", "A"),
    ("11111111000", "01011000000", "LITERAL", "A"),  # ldr of 64 bits
    ("11111111100", "11010001000", "SUB_IMM", "BD"),
    ("11111111100", "10010001000", "ADD_IMM", "BD"),
    ("11111111110", "10010001100", "TAG_ADD", "A"),  # addg
    ("11111111110", "11010001100", "TAG_ADD", "A"),  # subg
    ("11111111100", "10010010000", "AND_IMM", "BD"),
    ("11111111111", "11001011001", "SUB_EXT", "BD"),
    ("11111110000", "10101000000", "PAIR", "BMP"),
    ("11111110010", "01101000000", "TAG_PAIR", "A"),  # stgp
    ("00111010000", "00101000000", "PAIR_OTHER", "BMP"),  # 32-bit, vector, ldpsw
    ("11111111001", "11011001001", "TAG", "A"),  # stg, ldg
    ("11111111000", "11111001000", "SINGLE", "BMU"),
    ("11111110000", "11111000000", "SINGLE", "BM"),
    ("00111011000", "00111001000", "MEMORY", "BMU"),
    ("00111010000", "00111000000", "MEMORY", "BM"),
    ("00111111000", "00001000000", "EXCLUSIVE", "A"),
    ("10111110000", "00001100000", "OTHER_MEMORY", "BM"),  # ld1 … st4
    ("00111011000", "00011001000", "OTHER_MEMORY", "BM"),  # ldapur, stlur
    ("11111110000", "10100100000", "OTHER_MEMORY", "BM"),  # SVE contiguous
    ("11111110000", "11100100000", "OTHER_MEMORY", "BM"),
    ("11111110000", "10000100000", "OTHER_MEMORY", "BM"),
    ("11111110000", "11000100000", "OTHER_MEMORY", "BM"),
    ("11111111111", "10011010110", "TWO_SOURCE", "A"),
    ("11111111111", "11011010110", "SIGN", "A"),  # pacia … autiasppcr
    ("11111111000", "11110011000", "AUTH_PPC", "A"),  # autiasppc, autibsppc
    ("11111111111", "00000000000", "UDF", "A"),
]
BITS = {"A": "ALWAYS", "B": "BASE", "M": "TO_MEMORY", "P": "SECOND", "D": "TO_SP", "U": "PLACE"}


# isa/a64_words.c: what a word asks for
CALL, JUMP, PAGE, FRESH, EVENT = 0x8000, 0x4000, 0x2000, 0x1000, 1
BASE_SP, TO_SP, LINK, PAIR = 2, 4, 8, 16


def asks(key):
    name, *bits = class_of(key).split("|")
    plain_pair = "SECOND" in bits and key >> 2 & 3 in (0, 2)  # bits 24..23: no write-back
    plain = {"BL": CALL, "B": JUMP, "ADR": PAGE, "ADRP": PAGE, "LITERAL": PAGE, "SIGN": LINK}
    if name in plain:
        return plain[name]
    if name in ("PAIR", "SINGLE", "PAIR_OTHER", "MEMORY", "OTHER_MEMORY"):
        ask = FRESH
        ask |= {"PAIR": LINK | PAIR, "SINGLE": LINK}.get(name, 0)
        quiet = "PLACE" in bits or plain_pair or name == "OTHER_MEMORY"
        return ask | (0 if quiet else BASE_SP)
    if "ALWAYS" in bits:
        return EVENT
    return (TO_SP if "TO_SP" in bits else 0) | (BASE_SP if name == "SUB_IMM" else 0)


def changes(key):
    """isa/a64_registers.c: what a word overwrites, or that it needs a closer look."""
    name, *bits = class_of(key).split("|")
    load, opc, vector = key >> 1 & 1, key >> 1 & 3, key >> 5 & 1  # bits 22, 23..22 and 26
    if name == "BL" or (name == "BRANCH_REG" and key & 7 == 1):
        return "CALL"
    if name in ("B", "BRANCH_REG", "RETURN_PPC", "HINT", "BREAK", "TAG_PAIR", "AUTH_PPC", "UDF"):
        return "0"
    if name.startswith("PAIR"):
        return "FIRST | SECOND | BASE" if load and not vector else "BASE"
    if name in ("SINGLE", "MEMORY"):  # a register as offset and atomics: bit 21
        gets = not vector and (opc or ("PLACE" not in bits and key & 1))
        return "FIRST | BASE" if gets else "BASE"
    if name in ("ADR", "ADRP", "LITERAL", "TAG", "EXCLUSIVE", "OTHER_MEMORY"):
        return "CLOSER"
    return "FIRST | BASE" if name == "ADD_IMM" else "FIRST"


FIRST, BASE, SECOND, PASSES = 0x1f, 0x3e0, 0x7c00, 0x8000


def untouched(key):
    """isa/a64_back.c: the fields of a word that name no register which isa/a64_lift.c says it
    writes, and PASSES where control goes on behind it and it calls nothing."""
    name = class_of(key).split("|")[0]
    opc, load = key >> 1 & 3, key >> 1 & 1  # bits 23..22 and 22
    top, group = key >> 3, key >> 4 & 7  # bits 31..24 and 27..25
    if name in ("B", "BL", "BRANCH_REG", "RETURN_PPC", "BREAK", "UDF"):
        return 0
    writes = FIRST
    if top & 0x7c == 0x34 or (key >> 1 == 0xd50 >> 2 and not key & 1):  # cbz, tbz; hints, msr
        writes = 0
    elif group == 7:  # vectors and floating point: fmov, fcvt, umov, smov
        general = key & 0x2f8 == 0x0f0 or key & 0x5ff == 0x070
        writes = FIRST if general else 0
    elif group == 6:  # loads and stores of vectors: structures and pairs, single ones
        moves = key >> 2 & 1 if top & 0xbe == 0x0c or top & 0x3e == 0x2c else top & 0x3f == 0x3c and not key & 1
        writes = BASE if moves else 0
    elif top & 0xfe == 0xa8:  # ldp, stp of 64 bits
        writes = (FIRST | SECOND if load else 0) | (0 if key >> 2 & 3 == 2 else BASE)
    elif top & 0x3e == 0x38:  # ldr, str
        writes = (FIRST if opc else 0) | (0 if key & 0x009 else BASE)
    return PASSES | (0x7fff & ~writes)


def class_of(key):
    for mask, value, name, bits in ROWS:
        if key & int(mask, 2) == int(value, 2):
            return "|".join([name] + [BITS[b] for b in bits])
    return "PLAIN"


def write(file, tables):
    out = ["/* SPDX-License-Identifier: MIT OR Apache-2.0 */\n",
           "/* Generated by tools/gen_a64.py: do not edit. */\n", "/* clang-format off */\n"]
    for name, values, per_line in tables:
        out.append(f"{name}[{len(values)}] = {{\n")
        for i in range(0, len(values), per_line):
            out.append("    " + ", ".join(values[i:i + per_line]) + ",\n")
        out.append("};\n")
    out.append("/* clang-format on */\n")
    root = pathlib.Path(__file__).resolve().parent.parent
    (root / "src/isa" / file).write_text("".join(out))


def main():
    write("a64_kinds.inc", [("const uint8_t rp_a64_kinds",
                             ["RP_A64_" + class_of(k).split("|")[0] for k in range(2048)], 8)])
    write("a64_changes.inc", [("static const uint8_t changes",
                               [changes(k) for k in range(2048)], 8)])
    write("a64_untouched.inc", [("const uint16_t rp_a64_untouched",
                                 [f"0x{untouched(k):04x}" for k in range(2048)], 12)])
    write("a64_asks.inc", [("static const uint16_t asks",
                            [f"0x{asks(k):04x}" for k in range(2048)], 12)])


main()
