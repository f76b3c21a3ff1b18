# SPDX-License-Identifier: MIT OR Apache-2.0
"""Archives, PE and Mach-O files for growth.py: tables with as many rows as the file has room for."""
import struct

CASES = []


def binary(make):
    """A case of one file, from a function that gives its bytes."""
    def case(folder, n):
        file = folder / "case"
        file.write_bytes(make(n))
        return ["bin", "--any-language", str(file)]
    case.__name__ = make.__name__
    CASES.append(case)
    return make


# ---- archives ----

def member(name, body):
    head = f"{name:<16}{0:<12}{0:<6}{0:<6}{644:<8}{len(body):<10}`\n".encode()
    return head + body + b"\n" * (len(body) % 2)


@binary
def members_of_an_archive(n):
    return b"!<arch>\n" + member("a.o/", b"x") * n


@binary
def members_with_long_names(n):  # all of them the same end of one table
    names = b"n" * n + b"/\n"
    return b"!<arch>\n" + member("//", names) + b"".join(member(f"/{i}", b"x") for i in range(n))


@binary
def symbols_of_an_archive(n):
    index = struct.pack(">I", n) + struct.pack(">I", 8) * n + b"f\0" * n
    return b"!<arch>\n" + member("/", index) + member("a.o/", b"x")


@binary
def members_of_a_cpio_archive(n):
    def entry(name):
        numbers = (1, 0o100644, 0, 0, 1, 0, 0, 0, 0, 0, 0, len(name), 0)
        head = b"070701" + b"".join(b"%08x" % number for number in numbers) + name
        return head + bytes(-len(head) % 4)
    return entry(b"a\0") * n + entry(b"TRAILER!!!\0")


# ---- PE ----

def pe(directories, body, flags=0x40000040):
    """A 64-bit image of one section, .rdata at 0x1000, whose bytes are `body`."""
    size = len(body) + -len(body) % 0x200
    optional = struct.pack("<HBBIIIIIQIIHHHHHHIIIIHHQQQQII", 0x20b, 14, 0, 0, size, 0, 0, 0x1000, 0x140000000, 0x1000,
                           0x200, 6, 0, 0, 0, 6, 0, 0, 0x1000 + size, 0x200, 0, 3, 0x8160, 1 << 20, 4096, 1 << 20,
                           4096, 0, 16)
    table = b"".join(struct.pack("<II", *directories.get(i, (0, 0))) for i in range(16))
    head = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0"
    head += struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, len(optional) + len(table), 0x22) + optional + table
    head += struct.pack("<8sIIIIIIHHI", b".rdata", size, 0x1000, size, 0x200, 0, 0, 0, 0, flags)
    return head.ljust(0x200, b"\0") + body.ljust(size, b"\0")


@binary
def libraries_of_one_import_table(n):
    names = 20 * (n + 1)
    row = struct.pack("<IIIII", 0x1000 + names + 16, 0, 0, 0x1000 + names, 0x1000 + names + 16)
    return pe({1: (0x1000, names)}, row * n + bytes(20) + b"a.dll".ljust(16, b"\0") + bytes(16))


@binary
def import_tables_that_share_their_names(n):  # rows × names are read when nothing stops it
    lookup, few = 8 * (n + 1), n // 8
    at = 20 * (few + 1)
    row = struct.pack("<IIIII", 0x1000 + at, 0, 0, 0x1000 + at + lookup, 0x1000 + at)
    names = b"a.dll\0\0\0" + struct.pack("<H", 0) + b"f\0"
    return pe({1: (0x1000, at)}, row * few + bytes(20) +
              struct.pack("<Q", 0x1000 + at + lookup + 8) * n + bytes(8) + names)


@binary
def exports_of_one_name(n):
    at = 40
    table = struct.pack("<IIHHIIIIIII", 0, 0, 0, 0, 0x1000 + at, 1, n, n, 0x1000 + at + 8, 0x1000 + at + 8 + 4 * n,
                        0x1000 + at + 8 + 8 * n)
    ordinals = b"".join(struct.pack("<H", i & 0xffff) for i in range(n))
    return pe({0: (0x1000, 40)}, table + b"x.dll\0\0\0" + struct.pack("<I", 0x1000) * n +
              struct.pack("<I", 0x1000 + at) * n + ordinals)


@binary
def blocks_of_relocations(n):
    block = struct.pack("<IIHH", 0x1000, 12, 0xa000, 0)
    return pe({5: (0x1000, 12 * n)}, block * n)


@binary
def unwind_chains_of_one_function(n):  # each row leads on to the one before it
    rows = 12 * n
    info = b"".join(struct.pack("<BBBBIII", 0x21, 0, 0, 0, 0x1000, 0x1004, 0x1000 + rows + 16 * max(i - 1, 0))
                    for i in range(n))
    table = b"".join(struct.pack("<III", 0x1000 + i, 0x1001 + i, 0x1000 + rows + 16 * i) for i in range(n))
    return pe({3: (0x1000, rows)}, table + info, flags=0x60000020)


# ---- Mach-O ----

def macho(commands, count, body=b""):
    head = struct.pack("<IIIIIIII", 0xfeedfacf, 0x0100000c, 0, 2, count, len(commands), 0x200085, 0)
    return head + commands + body


def macho_command(kind, body):
    body += bytes(-len(body) % 8)
    return struct.pack("<II", kind, 8 + len(body)) + body


def macho_segment(name, sections=b"", count=0):
    return macho_command(0x19, struct.pack("<16sQQQQIIII", name, 0, 0x1000, 0, 0, 5, 5, count, 0) + sections)


@binary
def load_commands_without_a_meaning(n):
    return macho(macho_command(0x7777, b"") * n, n)


@binary
def libraries_of_a_macho_file(n):
    one = macho_command(0xc, struct.pack("<IIII", 24, 0, 0, 0) + b"/usr/lib/x\0")
    return macho(one * n, n)


@binary
def run_paths_of_a_macho_file(n):
    return macho(macho_command(0x8000001c, struct.pack("<I", 12) + b"@loader_path/x\0") * n, n)


@binary
def segments_of_a_macho_file(n):
    return macho(macho_segment(b"__TEXT") * n, n)


@binary
def sections_of_a_macho_file(n):
    section = struct.pack("<16s16sQQIIIIIIII", b"__text", b"__TEXT", 0, 16, 0, 0, 0, 0, 0x80000400, 0, 0, 0)
    return macho(macho_segment(b"__TEXT", section * n, n), 1)


@binary
def code_signatures_with_one_directory(n):
    blob = struct.pack(">III", 0xfade0cc0, 12 + 8 * n + 8, n) + struct.pack(">II", 0x1000, 12 + 8 * n) * n
    blob += struct.pack(">II", 0xfade0c02, 8)
    command = macho_command(0x1d, struct.pack("<II", 32 + 16, len(blob)))
    return macho(command, 1, blob)


# ---- ELF ----

def elf(segments, body):
    """64-bit x86-64, `body` behind the headers, all of it loaded at 0."""
    at = 64 + 56 * (len(segments) + 1)
    rows = [(1, 5, 0, at + len(body))] + [(kind, 4, at + start, size) for kind, start, size in segments]
    head = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 3, 62, 1, at, 64, 0, 0, 64, 56, len(rows), 0, 0, 0)
    return head + b"".join(struct.pack("<IIQQQQQQ", kind, flags, start, start, start, size, size, 8)
                           for kind, flags, start, size in rows) + body


@binary
def notes_of_one_segment(n):
    notes = struct.pack("<III4sI", 4, 4, 1, b"GNU\0", 0) * n
    return elf([(4, 0, len(notes))], notes)


@binary
def properties_of_one_note(n):
    row = struct.pack("<IIII", 0xc0000002, 4, 3, 0)
    note = struct.pack("<III4s", 4, len(row) * n, 5, b"GNU\0") + row * n
    return elf([(0x6474e553, 0, len(note))], note)


@binary
def segments_with_one_note_table(n):  # segments × notes are read when nothing stops it
    count = min(n, 60000)
    notes = struct.pack("<III4sI", 4, 4, 1, b"GNU\0", 0) * n
    return elf([(4, 0, len(notes))] * count, notes)


@binary
def needed_libraries(n):
    strings = b"\0lib.so\0"
    tags = struct.pack("<QQ", 1, 1) * n
    start = 64 + 56 * 2
    tags += struct.pack("<QQQQQQ", 5, start + len(tags) + 48, 10, len(strings), 0, 0)
    return elf([(2, 0, len(tags))], tags + strings)
