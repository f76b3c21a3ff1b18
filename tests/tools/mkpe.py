#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Writes a PE image from a short description, for what no linker here emits.

  mkpe.py -o OUT < DESCRIPTION
  mkpe.py --samples FOLDER          one image of each kind, for the tests that cut and bend files

One statement a line, a line that begins with '#' is a comment, words as a shell splits them, numbers in any base:

  pe bits=64 machine=AMD64 flags=0x22 dll=0x8160 subsystem=3 base=0x140000000 entry=code linker=14.40
     align=0x1000 file_align=0x200 directories=16 lfanew=0x80 optional_size= sections=
  rich PRODUCT:BUILD:COUNT … [key=N]         a Rich header; key= a wrong checksum
  section NAME PERM [rva= vsize= size= offset= flags=]   PERM: letters of RWX and S (shared), N (no bytes in the file)
  bytes LABEL hex=…|zero=N|text=…            contents of the section that was named last, 8-aligned
  pointer LABEL VALUE …                      addresses, as wide as the image's
  table LABEL [extra=N] VALUE …              RVAs, each with N zero bytes behind it
  load_config LABEL FIELD=VALUE … [size=N]   as long as size, or as all known fields
  debug LABEL TYPE:DATA_LABEL:SIZE[:hidden] …     a debug directory; hidden: AddressOfRawData is 0
  imports LABEL DLL:NAME,NAME,#ORDINAL …     descriptors, lookup tables, names
  relocs LABEL VALUE …                       a block of relocations for each page
  tls LABEL CALLBACKS                        a TLS directory
  directory NAME LABEL [size=N] [rva=N] [offset=1]
  append hex=…|zero=N|text=…                 bytes behind all sections
  patch AT HEX     overwrites bytes of the finished file
  cut SIZE         and drops what follows

A VALUE is a number or LABEL[+N]: an address in pointers and load configurations, an RVA in tables and relocations.
"""
import pathlib
import re
import shlex
import struct
import sys

MACHINES = {"I386": 0x14c, "AMD64": 0x8664, "ARM64": 0xaa64, "ARMNT": 0x1c4, "RISCV64": 0x5064}
DIRECTORIES = ["EXPORT", "IMPORT", "RESOURCE", "EXCEPTION", "SECURITY", "BASERELOC", "DEBUG", "ARCHITECTURE",
               "GLOBALPTR", "TLS", "LOAD_CONFIG", "BOUND_IMPORT", "IAT", "DELAY_IMPORT", "CLR", "RESERVED"]
FIELDS = {"SecurityCookie": (0x3c, 0x58), "SEHandlerTable": (0x40, 0x60), "SEHandlerCount": (0x44, 0x68),
          "GuardCFCheck": (0x48, 0x70), "GuardCFDispatch": (0x4c, 0x78), "GuardCFFunctionTable": (0x50, 0x80),
          "GuardCFFunctionCount": (0x54, 0x88), "GuardFlags": (0x58, 0x90), "GuardIatTable": (0x68, 0xa0),
          "GuardIatCount": (0x6c, 0xa8), "GuardLongJumpTable": (0x70, 0xb0), "GuardLongJumpCount": (0x74, 0xb8),
          "CHPEMetadata": (0x7c, 0xc8), "GuardEHContTable": (0xa4, 0x108), "GuardEHContCount": (0xa8, 0x110),
          "GuardXFGCheck": (0xac, 0x118), "GuardXFGDispatch": (0xb0, 0x120), "CastGuard": (0xb8, 0x130),
          "GuardMemcpy": (0xbc, 0x138)}


def up(n, to):
    return -(-n // to) * to


class Section:
    def __init__(self, name, perm, options):
        self.name, self.perm, self.options, self.items = name, perm, options, []

    def flags(self):
        value = {"X": 0x20000020, "W": 0xC0000000, "R": 0x40000000, "S": 0x10000000, "N": 0x80}
        flags = sum({bit for p in self.perm for bit in [1 << i for i in range(32) if value[p] >> i & 1]})
        return flags if {"X", "N"} & set(self.perm) else flags | 0x40


class Image:
    def __init__(self):
        self.head = {"bits": 64, "machine": "AMD64", "flags": 0x22, "dll": 0x8160, "subsystem": 3, "base": None,
                     "entry": "0", "linker": "14.40", "align": 0x1000, "file_align": 0x200, "directories": 16,
                     "lfanew": None, "optional_size": None, "sections": None}
        self.sections, self.labels, self.dirs = [], {}, {}
        self.rich, self.rich_key, self.tail, self.patches, self.size = [], None, b"", [], None

    # ---- reading the description ----

    def read(self, text):
        for number, line in enumerate(text.splitlines(), 1):
            words = [] if line.lstrip().startswith("#") else shlex.split(line)
            if words:
                try:
                    getattr(self, "do_" + words[0])(*words[1:])
                except (AttributeError, ValueError, KeyError, TypeError, IndexError) as error:
                    sys.exit(f"mkpe: line {number}: {line.strip()}: {error!r}")

    @staticmethod
    def split(words):
        options = dict(w.split("=", 1) for w in words if "=" in w)
        return [w for w in words if "=" not in w], options

    @staticmethod
    def data(options):
        if "hex" in options:
            return bytes.fromhex(options["hex"])
        return options["text"].encode() + b"\0" if "text" in options else bytes(int(options["zero"], 0))

    def do_pe(self, *words):
        for key, value in self.split(words)[1].items():
            self.head[key] = value if key in ("machine", "entry", "linker") else int(value, 0)

    def do_rich(self, *words):
        entries, options = self.split(words)
        self.rich = [[int(n, 0) for n in e.split(":")] for e in entries]
        self.rich_key = int(options["key"], 0) if "key" in options else None

    def do_section(self, name, perm, *words):
        self.sections.append(Section(name, perm, {k: int(v, 0) for k, v in self.split(words)[1].items()}))

    def add(self, label, size, emit):
        self.sections[-1].items.append((label, size, emit))

    def do_bytes(self, label, *words):
        data = self.data(self.split(words)[1])
        self.add(label, len(data), lambda: data)

    def do_pointer(self, label, *values):
        self.add(label, len(values) * self.width(), lambda: b"".join(self.address(v) for v in values))

    def do_table(self, label, *words):
        values, options = self.split(words)
        extra = int(options.get("extra", "0"), 0)
        self.add(label, len(values) * (4 + extra),
                 lambda: b"".join(struct.pack("<I", self.value(v)) + bytes(extra) for v in values))

    def do_load_config(self, label, *words):
        fields = self.split(words)[1]
        whole = 0x140 if self.width() == 8 else 0xc0
        size = int(fields.pop("size", str(whole)), 0)
        self.add(label, whole, lambda: self.load_config(size, whole, fields))

    def do_debug(self, label, *entries):
        self.add(label, 28 * len(entries), lambda: b"".join(self.debug_entry(*e.split(":")) for e in entries))

    def do_imports(self, label, *dlls):
        self.add(label, len(self.imports(0, dlls)), lambda: self.imports(self.labels[label], dlls))

    def do_relocs(self, label, *values):
        def emit():
            return b"".join(self.relocs([self.value(v) for v in values]))
        self.add(label, lambda: len(emit()) if self.labels else 0, emit)

    def do_tls(self, label, callbacks):
        self.add(label, 4 * self.width() + 8,
                 lambda: bytes(3 * self.width()) + self.address(callbacks) + bytes(8))

    def do_directory(self, name, *words):
        labels, options = self.split(words)
        self.dirs[DIRECTORIES.index(name)] = (labels[0] if labels else None, options)

    def do_append(self, *words):
        self.tail += self.data(self.split(words)[1])

    def do_patch(self, at, data):
        self.patches.append((int(at, 0), bytes.fromhex(data)))

    def do_cut(self, size):
        self.size = int(size, 0)

    # ---- values ----

    def width(self):
        return self.head["bits"] // 8

    def base(self):
        default = 0x140000000 if self.width() == 8 else 0x400000
        return default if self.head["base"] is None else self.head["base"]

    def value(self, text):
        """A number, or the RVA of a label."""
        name, _, plus = text.partition("+")
        return self.labels[name] + int(plus or "0", 0) if re.match(r"[A-Za-z_]", name) else int(text, 0)

    def address(self, text):
        number = self.value(text) + (self.base() if re.match(r"[A-Za-z_]", text) else 0)
        return struct.pack("<Q" if self.width() == 8 else "<I", number)

    # ---- tables ----

    def load_config(self, size, whole, fields):
        out = bytearray(whole)
        struct.pack_into("<I", out, 0, size)
        for name, text in fields.items():
            at = FIELDS[name][self.width() == 8]
            data = struct.pack("<I", int(text, 0)) if name == "GuardFlags" else self.address(text)
            out[at:at + len(data)] = data
        return bytes(out)

    def debug_entry(self, kind, label, size, hidden=""):
        rva = self.value(label)
        return struct.pack("<IIHHIIII", 0, 0, 0, 0, int(kind, 0), int(size, 0), 0 if hidden else rva,
                           self.file_offset(rva))

    def imports(self, rva, dlls):
        parsed = [(d.partition(":")[0], d.partition(":")[2].split(",")) for d in dlls]
        descriptors, body = b"", b""
        start = rva + 20 * (len(parsed) + 1)
        for dll, names in parsed:
            hints, entries = b"", []
            table = up(start + len(body), 8)
            body += bytes(table - start - len(body))
            length = (len(names) + 1) * self.width()
            for name in names:
                if name.startswith("#"):
                    entries.append(1 << (8 * self.width() - 1) | int(name[1:]))
                else:
                    entries.append(table + 2 * length + len(hints))
                    hints += b"\1\0" + name.encode() + b"\0" * (2 - len(name) % 2)
            lookup = b"".join(e.to_bytes(self.width(), "little") for e in entries) + bytes(self.width())
            descriptors += struct.pack("<IIIII", table, 0, 0, table + 2 * length + len(hints), table + length)
            body += lookup * 2 + hints + dll.encode() + b"\0"
        return descriptors + bytes(20) + body

    def relocs(self, rvas):
        kind = 10 if self.width() == 8 else 3
        for page in sorted({rva & ~0xfff for rva in rvas}):
            entries = [kind << 12 | rva & 0xfff for rva in rvas if rva & ~0xfff == page]
            entries += [0] * (len(entries) % 2)
            yield struct.pack(f"<II{len(entries)}H", page, 8 + 2 * len(entries), *entries)

    # ---- layout ----

    def stub(self):
        out = bytearray(b"MZ".ljust(0x3c, b"\0") + bytes(4) + b"\x0e\x1f\xba\x0e\0\xb4\x09\xcd\x21".ljust(64, b"\0"))
        out[0x18] = 0x40
        if self.rich:
            def rotate(value, by):
                return (value << (by & 31) | value >> (32 - (by & 31))) & 0xffffffff
            pairs = [(product << 16 | build, count) for product, build, count in self.rich]
            key = len(out) + sum(rotate(b, i) for i, b in enumerate(out) if not 0x3c <= i < 0x40)
            key = (key + sum(rotate(tool, count) for tool, count in pairs)) & 0xffffffff
            key = key if self.rich_key is None else self.rich_key
            words = [0x536e6144, 0, 0, 0] + [w for pair in pairs for w in pair]
            out += b"".join(struct.pack("<I", w ^ key) for w in words) + b"Rich" + struct.pack("<I", key)
        out += bytes(-len(out) % 8)
        at = len(out) if self.head["lfanew"] is None else self.head["lfanew"]
        struct.pack_into("<I", out, 0x3c, at)
        return bytes(out.ljust(at, b"\0")) if at >= len(out) else bytes(out)

    def lay_out(self, headers):
        rva, offset = up(headers, self.head["align"]), up(headers, self.head["file_align"])
        for s in self.sections:
            s.rva = s.options.get("rva", rva)
            size = 0
            for label, length, _ in s.items:
                size = up(size, 8)
                self.labels[label] = s.rva + size
                size += self.length(length)
            s.used = size
            s.raw = 0 if "N" in s.perm else s.options.get("size", up(size, self.head["file_align"]))
            s.offset = s.options.get("offset", offset if s.raw else 0)
            s.vsize = s.options.get("vsize", size)
            rva = up(max(rva, s.rva) + max(s.vsize, 1), self.head["align"])
            offset += up(size, self.head["file_align"]) if s.raw else 0

    @staticmethod
    def length(n):
        return n() if callable(n) else n

    def file_offset(self, rva):
        return next((s.offset + rva - s.rva for s in self.sections if s.rva <= rva < s.rva + s.used), 0)

    def directory(self, i):
        label, options = self.dirs.get(i, (None, {}))
        rva = self.labels.get(label, 0)
        size = next((self.length(n) for s in self.sections for name, n, _ in s.items if name == label), 0)
        if "offset" in options:
            rva = self.file_offset(rva)
        return struct.pack("<II", int(options.get("rva", str(rva)), 0), int(options.get("size", str(size)), 0))

    def optional(self, headers):
        h, wide = self.head, self.width() == 8
        major, minor = map(int, h["linker"].split("."))
        end = max([s.rva + s.vsize for s in self.sections] or [0])
        out = struct.pack("<HBBIIIII", 0x20b if wide else 0x10b, major, minor, 0, 0, 0, self.value(h["entry"]), 0)
        out += struct.pack("<Q", self.base()) if wide else struct.pack("<II", 0, self.base())
        out += struct.pack("<IIHHHHHHI", h["align"], h["file_align"], 6, 0, 0, 0, 6, 0, 0)
        out += struct.pack("<IIIHH", up(end, h["align"]), headers, 0, h["subsystem"], h["dll"])
        out += (1 << 20).to_bytes(self.width(), "little") * 4 + bytes(4) + struct.pack("<I", h["directories"])
        return out + b"".join(self.directory(i) for i in range(min(h["directories"], 16)))

    def build(self):
        stub = self.stub()
        optional_size = (112 if self.width() == 8 else 96) + 8 * min(self.head["directories"], 16)
        headers = up(len(stub) + 24 + optional_size + 40 * len(self.sections), self.head["file_align"])
        for _ in range(3):  # how long relocations are depends on where things lie
            self.lay_out(headers)
        h = self.head
        count = len(self.sections) if h["sections"] is None else h["sections"]
        machine = MACHINES[h["machine"]] if h["machine"] in MACHINES else int(h["machine"], 0)
        out = stub + b"PE\0\0" + struct.pack("<HHIIIHH", machine, count, 0, 0, 0,
                                             optional_size if h["optional_size"] is None else h["optional_size"],
                                             h["flags"]) + self.optional(headers)
        for s in self.sections:
            out += struct.pack("<8sIIIIIIHHI", s.name.encode()[:8], s.vsize, s.rva, s.raw, s.offset, 0, 0, 0, 0,
                               s.options.get("flags", s.flags()))
        out = bytearray(out)
        for s in self.sections:
            body = b""
            for _, length, emit in s.items:
                body = body.ljust(up(len(body), 8), b"\0") + emit().ljust(self.length(length), b"\0")
            if s.raw:
                out = out.ljust(s.offset, b"\0")
                out[s.offset:s.offset + len(body)] = body
                out = out.ljust(s.offset + up(len(body), self.head["file_align"]), b"\0")
        out += self.tail
        for at, data in self.patches:
            out[at:at + len(data)] = data
        return bytes(out if self.size is None else out[:self.size])


CODE = "section .text RX\nbytes code hex=c3909090c3909090c3909090\n"
CONFIG = """section .rdata R
pointer check code
table fids extra=1 code code+4
table ehcont extra=1 code+8
load_config lc SecurityCookie=cookie GuardCFCheck=check GuardCFDispatch=check GuardCFFunctionTable=fids \
GuardCFFunctionCount=2 GuardEHContTable=ehcont GuardEHContCount=1 GuardFlags={flags}{more}
directory LOAD_CONFIG lc
bytes cet hex=01000000
bytes pdb hex=52534453000102030405060708090a0b0c0d0e0f01000000632e70646200
debug dbg 20:cet:4:hidden 2:pdb:30 16:cet:0
directory DEBUG dbg
imports imp kernel32.dll:ExitProcess,#7 ntdll.dll:NtClose
directory IMPORT imp
pointer callbacks code 0
tls tlsdir callbacks
directory TLS tlsdir
section .data RW
pointer cookie {cookie}
section .reloc R
relocs rel check callbacks lc+0x58
directory BASERELOC rel
"""
SAMPLES = {
    "full64.exe": "pe dll=0xc160\nrich 0x105:33145:12 0x103:33145:3\n" + CODE +
                  CONFIG.format(flags="0x10410500", more="", cookie="0x2b992ddfa232"),
    "full32.exe": "pe bits=32 machine=I386 dll=0x4140\n" + CODE +
                  CONFIG.format(flags="0x10410500", more="", cookie="0xbb40e64e"),
    "arm64ec.dll": "pe dll=0xc160 flags=0x2022\n" + CODE +
                   CONFIG.format(flags="0x10410500", more=" CHPEMetadata=cookie", cookie="0x2b992ddfa232"),
    "bare.exe": "pe directories=2\n" + CODE,
    "hostile.exe": "pe directories=0xffffffff\n" + CODE + "section .wx RWXS\nbytes w zero=8\n"
                   "directory LOAD_CONFIG rva=0xfffffff0 size=0x140\ndirectory SECURITY rva=0x10 size=0xfffffff0\n"
                   "directory BASERELOC w size=0x100000\ndirectory IMPORT w\n",
}


def make(text):
    image = Image()
    image.read(text)
    return image.build()


def main(argv):
    if argv[1:2] == ["--samples"] and len(argv) == 3:
        folder = pathlib.Path(argv[2])
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in SAMPLES.items():
            (folder / name).write_bytes(make(text))
    elif argv[1:2] == ["-o"] and len(argv) == 3:
        pathlib.Path(argv[2]).write_bytes(make(sys.stdin.read()))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv)
