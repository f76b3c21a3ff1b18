# SPDX-License-Identifier: MIT OR Apache-2.0
"""ELF files for growth.py: many records that point at the same bytes, or at each other."""
import struct

CASES = []
PAGE = 0x1000
NAMES = [".shstrtab", ".text", ".symtab", ".strtab", ".rela.text", ".note.x", ".rodata", ".debug_info",
         ".debug_abbrev", ".debug_line", ".debug_str", ".debug_ranges", ".eh_frame"]
NAME_TABLE = b"\0" + b"".join(n.encode() + b"\0" for n in NAMES)
CODE = bytes.fromhex("554889e590905dc3") * 64
PROGBITS, SYMTAB, STRTAB, RELA, NOTE = 1, 2, 3, 4, 7
LOAD, DYNAMIC, STACK, EH_FRAME = 1, 2, 0x6474e551, 0x6474e550


class Elf:
    """A 64-bit x86-64 file, its bytes at their addresses; parts are added one after the other."""

    def __init__(self, kind=3):
        self.kind, self.body, self.sections, self.segments = kind, bytearray(NAME_TABLE), [], []
        self.section(".shstrtab", STRTAB, 0, 0, len(NAME_TABLE))
        self.code = self.add(CODE, ".text", flags=6)

    def place(self, data):
        """Where the data lies: behind the headers, whose room is fixed."""
        self.body += bytes(-len(self.body) % 16)
        at = len(self.body)
        self.body += data
        return PAGE + at

    def section(self, name, kind, flags, at, size, link=0, entsize=0):
        where = NAME_TABLE.index(b"\0" + name.encode() + b"\0") + 1
        address = PAGE + at if flags & 2 else 0
        self.sections.append(struct.pack("<IIQQQQIIQQ", where, kind, flags, address, PAGE + at, size, link, 1, 1,
                                         entsize))

    def add(self, data, name, kind=PROGBITS, flags=0, times=1, link=0, entsize=0):
        """Data with `times` sections that are all of it."""
        at = self.place(data)
        for _ in range(times):
            self.section(name, kind, flags, at - PAGE, len(data), link, entsize)
        return at

    def symbols(self, records, names):
        """A symbol table and, behind it, its names."""
        link = len(self.sections) + 2
        self.add(bytes(24) + records, ".symtab", SYMTAB, link=link, entsize=24)
        self.add(names, ".strtab", STRTAB)

    def segment(self, kind, perm, at, size, address=None):
        self.segments.append(struct.pack("<IIQQQQQQ", kind, perm, at, address or at, address or at, size, size, PAGE))

    def file(self):
        end = PAGE + len(self.body)
        own = struct.pack("<IIQQQQQQ", LOAD, 5, 0, 0, 0, end, end, PAGE)
        own += struct.pack("<IIQQQQQQ", STACK, 6, 0, 0, 0, 0, 0, 16)
        programs = b"".join(self.segments) + own
        tables = end + -end % 16
        sections = bytes(64) + b"".join(self.sections)
        n = len(self.sections) + 1
        if n >= 0xff00:  # gABI: the number is in sh_size of section 0
            sections = sections[:32] + struct.pack("<Q", n) + sections[40:]
        header = b"\x7fELF\2\1\1" + bytes(9) + struct.pack(
            "<HHIQQQIHHHHHH", self.kind, 62, 1, self.code, tables + len(sections), tables, 0, 64, 56,
            len(programs) // 56, 64, n if n < 0xff00 else 0, 1)
        data = header + bytes(PAGE - len(header)) + bytes(self.body)
        return data + bytes(tables - len(data)) + sections + programs


def symbol(name, address, size=8, section=2):
    return struct.pack("<IBBHQQ", name, 0x12, 0, section, address, size)


def elf(make):
    """A case of one ELF file, from a function that gives it."""
    def case(folder, n):
        file = folder / "case"
        file.write_bytes(make(n).file())
        return ["bin", "--any-language", str(file)]
    case.__name__ = make.__name__
    CASES.append(case)
    return make


def named(n, names, offset, section=2):
    e = Elf()
    e.symbols(b"".join(symbol(offset(i), e.code + i % 512, 1, section) for i in range(n)), names)
    return e


@elf
def symbols_of_one_long_name(n):  # each was read, and looked through, whole
    return named(n, b"\0_RNvC" + b"a" * 16 * n + b"\0", lambda i: 1)


@elf
def symbols_of_ends_of_one_name(n):
    return named(n, b"\0" + b"_RC" * 5 * n + b"\0", lambda i: 1 + 3 * i)


@elf
def symbols_of_a_name_without_end(n):
    return named(n, b"\0" + b"_ZN" * 5 * n, lambda i: 1 + 3 * i)


@elf
def imported_symbols_of_one_long_name(n):
    return named(n, b"\0_ZN" + b"a" * 16 * n + b"\0", lambda i: 1, section=0)


@elf
def symbols_of_overlapping_functions(n):
    e = Elf()
    code = e.add(b"\x90" * (4 * n - 1) + b"\xc3", ".text", flags=6)
    e.symbols(b"".join(symbol(1, code + i, 4 * n - i, 3) for i in range(n)), b"\0f\0")
    return e


@elf
def sections_with_one_note_table(n):
    e = Elf()
    note = struct.pack("<III4sIIII", 4, 16, 5, b"GNU\0", 0xc0000002, 4, 3, 0)
    e.add(note * n, ".note.x", NOTE, 2, times=n)
    return e


@elf
def sections_with_one_relocation_table(n):
    e = Elf(kind=1)
    e.symbols(symbol(1, 0) * n, b"\0f\0")
    e.add(struct.pack("<QQq", 0, 1 << 32 | 2, 0) * n, ".rela.text", RELA, times=n, link=3, entsize=24)
    return e


@elf
def sections_of_one_text(n):
    e = Elf()
    e.add(b"/home/u/x/src/a.rs\0" * n, ".rodata", flags=2, times=n)
    return e


@elf
def segments_and_function_starts(n):
    e = Elf()
    n = min(n, 60000)
    starts = b"".join(struct.pack("<ii", i, 0) for i in range(n))
    table = struct.pack("<BBBBiI", 1, 0x1b, 3, 0x3b, 0, n) + starts
    at = e.place(table)
    e.segment(EH_FRAME, 4, at, len(table))
    for i in range(n):
        e.segment(LOAD, 5, 0, PAGE, (1 << 40) + 2 * PAGE * i)
    return e


@elf
def relocations_packed(n):  # few bytes that stand for 2^30 each
    def sleb(value):
        out = []
        while value > 0x3f:
            out.append(value & 0x7f | 0x80)
            value >>= 7
        return bytes(out + [value])
    e = Elf()
    data = b"APS2" + sleb(1 << 40) + sleb(0) + b"".join(map(sleb, (1 << 30, 15, 8, 8, 0))) * n
    at = e.place(data)
    tags = e.place(struct.pack("<6Q", 0x60000011, at, 0x60000012, len(data), 0, 0))
    e.segment(DYNAMIC, 6, tags, 48)
    return e


@elf
def versions_that_share_records(n):
    e = Elf()
    heads = b"".join(struct.pack("<HHIII", 1, 65535, 1, 16 * (n - i), 16) for i in range(n))
    at = e.place(heads + struct.pack("<IHHII", 0, 0, 2, 1, 16) * n)
    names = e.place(b"\0GLIBC_2.4\0")
    tags = e.place(struct.pack("<10Q", 5, names, 10, 11, 0x6ffffffe, at, 0x6fffffff, n, 0, 0))
    e.segment(DYNAMIC, 6, tags, 80)
    return e


# ---- debug information ----

UNIT_DIE = b"\1\x11\0" + b"\x10\x17\x55\x17\x03\x0e\x1b\x0e\x13\x05\0\0"


def unit(abbreviations, line=0, name=0):
    body = b"\1" + struct.pack("<IIIIH", line, 0, name, name, 0x1c)
    return struct.pack("<IHIB", 7 + len(body), 4, abbreviations, 8) + body


def debug(n, abbreviations, units, strings=b"\0"):
    e = Elf()
    e.symbols(symbol(1, e.code, 512), b"\0f\0")
    e.add(units, ".debug_info")
    e.add(abbreviations, ".debug_abbrev")
    e.add(strings, ".debug_str")
    e.add(struct.pack("<QQ", e.code, e.code + 512) * n + bytes(16), ".debug_ranges")
    return e


def uleb(value):
    return bytes([value & 0x7f | 0x80, value >> 7 & 0x7f | 0x80, value >> 14])


@elf
def units_with_one_abbreviation_table(n):
    table = b"".join(uleb(i + 10) + b"\x2e\0\x11\x01\0\0" for i in range(n)) + UNIT_DIE + b"\0"
    return debug(1, table, unit(0) * n)


@elf
def units_with_ends_of_one_abbreviation_table(n):
    table = b"".join(uleb(i + 10) + b"\x2e\0\x11\x01\0\0" for i in range(n)) + UNIT_DIE + b"\0"
    return debug(1, table, b"".join(unit(9 * i) for i in range(n)))


@elf
def units_with_one_range_list(n):
    return debug(n, UNIT_DIE + b"\0", unit(0) * n)


@elf
def units_with_one_long_name(n):
    return debug(1, UNIT_DIE + b"\0", unit(0, name=1) * n, b"\0" + b"/a-1.0" * 4 * n + b"\0")
