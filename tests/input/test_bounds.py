# SPDX-License-Identifier: MIT OR Apache-2.0
"""Packages that ask for memory, time or bytes beyond all measure: bounded whatever they claim.

Memory is measured: peak resident size of the scan, and the same runs with their address space
limited, where a single large request would fail."""
import bz2
import gzip
import io
import lzma
import os
import re
import resource
import shutil
import struct
import subprocess
import sys
import tarfile
import time
import unittest
import zipfile
import zlib

from scanning import SCAN, Case, cpio, elf, main, members, rpm, run, tar

MIB = 1 << 20
SANITIZED = b"__asan_init" in open(SCAN, "rb").read() or b"__msan_init" in open(SCAN, "rb").read()


def peak(path):
    """(kilobytes resident at the most, seconds, output) of a scan in 400 MiB of address space."""
    def limited():
        if not SANITIZED:
            resource.setrlimit(resource.RLIMIT_AS, (400 * MIB, 400 * MIB))
    start = time.monotonic()
    done = subprocess.run([SCAN, "--peak", path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          preexec_fn=limited, timeout=60)
    if done.returncode != 0:
        raise AssertionError(f"{path}: ends with {done.returncode}: {done.stdout!r}")
    text = done.stdout.decode()
    return int(re.search(r"^peak\s+(\d+) kB", text, re.M)[1]), time.monotonic() - start, text


def newc(name_size=5, size=0, mode=0o100644, magic=b"070701"):
    fields = (1, mode, 0, 0, 1, 0, size, 0, 0, 0, 0, name_size, 0)
    return magic + b"".join(b"%08X" % f for f in fields) + b"a.so\0\0"


def odc(name_size=5, size=0):
    return b"070707" + b"%06o" * 7 % (0, 0, 0o100644, 0, 0, 1, 0) + b"%011o" % 0 + \
        b"%06o%011o" % (name_size, size) + b"a.so\0"


def binary(order, name_size=5, size=0):
    halves = (size >> 16, size & 0xffff)
    return struct.pack(order + "13H", 0o70707, 0, 1, 0o100644, 0, 0, 1, 0, 0, 0, name_size, *halves) + b"a.so\0\0"


def tar_header(name, size, kind=b"0", extra=b""):
    info = tarfile.TarInfo(name)
    info.size, info.type = size, kind
    return info.tobuf(tarfile.GNU_FORMAT) + extra


def pax(*records):
    text = b""
    for key, value in records:
        body = b" %s=%s\n" % (key, value)
        length = len(body)
        while len(str(length)) + len(body) != length:
            length = len(str(length)) + len(body)
        text += str(length).encode() + body
    return tar_header("pax", len(text), b"x") + text.ljust((len(text) + 511) // 512 * 512, b"\0")


def xz_of(dictionary, data):
    """An .xz file whose block header asks for more (a power of two) than its writer did."""
    out = bytearray(lzma.compress(data, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 16}]))
    end = 12 + (out[12] + 1) * 4  # of the block header, which begins behind the 12 of the stream's
    at = out.index(b"\x21\1", 12, end) + 2
    out[at] = (dictionary.bit_length() - 1 - 12) * 2
    out[end - 4:end] = struct.pack("<I", zlib.crc32(out[12:end - 4]))
    return bytes(out)


def lzip_of(coded, data):
    """lzip 1.23 manual, "File format"; the LZMA stream by liblzma, with lc=3, lp=0, pb=2."""
    raw = lzma.compress(data, lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA1, "dict_size": 4096}])
    return b"LZIP\1" + bytes([coded]) + raw + struct.pack("<IQQ", zlib.crc32(data), len(data), len(raw) + 26)


def zstd_frame(window_byte, skippable=0):
    block = b"some bytes"
    return struct.pack("<II", 0x184D2A50, skippable) * bool(skippable) + bytes(skippable) + \
        struct.pack("<IBB", 0xFD2FB528, 0, window_byte) + struct.pack("<I", len(block) << 3 | 1)[:3] + block


def zipped(entries, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


def overlapping_zip(entries, mib):
    """Many members that are all the same bytes of the file."""
    data = zipped([("a.so", elf() + bytes(mib * MIB))])
    start, end = data.index(b"PK\1\2"), data.index(b"PK\5\6")
    record = data[start:end]
    tail = struct.pack("<IHHHHIIH", 0x06054b50, 0, 0, entries, entries, len(record) * entries, start, 0)
    return data[:start] + record * entries + tail


def liars():
    """(name, bytes, part of what is said of it)"""
    huge = 0xfffffff0
    for name, head in {"newc": newc(huge), "newc-crc": newc(huge, magic=b"070702"), "odc": odc(0o777777),
                       "bin-le": binary("<", 0xfff0), "bin-be": binary(">", 0xfff0)}.items():
        yield f"{name}-name", head + bytes(600), "cpio: a name of" if "bin" not in name else None
        first = {"n": newc(5, 4), "o": odc(5, 4)}.get(name[0], binary("<>"["be" in name], 5, 4)) + b"text"
        yield f"{name}-later-name", first + head + bytes(600), "cpio: a name of"
        yield f"{name}-later-name.gz", gzip.compress(first + head + bytes(600)), "cpio: a name of"
        yield f"{name}-later-name.rpm", rpm(gzip.compress(first + head + bytes(600))), "cpio: a name of"
    for name, head in {"newc": newc(5, huge), "odc": odc(5, 0o77777777777), "bin-le": binary("<", 5, 0x7fffffff),
                       "bin-be": binary(">", 5, 0x7fffffff)}.items():
        yield f"{name}-size", head + elf(), "truncated"
        yield f"{name}-size.xz", lzma.compress(head + elf(5000)), "than"
        yield f"{name}-size.rpm", rpm(bz2.compress(head + elf(5000))), "than"
    yield "newc-link", newc(5, huge, mode=0o120777) + bytes(600), "truncated"
    for kind in (b"x", b"g", b"L", b"K"):
        yield f"tar-{kind.decode()}", tar_header("x", 3 << 30, kind, bytes(4096)), "bytes of headers"
        yield f"tar-{kind.decode()}.gz", gzip.compress(tar_header("x", 3 << 30, kind, bytes(4096))), "bytes of headers"
    yield "tar-many-x.gz", gzip.compress(pax((b"comment", b"c" * 1000000)) * 40), "headers for one member"
    yield "tar-acl", pax(*[(b"SCHILY.acl.access", b"user:a:rwx," * 90000)]) * 8 + tar([("a.so", elf())]), None
    sparse = pax((b"GNU.sparse.major", b"1"), (b"GNU.sparse.name", b"a"), (b"GNU.sparse.realsize", b"99999999"))
    yield "tar-sparse", sparse + tar_header("a", 4096, b"0", b"0\n" * 2048), "holes"
    yield "tar-size", tar_header("a.so", 900 * MIB, b"0", elf(5120)), "times"
    yield "tar-pax-size", pax((b"size", b"999999999999")) + tar_header("a.so", 10, b"0", elf(5120)), "larger than"
    yield "xz-dictionary", xz_of(1 << 29, b"text"), "window of 512 MiB"
    yield "xz-second-stream", lzma.compress(b"text") + xz_of(1 << 29, b"text"), "window of 512 MiB"
    far = lzma.compress(os.urandom(70000))
    yield "xz-far-stream", far + xz_of(1 << 29, b"text"), "window of 512 MiB"
    yield "xz.rpm", rpm(b"\xfd7zXZ" + xz_of(1 << 29, cpio([(b"a", elf())]))[5:]), "window of 512 MiB"
    yield "lzip-dictionary", lzip_of(29, b"text"), "window of 512 MiB"
    yield "zstd-window", zstd_frame(17 << 3), "window of 128 MiB"
    yield "zstd-second-frame", zstd_frame(5 << 3) + zstd_frame(21 << 3), "window of 2048 MiB"
    yield "zstd-skippable", zstd_frame(5 << 3) + zstd_frame(21 << 3, 100000), "window of 2048 MiB"
    empties = gzip.compress(gzip.compress(b"") * 100000)
    yield "empties.gz", empties, None
    yield "empties-3.gz", gzip.compress(empties * 2000), "times"
    yield "unsized.gz", gzip.compress(elf(15 * MIB)), "artefact"
    yield "unsized-nested.gz", gzip.compress(gzip.compress(os.urandom(4 * MIB))), None
    yield "zip-overlap", overlapping_zip(20000, 10), "shares bytes"
    small = zipped([("a.so", elf())])
    yield "zip-size", small.replace(struct.pack("<I", 64), struct.pack("<I", 3 << 30)), "shorter than"
    yield "zip-directory", small[:-22] + struct.pack(
        "<IHHHHIIH", 0x06054b50, 0, 0, 1, 1, 0x7fffffff, 0, 0), "outside of the file"
    yield "zip-lzma", zipped([("a.so", elf())], zipfile.ZIP_LZMA), "LZMA, which is not read"
    yield "zip-bzip2", zipped([("a.so", elf())], zipfile.ZIP_BZIP2), "bzip2, which is not read"


class Bounds(Case):
    def test_peak_memory_whatever_is_claimed(self):
        base, _, _ = peak(self.write("plain.gz", gzip.compress(elf())))
        worst = (0, "")
        for name, data, said in liars():
            with self.subTest(name):
                used, seconds, text = peak(self.write(name, data))
                if said is not None:
                    self.assertIn(said, text)
                self.assertLess(seconds, 20)
                grown = used * 1024 - base * 1024 - len(data)
                worst = max(worst, (grown, name))
                if os.environ.get("BOUNDS_SHOW"):
                    print(f"{name}: {grown / MIB:.1f} MiB, {seconds:.2f} s", file=sys.stderr)
                if not SANITIZED:
                    self.assertLess(grown, 64 * MIB, name)
        print(f"bounds: at most {worst[0] / MIB:.1f} MiB beside the input ({worst[1]})", file=sys.stderr)

    def test_what_is_within_bounds_is_read(self):
        for name, data in {"xz": xz_of(64 * MIB, tar([("a.so", elf())])), "lzip": lzip_of(26, tar([("a.so", elf())])),
                           "acl": pax((b"SCHILY.acl.access", b"user:a:rwx,")) + tar([("a.so", elf())]),
                           "odc": odc(5, 64) + elf(), "be": binary(">", 5, 64) + elf(),
                           "le": binary("<", 5, 64) + elf()}.items():
            with self.subTest(name):
                items, _ = run(self.write(name, data))
                self.assertIn("a.so", members(items))

    @unittest.skipUnless(shutil.which("zstd"), "zstd is not installed")
    def test_zstd_frames_of_every_form(self):
        data = tar([("a.so", elf(300000)), ("b.so", elf() + os.urandom(300000)), ("c.so", elf())])
        for options in (["-1"], ["-19"], ["--no-check"], ["--ultra", "-21"], ["--no-content-size"], ["-B4096"]):
            def packed(part):
                return subprocess.run(["zstd", "-qc", *options], input=part, stdout=subprocess.PIPE, check=True).stdout
            frames = packed(data[:100000]) + struct.pack("<II", 0x184D2A53, 9) + bytes(9) + packed(data[100000:])
            self.assertEqual(["a.so", "b.so", "c.so"], self.found("a.tar.zst", frames), options)

    def test_total_of_one_file(self):
        noise = os.urandom(MIB)
        data = gzip.compress(tar([("a.so", elf()), ("one", noise), ("two", noise), ("z.so", elf())]))
        inner = zipped([("a.so", elf()), ("noise", elf() + noise), ("z.so", elf() + noise)])
        good = self.write("good", elf())
        for name, packed in {"a.tgz": data, "b.tar": tar([("x.zip", inner), ("y.tgz", data)])}.items():
            items, _ = run("--max-unpacked", MIB + MIB // 2, self.write(name, packed), good)
            said = [(member, text) for kind, _, member, text in items if kind == "error"]
            self.assertEqual(1, len(said), said)
            self.assertIn("more than 1572864 bytes come out", said[0][1])
            self.assertIn(("artefact", str(good), "", "64"), items)
            self.assertIn("a.so", " ".join(members(items)))
            self.assertNotIn("y.tgz", " ".join(members(items)))  # nothing more of that file

    def test_formats_that_other_tools_write(self):
        for name, data in TREE.items():
            path = self.dir / "tree" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        os.link(self.dir / "tree/a/one.so", self.dir / "tree/a/two.so")
        os.symlink("one.so", self.dir / "tree/a/link.so")
        wanted = set(TREE) - {"text"}
        for program, form in TOOLS:
            if not shutil.which(program):
                continue
            with self.subTest(f"{program} {form}"):
                archive = self.dir / f"{program}-{form}"
                command = [program, f"--format={form}", "-cf", archive, "."]
                if program == "cpio":
                    names = subprocess.run(["find", ".", "-type", "f"], cwd=self.dir / "tree", stdout=subprocess.PIPE)
                    subprocess.run(["cpio", "--quiet", "-o", "-H", form, "-O", archive], input=names.stdout,
                                   cwd=self.dir / "tree", check=True)
                else:
                    done = subprocess.run(command, cwd=self.dir / "tree", stderr=subprocess.PIPE)
                    if done.returncode:  # a name too long for the form, or a form that it does not know
                        continue
                items, totals = run(archive)
                self.assertEqual(0, totals["errors"], items)
                got = set(members(items))
                listed = subprocess.run(["bsdtar", "-tf", archive], stdout=subprocess.PIPE, check=True).stdout.decode()
                there = {n[2:] if n.startswith("./") else n for n in listed.splitlines()}
                twins = {"a/one.so", "a/two.so"}  # one of them is a link
                self.assertEqual((wanted & there) - twins, got - twins)
                self.assertTrue(got & {"a/one.so", "a/two.so"})


TREE = {"a/one.so": elf(1000), "text": b"text", "b/" + "long/" * 30 + "c.so": elf(513), "empty.d/x.o": elf(512),
        "n" * 120 + ".so": elf(99)}
TOOLS = [("tar", f) for f in ("v7", "oldgnu", "gnu", "ustar", "posix")] + \
    [("bsdtar", f) for f in ("pax", "ustar", "gnutar", "cpio", "newc", "zip")] + \
    [("cpio", f) for f in ("newc", "crc", "odc", "bin")]

main()
