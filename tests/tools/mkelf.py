#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Writes an ELF file from a short description, for what no linker here emits.

  mkelf.py -o OUT < DESCRIPTION

One statement a line, '#' begins a comment, words as a shell splits them, numbers in any base:

  elf class=64 order=little machine=x86_64 type=DYN entry=@code base=0 flags=0 osabi=0
  blob NAME hex=…|text=…|zero=N|string=…    bytes of the file, one after the other, 8-aligned (align=N)
  blob NAME dynamic TAG=VALUE …             a dynamic table; DT_STRTAB and DT_STRSZ are added for texts
  blob NAME property WORD=VALUE …           a GNU property note, e.g. X86_FEATURE_1_AND=3, PAUTH=2:85
  segment TYPE PERM [BLOB[..BLOB]|all] [offset= vaddr= filesz= memsz= align=]
  section NAME TYPE FLAGS [BLOB] [size= link= info= entsize= addr=]    FLAGS: letters of WAX, or -
  patch AT HEX     overwrites bytes of the finished file
  cut SIZE         and drops what follows

A value @NAME is the address of a blob. Segments without a blob have no bytes;
values that are given win over what is computed, however wrong they are.
"""
import shlex
import struct
import sys

MACHINES = {"386": 3, "mips": 8, "ppc": 20, "ppc64": 21, "s390": 22, "arm": 40, "sparcv9": 43, "x86_64": 62,
            "aarch64": 183, "riscv": 243, "bpf": 247, "loongarch": 258}
TYPES = {"NONE": 0, "REL": 1, "EXEC": 2, "DYN": 3, "CORE": 4}
SEGMENTS = {"NULL": 0, "LOAD": 1, "DYNAMIC": 2, "INTERP": 3, "NOTE": 4, "PHDR": 6, "TLS": 7,
            "GNU_EH_FRAME": 0x6474e550, "GNU_STACK": 0x6474e551, "GNU_RELRO": 0x6474e552,
            "GNU_PROPERTY": 0x6474e553, "OPENBSD_WXNEEDED": 0x65a3dbe7, "AARCH64_MEMTAG_MTE": 0x70000002}
SECTIONS = {"NULL": 0, "PROGBITS": 1, "SYMTAB": 2, "STRTAB": 3, "RELA": 4, "DYNAMIC": 6, "NOTE": 7, "NOBITS": 8,
            "REL": 9, "DYNSYM": 11}
TAGS = {"NULL": 0, "NEEDED": 1, "PLTRELSZ": 2, "PLTGOT": 3, "HASH": 4, "STRTAB": 5, "SYMTAB": 6, "RELA": 7,
        "RELASZ": 8, "RELAENT": 9, "STRSZ": 10, "SYMENT": 11, "SONAME": 14, "RPATH": 15, "REL": 17, "RELSZ": 18,
        "RELENT": 19, "PLTREL": 20, "DEBUG": 21, "TEXTREL": 22, "JMPREL": 23, "BIND_NOW": 24, "RUNPATH": 29,
        "FLAGS": 30, "FLAGS_1": 0x6ffffffb, "AARCH64_BTI_PLT": 0x70000001, "AARCH64_PAC_PLT": 0x70000003,
        "AARCH64_MEMTAG_MODE": 0x70000009, "AARCH64_MEMTAG_HEAP": 0x7000000b, "AARCH64_MEMTAG_STACK": 0x7000000c}
TEXT_TAGS = {"NEEDED", "SONAME", "RPATH", "RUNPATH"}
PROPERTIES = {"X86_FEATURE_1_AND": 0xc0000002, "AARCH64_FEATURE_1_AND": 0xc0000000, "PAUTH": 0xc0000001,
              "RISCV_FEATURE_1_AND": 0xc0000000}
PERMISSIONS = {"x": 1, "w": 2, "r": 4}


def options(words):
    """['a', 'b=1'] -> (['a'], {'b': '1'})"""
    plain = [w for w in words if "=" not in w]
    return plain, dict(w.split("=", 1) for w in words if "=" in w)


class Elf:
    def __init__(self, text):
        self.header, self.blobs, self.segments, self.sections = {}, {}, [], []
        self.patches, self.size = [], None
        self.strings = b"\0"
        for line in text.splitlines():
            words = shlex.split(line, comments=True)
            if words:
                getattr(self, f"add_{words[0]}")(words[1:])
        self.bits = int(self.header.get("class", "64"))
        self.order = ">" if self.header.get("order") == "big" else "<"
        self.word = "Q" if self.bits == 64 else "I"

    def add_elf(self, words):
        self.header = options(words)[1]

    def add_blob(self, words):
        self.blobs[words[0]] = words[1:]

    def add_segment(self, words):
        self.segments.append(options(words))

    def add_section(self, words):
        self.sections.append(options(words))

    def add_patch(self, words):
        self.patches.append((int(words[0], 0), bytes.fromhex(words[1])))

    def add_cut(self, words):
        self.size = int(words[0], 0)

    def pack(self, codes, *values):
        return struct.pack(self.order + codes.replace("P", self.word), *values)

    def number(self, text):
        if text.startswith("@"):
            return self.base + self.places[text[1:]][0]
        return int(text, 0)

    def text(self, string):
        at = len(self.strings)
        self.strings += string.encode() + b"\0"
        return at

    def dynamic(self, words):
        entries = []
        texts = False
        for word in words:
            tag, value = word.split("=", 1)
            texts = texts or tag in TEXT_TAGS
            entries.append((TAGS[tag] if tag in TAGS else int(tag, 0),
                            self.text(value) if tag in TEXT_TAGS else value))
        if texts:
            entries += [(TAGS["STRTAB"], "@strings"), (TAGS["STRSZ"], "@@")]
        return entries + [(0, 0)]

    def notes(self, words):
        body = b""
        for word in words:
            name, value = word.split("=", 1)
            data = struct.pack(self.order + "QQ", *(int(v, 0) for v in value.split(":"))) if name == "PAUTH" \
                else struct.pack(self.order + "I", int(value, 0))
            kind = PROPERTIES[name] if name in PROPERTIES else int(name, 0)
            data = struct.pack(self.order + "II", kind, len(data)) + data
            body += data + bytes(-len(data) % (self.bits // 8))
        return struct.pack(self.order + "III", 4, len(body), 5) + b"GNU\0" + body

    def content(self, words):
        """Bytes of a blob, or the entries of a dynamic table: its addresses are not known yet."""
        if words[0] == "dynamic":
            return self.dynamic(words[1:])
        if words[0] == "property":
            return self.notes(words[1:])
        kind, value = words[0].split("=", 1)
        return {"hex": bytes.fromhex, "text": str.encode, "zero": lambda v: bytes(int(v, 0)),
                "string": lambda v: v.encode() + b"\0"}[kind](value)

    def lay_out(self):
        """Offset and size of every blob, behind the headers."""
        self.base = int(self.header.get("base", "0"), 0)
        self.ehsize, self.phentsize, self.shentsize = (64, 56, 64) if self.bits == 64 else (52, 32, 40)
        at = self.ehsize + self.phentsize * len(self.segments)
        self.contents = {name: self.content(options(words)[0] + [w for w in words if "=" in w
                                                                  and not w.startswith("align=")])
                         for name, words in self.blobs.items()}
        self.contents["strings"] = self.strings
        self.places = {}
        for name, content in self.contents.items():
            align = int(options(self.blobs.get(name, []))[1].get("align", "8"), 0)
            at += -at % align
            size = len(content) * self.bits // 4 if isinstance(content, list) else len(content)
            self.places[name] = (at, size)
            at += size
        self.end = at

    def body(self):
        out = bytearray(self.end)
        for name, content in self.contents.items():
            if isinstance(content, list):
                content = b"".join(self.pack("PP", tag, len(self.strings) if value == "@@" else
                                             self.number(str(value))) for tag, value in content)
            out[self.places[name][0]:self.places[name][0] + len(content)] = content
        return out

    def extent(self, words):
        """Offset and size of 'all', 'blob' or 'blob..blob'."""
        if not words:
            return 0, 0
        if words[0] == "all":
            return 0, self.end
        first, _, last = words[0].partition("..")
        start, (at, size) = self.places[first][0], self.places[last or first]
        return start, at + size - start

    def program_header(self, plain, values):
        offset, size = self.extent(plain[2:])
        kind = SEGMENTS[plain[0]] if plain[0] in SEGMENTS else int(plain[0], 0)
        flags = sum(PERMISSIONS[c] for c in plain[1] if c != "-")
        v = {"offset": offset, "vaddr": self.base + offset if size else 0, "filesz": size, "memsz": size,
             "align": 0x1000 if plain[0] == "LOAD" else 8}
        v.update({key: self.number(value) for key, value in values.items()})
        if self.bits == 64:
            return self.pack("IIPPPPPP", kind, flags, v["offset"], v["vaddr"], v["vaddr"], v["filesz"], v["memsz"],
                             v["align"])
        return self.pack("IPPPPPIP", kind, v["offset"], v["vaddr"], v["vaddr"], v["filesz"], v["memsz"], flags,
                         v["align"])

    def section_header(self, name, kind, flags, offset, values, size):
        v = {"addr": 0, "link": 0, "info": 0, "entsize": 0, "size": size}
        v.update({key: self.number(value) for key, value in values.items()})
        return self.pack("IIPPPPIIPP", name, kind, flags, v["addr"], offset, v["size"], v["link"], v["info"], 1,
                         v["entsize"])

    def section_table(self, start):
        """Names and headers, to be written at `start`; the number of sections."""
        names, rows = b"\0", [self.section_header(0, 0, 0, 0, {}, 0)]
        for plain, values in self.sections:
            offset, size = self.extent(plain[3:])
            flags = sum({"W": 1, "A": 2, "X": 4}[c] for c in plain[2] if c != "-")
            rows.append(self.section_header(len(names), SECTIONS[plain[1]] if plain[1] in SECTIONS
                                            else int(plain[1], 0), flags, offset, values, size))
            names += plain[0].encode() + b"\0"
        label = len(names)
        names += b".shstrtab\0"
        rows.append(self.section_header(label, 3, 0, start, {}, len(names)))
        names += bytes(-len(names) % 8)
        return names, b"".join(rows), len(rows)

    def file(self):
        self.lay_out()
        out = self.body()
        shoff = shnum = 0
        if self.sections:
            out += bytes(-len(out) % 8)
            names, rows, shnum = self.section_table(len(out))
            out += names
            shoff = len(out)
            out += rows
        h = self.header
        ident = b"\x7fELF" + bytes([2 if self.bits == 64 else 1, 2 if self.order == ">" else 1, 1,
                                    int(h.get("osabi", "0"), 0)]) + bytes(8)
        machine = h.get("machine", "x86_64")
        kind = h.get("type", "DYN")
        head = ident + self.pack("HHIPPPIHHHHHH", TYPES[kind] if kind in TYPES else int(kind, 0),
                                 MACHINES[machine] if machine in MACHINES else int(machine, 0), 1,
                                 self.number(h.get("entry", "0")), self.ehsize if self.segments else 0, shoff,
                                 int(h.get("flags", "0"), 0), self.ehsize, self.phentsize, len(self.segments),
                                 self.shentsize, shnum, shnum - 1 if shnum else 0)
        out[:len(head)] = head
        table = b"".join(self.program_header(*s) for s in self.segments)
        out[len(head):len(head) + len(table)] = table
        for at, patch in self.patches:
            out[at:at + len(patch)] = patch
        return bytes(out[:self.size])


def main(argv):
    if len(argv) != 3 or argv[1] != "-o":
        sys.exit(__doc__)
    with open(argv[2], "wb") as out:
        out.write(Elf(sys.stdin.read()).file())


if __name__ == "__main__":
    main(sys.argv)
