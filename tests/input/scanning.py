# SPDX-License-Identifier: MIT OR Apache-2.0
"""What the tests of input share: running scan, a small artefact, archives that Python cannot write."""
import io
import pathlib
import struct
import subprocess
import sys
import tarfile
import tempfile
import unittest

SCAN = sys.argv[1]
EXE = sys.argv[2] if len(sys.argv) > 2 else None


def run(*args, stdin=None):
    """(kind, path, member, detail) of each item, and the totals."""
    done = subprocess.run([SCAN, *map(str, args)], input=stdin, capture_output=True, timeout=60)
    if done.returncode != 0:
        raise AssertionError(f"scan ends with {done.returncode}: {done.stderr.decode()}")
    lines = done.stdout.decode().splitlines()
    items = [tuple((line.split("\t") + [""])[:4]) for line in lines[:-1]]
    words = lines[-1].split("\t")[1].split()
    return items, dict(zip(words[::2], map(int, words[1::2])))


def members(items, kind="artefact"):
    return [member for k, _, member, _ in items if k == kind]


def elf(size=0):
    """A relocatable ELF object without sections, padded to `size`: enough to be recognised."""
    head = b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 1, 62, 1, 0, 0, 0, 0, 64, 0, 0, 64, 0, 0)
    return head + bytes(max(0, size - len(head)))


def tar(entries, mode="w", **options):
    """entries: (name, bytes) or TarInfo."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, **options) as archive:
        for entry in entries:
            if isinstance(entry, tarfile.TarInfo):
                archive.addfile(entry)
                continue
            info = tarfile.TarInfo(entry[0])
            info.size = len(entry[1])
            archive.addfile(info, io.BytesIO(entry[1]))
    return out.getvalue()


def ar(entries, magic=b"!<arch>\n"):
    """entries: (16-byte name field, bytes)."""
    out = magic
    for name, data in entries:
        out += b"%-16s%-12d%-6d%-6d%-8s%-10d`\n" % (name, 0, 0, 0, b"100644", len(data)) + data
        out += b"\n" * (len(data) & 1)
    return out


def cpio(entries):
    out = b""
    for name, data in entries + [(b"TRAILER!!!", b"")]:
        fields = (1, 0o100644, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
        record = b"070701" + b"".join(b"%08X" % f for f in fields) + name + b"\0"
        out += record + bytes(-len(record) % 4) + data + bytes(-len(data) % 4)
    return out


def rpm(payload):
    """Lead, empty signature and header, payload: what a reader that skips to the payload needs."""
    lead = struct.pack(">4sBBHH66sHH16x", b"\xed\xab\xee\xdb", 3, 0, 0, 1, b"x-1-1", 1, 5)
    header = b"\x8e\xad\xe8\x01" + bytes(4) + struct.pack(">II", 1, 16) + struct.pack(">IIII", 62, 7, 0, 16) + bytes(16)
    return lead + header + header + payload


class Case(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.dir = pathlib.Path(holder.name)

    def write(self, name, data):
        path = self.dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def found(self, name, data, *args):
        """Members that are artefacts of a file with these bytes; nothing may fail."""
        items, _ = run(*args, self.write(name, data))
        self.assertEqual([], [i for i in items if i[0] == "error"])
        return members(items)


def main():
    unittest.main(argv=sys.argv[:1])
