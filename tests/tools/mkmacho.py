#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Makes Mach-O files, good and hostile ones, from a description on standard input.

  mkmacho.py OUT < description
  mkmacho.py --fat [--fat64] OUT FILE@ARCH…     puts files behind a fat table
  mkmacho.py --samples FOLDER                   makes one small file of each kind, for the sweeps

One item per line, '#' begins a comment, figures may be 0x…:

  cpu arm64 | arm64e | x86_64 | i386 | arm64_32 | ppc | 0xTYPE 0xSUBTYPE
  type execute | object | dylib | bundle | dsym | kext | dylinker | N
  flags pie dyldlink noundefs stack-execution heap-protection 0x…
  segment NAME [prot=r-x] [max=r-x] [addr=] [size=] [flags=] [filesize=] [offset=]
  section NAME [size=] [flags=] [hex=BYTES] [text=WORD] [zero] [pointers=APAP format=9] [segment=NAME]
  dylinker PATH · dylib PATH · weak-dylib PATH · id PATH · rpath PATH · environment NAME=VALUE
  main OFFSET · thread PC · uuid HEX · encryption ID
  build-version PLATFORM MIN SDK · min-macos MIN SDK
  symbol NAME [type=] [sect=] [value=] · export NAME ADDRESS · starts ADDRESS…
  sign [flags=adhoc,runtime] [id=] [team=] [hash=sha256|sha1|sha384] [page=12] [cms=BYTES] [limit=] [also=sha1]
  entitlement NAME true|false|TEXT · der-entitlement NAME true|false|TEXT · entitlements-xml TEXT
  command 0xCMD HEX               any load command, by its body
  align N                         of segments in the file, 0x1000 by default
  poke OFFSET HEX · truncate N    at the end, on the finished file, which then no longer fits its signature
"""
import hashlib
import os
import shlex
import struct
import sys

CPUS = {"i386": (7, 3), "x86_64": (0x01000007, 3), "arm64": (0x0100000C, 0), "arm64e": (0x0100000C, 0x80000002),
        "armv7": (12, 9), "arm64_32": (0x0200000C, 1), "ppc": (18, 0), "ppc64": (0x01000012, 0)}
TYPES = {"object": 1, "execute": 2, "core": 4, "dylib": 6, "dylinker": 7, "bundle": 8, "dsym": 10, "kext": 11}
FLAGS = {"noundefs": 1, "dyldlink": 4, "twolevel": 0x80, "stack-execution": 0x20000, "pie": 0x200000,
         "heap-protection": 0x1000000}
SIGN_FLAGS = {"adhoc": 2, "get-task-allow": 4, "hard": 0x100, "kill": 0x200, "restrict": 0x800, "library": 0x2000,
              "runtime": 0x10000, "linker": 0x20000}
HASHES = {"sha1": (1, 20, hashlib.sha1), "sha256": (2, 32, hashlib.sha256), "sha256t": (3, 20, hashlib.sha256),
          "sha384": (4, 48, hashlib.sha384)}
PLATFORMS = {"macos": 1, "ios": 2, "tvos": 3, "watchos": 4, "catalyst": 6}
PAGE = 0x1000


SAMPLES = {
    "hardened": """
align 0x100
segment __PAGEZERO addr=0 size=0x100000000
segment __TEXT
section __text size=64
section __cstring text=hello flags=2
segment __DATA_CONST flags=read-only
section __got size=16 flags=6
dylinker /usr/lib/dyld
dylib /usr/lib/libSystem.B.dylib
rpath @executable_path/../Frameworks
main 0x300
uuid 00112233445566778899aabbccddeeff
build-version macos 11.0 13.1
symbol _main type=0xf sect=1 value=0x100000300
symbol _local type=0xe sect=1 value=0x100000310
symbol _printf type=1
export _main 0x300
starts 0x300 0x310
sign flags=runtime id=com.example.tool team=ABCDE12345 cms=64
entitlement com.apple.security.network.client true
der-entitlement com.apple.security.network.client true
""",
    "opened": """
align 0x100
cpu x86_64
flags dyldlink stack-execution
segment __TEXT max=rwx
section __text size=64
segment __DATA prot=rwx
section __got size=16 flags=6
section __la_symbol_ptr size=16 flags=7
dylinker /usr/lib/dyld
dylib libfoo.dylib
rpath /tmp/lib
main 0x300
min-macos 10.13 10.14
sign flags=runtime id=x hash=sha1 also=sha256 cms=8
entitlement com.apple.security.get-task-allow true
entitlement com.apple.security.cs.disable-library-validation true
entitlement com.apple.security.cs.allow-dyld-environment-variables true
""",
    "arm64e": """
align 0x100
cpu arm64e
type dylib
id @rpath/x.dylib
segment __TEXT
section __text size=16
segment __DATA
section __data pointers=APAP format=9
sign flags=adhoc,linker id=x
""",
    "i386": "cpu i386\nalign 0x80\nsegment __TEXT addr=0x1000\nsection __text size=16\nrpath x\n",
    "ppc": "cpu ppc\nalign 0x80\nsegment __TEXT addr=0x1000\nsection __text size=16\nsymbol _a type=0xf sect=1\n",
    "object": "type object\nsegment x\nsection __text segment=__TEXT size=16\nsymbol _c type=1 value=8\n",
}


def number(text):
    return int(text, 0)


def version(text):
    parts = [int(p) for p in text.split(".")] + [0, 0]
    return parts[0] << 16 | parts[1] << 8 | parts[2]


def protection(text):
    return sum(bit for letter, bit in zip("rwx", (1, 2, 4)) if letter in text)


def words(table, items):
    return sum(table[w] if w in table else number(w) for w in items if w)


def uleb(value):
    out = bytearray()
    while True:
        out.append(value & 0x7F | (0x80 if value > 0x7F else 0))
        value >>= 7
        if value == 0:
            return bytes(out)


def align(data, to):
    return data + bytes(-len(data) % to)


class Description:
    """The lines of the description, sorted into what they describe."""

    def __init__(self, text):
        self.items, self.segments, self.symbols, self.exports, self.starts = [], [], [], [], []
        self.entitlements, self.der, self.xml, self.sign, self.edits = [], [], None, None, []
        self.cpu, self.type, self.flags, self.align = CPUS["arm64"], 2, None, PAGE
        for line in text.splitlines():
            parts = shlex.split(line, comments=True)
            if parts:
                self.line(parts[0], parts[1:])
        self.wide = bool(self.cpu[0] & 0x01000000)
        self.end = ">" if self.cpu[0] in (18, 0x01000012) else "<"

    def line(self, word, rest):
        options = dict(p.split("=", 1) if "=" in p else (p, "") for p in rest[1:])
        if word == "cpu":
            self.cpu = CPUS[rest[0]] if rest[0] in CPUS else tuple(map(number, rest))
        elif word == "type":
            self.type = TYPES.get(rest[0]) or number(rest[0])
        elif word == "align":
            self.align = number(rest[0])
        elif word == "flags":
            self.flags = words(FLAGS, rest)
        elif word == "segment":
            self.segments.append({"name": rest[0], "sections": [], **options})
        elif word == "section":
            self.segments[-1]["sections"].append({"name": rest[0], **options})
        elif word == "symbol":
            self.symbols.append((rest[0], options))
        elif word == "export":
            self.exports.append((rest[0], number(rest[1])))
        elif word == "starts":
            self.starts = [number(r) for r in rest]
        elif word == "sign":
            self.sign = dict(p.split("=", 1) for p in rest)
        elif word in ("entitlement", "der-entitlement"):
            (self.entitlements if word == "entitlement" else self.der).append((rest[0], rest[1]))
        elif word == "entitlements-xml":
            self.xml = rest[0]
        elif word in ("poke", "truncate"):
            self.edits.append((word, rest))
        else:
            self.items.append((word, rest))


def plist(entries):
    body = "".join(f"<key>{k}</key>" + (f"<{v}/>" if v in ("true", "false") else f"<string>{v}</string>")
                   for k, v in entries)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0"><dict>{body}</dict></plist>\n'.encode()


def der_value(tag, body):
    size = len(body)
    length = bytes([size]) if size < 0x80 else b"\x82" + struct.pack(">H", size)
    return bytes([tag]) + length + body


def der(entries):
    rows = b""
    for key, value in entries:
        shown = der_value(1, b"\xff" if value == "true" else b"\0") if value in ("true", "false") \
            else der_value(0x0C, value.encode())
        rows += der_value(0x30, der_value(0x0C, key.encode()) + shown)
    return der_value(0x70, b"\x02\x01\x01" + der_value(0xB0, rows))


def blob(magic, body):
    return struct.pack(">II", magic, 8 + len(body)) + body


def code_directory(sign, data, specials, kind):
    hash_type, size, function = HASHES[kind]
    flags = words(SIGN_FLAGS, sign.get("flags", "adhoc").split(","))
    shift = number(sign.get("page", "12"))
    limit = number(sign["limit"]) if "limit" in sign else len(data)
    identifier = sign.get("id", "fixture").encode() + b"\0"
    team = sign["team"].encode() + b"\0" if "team" in sign else b""
    page = 1 << shift if shift else limit
    hashes = b"".join(function(data[at:min(at + page, limit)]).digest()[:size] for at in range(0, limit, page))
    nspecial = max(specials, default=0)
    special = b"".join(function(specials[n]).digest()[:size] if n in specials else bytes(size)
                       for n in range(nspecial, 0, -1))
    cd_version = 0x20500 if flags & 0x10000 else 0x20400
    head = 96 if cd_version == 0x20500 else 88
    strings = head + len(identifier)
    body = struct.pack(">IIIIIIIBBBBI", cd_version, flags, strings + len(team) + len(special), head, nspecial,
                       len(hashes) // size, limit, size, hash_type, 0, shift, 0)
    body += struct.pack(">IIIQQQQ", 0, strings if team else 0, 0, 0, 0, limit, 1)
    if cd_version == 0x20500:
        body += struct.pack(">II", 0x0E0000, 0)
    return blob(0xFADE0C02, body + identifier + team + special + hashes)


def signature(description, data):
    sign = description.sign
    blobs = {2: blob(0xFADE0C01, struct.pack(">I", 0))}
    xml = description.xml.encode() if description.xml is not None else plist(description.entitlements)
    if description.entitlements or description.xml is not None:
        blobs[5] = blob(0xFADE7171, xml)
    if description.der:
        blobs[7] = blob(0xFADE7172, der(description.der))
    rows = [(0, code_directory(sign, data, blobs, sign.get("hash", "sha256")))]
    if "also" in sign:
        rows.append((0x1000, code_directory(sign, data, blobs, sign["also"])))
    rows += sorted(blobs.items()) + [(0x10000, blob(0xFADE0B01, bytes(number(sign.get("cms", "0")))))]
    at = 12 + 8 * len(rows)
    index, body = b"", b""
    for slot, content in rows:
        index += struct.pack(">II", slot, at + len(body))
        body += content
    return struct.pack(">III", 0xFADE0CC0, at + len(body), len(rows)) + index + body


class Writer:
    def __init__(self, description):
        self.d = description
        self.end, self.wide = description.end, description.wide
        self.commands = []

    def pack(self, form, *values):
        return struct.pack(self.end + form, *values)

    def command(self, cmd, body):
        body = align(body, 8 if self.wide else 4)
        return self.pack("II", cmd, 8 + len(body)) + body

    def string(self, cmd, text, *fields):
        at = 12 + 4 * len(fields)
        return self.command(cmd, self.pack(f"{1 + len(fields)}I", at, *fields) + text.encode() + b"\0")

    def simple(self, word, rest):
        paths = {"dylinker": (0xE, ()), "rpath": (0x8000001C, ()), "environment": (0x27, ()), "id": (0xD, (1, 1, 1)),
                 "dylib": (0xC, (2, 0x10000, 0x10000)), "weak-dylib": (0x80000018, (2, 0x10000, 0x10000))}
        if word in paths:
            return self.string(paths[word][0], rest[0], *paths[word][1])
        if word == "main":
            return self.command(0x80000028, self.pack("QQ", number(rest[0]), 0))
        if word == "thread":
            return self.command(5, self.pack("II32QQQ", 6, 68, *[0] * 32, number(rest[0]), 0)
                                if self.d.cpu[0] == 0x0100000C else self.pack("II16QQ4Q", 4, 42, *[0] * 16,
                                                                              number(rest[0]), *[0] * 4))
        if word == "uuid":
            return self.command(0x1B, bytes.fromhex(rest[0]))
        if word == "encryption":
            return self.command(0x2C if self.wide else 0x21, self.pack("IIII", PAGE, PAGE, number(rest[0]), 0))
        if word == "build-version":
            platform = PLATFORMS.get(rest[0]) or number(rest[0])
            return self.command(0x32, self.pack("6I", platform, version(rest[1]), version(rest[2]), 1, 3, 0x10000))
        if word == "min-macos":
            return self.command(0x24, self.pack("II", version(rest[0]), version(rest[1])))
        if word == "command":
            body = bytes.fromhex("".join(rest[1:]))
            return self.pack("II", number(rest[0]), 8 + len(body)) + body
        sys.exit(f"mkmacho: no such item: {word}")

    def chain(self, section):
        kinds = section["pointers"]
        return b"".join(self.pack("Q", (kind == "A") << 63 | (i + 1 < len(kinds)) << 51 | 0x1000)
                        for i, kind in enumerate(kinds))

    def content(self, section):
        if "pointers" in section:
            return self.chain(section)
        data = bytes.fromhex(section["hex"]) if "hex" in section else section.get("text", "").encode()
        return data + bytes(max(0, number(section.get("size", "0")) - len(data)))

    def place(self, header):
        """Gives every section and segment its place; returns the file up to __LINKEDIT."""
        data, addr = bytes(header), 0
        for s in self.d.segments:
            addr = s["start"] = number(s["addr"]) if "addr" in s else addr
            first = s["at"] = 0 if len(data) == header and s["sections"] else len(data)
            for x in s["sections"]:
                body = b"" if "zero" in x else self.content(x)
                data = align(data, 8)
                x["at"], x["start"] = len(data) if body else 0, addr + len(data) - first
                x["length"] = number(x.get("size", "0")) if "zero" in x else len(body)
                data += body
            if s["sections"] and self.d.type != 1:
                data = align(data, self.d.align)
            s["stored"] = len(data) - first if s["sections"] else 0
            extra = sum(x["length"] for x in s["sections"] if "zero" in x)
            s["length"] = max(s["stored"] + extra, number(s.get("size", "0")))
            addr += s["length"] + -s["length"] % self.d.align
        self.top = addr
        return data

    def segment(self, s):
        form = "16sQQQQIIII" if self.wide else "16sIIIIIIII"
        default = {"__PAGEZERO": "---", "__TEXT": "r-x", "__LINKEDIT": "r--"}.get(s["name"], "rw-")
        prot = s.get("prot", "rwx" if self.d.type == 1 else default)
        stored = number(s["filesize"]) if "filesize" in s else s["stored"]
        offset = number(s["offset"]) if "offset" in s else s["at"] if s["stored"] else 0
        flags = 0x10 if s.get("flags") == "read-only" else number(s.get("flags", "0"))
        body = self.pack(form, b"" if self.d.type == 1 else s["name"].encode(), s["start"], s["length"], offset,
                         stored, protection(s.get("max", prot)), protection(prot), len(s["sections"]), flags)
        for x in s["sections"]:
            w = "Q" if self.wide else "I"
            code = 0x80000400 if x["name"] == "__text" else 1 if "zero" in x else 0
            body += self.pack(f"16s16s{w}{w}IIIII" + ("III" if self.wide else "II"), x["name"].encode(),
                              x.get("segment", s["name"]).encode(), x["start"], x["length"], x["at"], 3, 0, 0,
                              number(x["flags"]) if "flags" in x else code, *[0] * (3 if self.wide else 2))
        return self.command(0x19 if self.wide else 1, body)

    def fixups(self):
        """A starts table with one page for each segment that has a chain."""
        offsets, tables = [], b""
        base = 4 + 4 * len(self.d.segments)
        base += -base % 8
        for s in self.d.segments:
            chained = [x for x in s["sections"] if "pointers" in x]
            offsets.append(base + len(tables) if chained else 0)
            if chained:
                start = chained[0]["at"] - s["at"]
                tables += self.pack("IHHQIHH", 24, PAGE, number(chained[0].get("format", "6")), s["at"], 0, 1, start)
        if not tables:
            return b""
        starts = align(self.pack(f"{1 + len(offsets)}I", len(offsets), *offsets), 8) + tables
        end = 32 + len(starts) + -len(starts) % 4
        return align(align(self.pack("7I", 0, 32, end, end, 0, 1, 0), 8) + starts, 4)

    def trie(self):
        if not self.d.exports:
            return b""
        edges = [(name.encode() + b"\0", uleb(0) + uleb(address)) for name, address in self.d.exports]
        root = 2 + sum(len(name) + 2 for name, _ in edges)
        table, nodes = bytes([0, len(edges)]), b""
        for name, info in edges:
            at = root + len(nodes)
            table += name + bytes([at & 0x7F | 0x80, at >> 7])
            nodes += uleb(len(info)) + info + b"\0"
        return align(table + nodes, 8)

    def symtab(self):
        strings, records = b"\0", b""
        for name, options in self.d.symbols:
            records += self.pack("IBBH" + ("Q" if self.wide else "I"), len(strings), number(options.get("type", "1")),
                                 number(options.get("sect", "0")), 0, number(options.get("value", "0")))
            strings += name.encode() + b"\0"
        return records, align(strings, 8)

    def write(self):
        header = 32 if self.wide else 28
        data = self.place(0)
        size = len(self.load_commands(len(data)))  # does not depend on where things lie
        data = self.place(header + size)
        commands = self.load_commands(len(data))
        full = self.header(commands) + commands + data[header + size:] + b"".join(self.tables().values())
        if self.d.sign is not None:
            full = align(full, 16)
            full += signature(self.d, full)
        return full

    def tables(self):
        """What __LINKEDIT holds, in order, without the signature."""
        starts, last = b"", 0
        for address in self.d.starts:
            starts += uleb(address - last)
            last = address
        records, strings = self.symtab()
        return {"fixups": self.fixups(), "trie": self.trie(), "starts": align(starts + b"\0", 8) if starts else b"",
                "records": records, "strings": strings if records else b""}

    def linkedit(self, at, end):
        stored = end - at
        return {"name": "__LINKEDIT", "sections": [], "start": self.top, "at": at, "stored": stored,
                "length": stored + -stored % PAGE}

    def load_commands(self, at):
        """`at`: where __LINKEDIT begins."""
        out = b"".join(self.segment(s) for s in self.d.segments)
        tables, places, end = self.tables(), {}, at
        for name, body in tables.items():
            places[name] = end
            end += len(body)
        signed = b""
        if self.d.sign is not None:
            end += -end % 16
            size = len(signature(self.d, bytes(end)))
            signed = self.command(0x1D, self.pack("II", end, size))
            end += size
        if self.d.type != 1:
            out += self.segment(self.linkedit(at, end))
        for name, cmd in (("fixups", 0x80000034), ("trie", 0x80000033), ("starts", 0x26)):
            if tables[name]:
                out += self.command(cmd, self.pack("II", places[name], len(tables[name])))
        if tables["records"]:
            out += self.command(2, self.pack("4I", places["records"], len(self.d.symbols), places["strings"],
                                             len(tables["strings"])))
        out += b"".join(self.simple(word, rest) for word, rest in self.d.items) + signed
        self.count = self.commands_in(out)
        return out

    def commands_in(self, data):
        count, at = 0, 0
        while at < len(data):
            at += max(8, struct.unpack_from(self.end + "I", data, at + 4)[0])
            count += 1
        return count

    def header(self, commands):
        default = FLAGS["dyldlink"] | (FLAGS["pie"] if self.d.type == 2 else 0) if self.d.type != 1 else 0
        flags = default if self.d.flags is None else self.d.flags
        magic = 0xFEEDFACF if self.wide else 0xFEEDFACE
        head = self.pack("7I", magic, *self.d.cpu, self.d.type, self.count, len(commands), flags)
        return head + (bytes(4) if self.wide else b"")


def edit(data, edits):
    for word, rest in edits:
        at = number(rest[0])
        if word == "truncate":
            data = data[:at]
        else:
            new = bytes.fromhex("".join(rest[1:]))
            at = at if at >= 0 else len(data) + at
            data = data[:at] + new + data[at + len(new):]
    return data


def fat(out, wide, slices):
    magic, form, size = (0xCAFEBABF, ">IIQQII", 32) if wide else (0xCAFEBABE, ">IIIII", 20)
    table, body = struct.pack(">II", magic, len(slices)), b""
    start = 8 + size * len(slices)
    start += -start % PAGE
    for item in slices:
        path, arch = item.rsplit("@", 1)
        content = align(open(path, "rb").read(), 16)
        fields = (*CPUS[arch], start + len(body), len(content), 12)
        table += struct.pack(form, *fields, *([0] if wide else []))
        body += align(content, PAGE)
    open(out, "wb").write(table + bytes(start - len(table)) + body)


def samples(folder):
    os.makedirs(folder, exist_ok=True)
    for name, text in SAMPLES.items():
        with open(os.path.join(folder, f"macho-{name}"), "wb") as out:
            out.write(Writer(Description(text)).write())


def main(argv):
    if argv[1:2] == ["--samples"] and len(argv) == 3:
        return samples(argv[2])
    if argv[1:2] == ["--fat"]:
        wide = "--fat64" in argv
        rest = [a for a in argv[2:] if a != "--fat64"]
        return fat(rest[0], wide, rest[1:])
    if len(argv) != 2:
        sys.exit(__doc__)
    description = Description(sys.stdin.read())
    open(argv[1], "wb").write(edit(Writer(description).write(), description.edits))


if __name__ == "__main__":
    main(sys.argv)
