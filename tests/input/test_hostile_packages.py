# SPDX-License-Identifier: MIT OR Apache-2.0
"""Packages that lie, explode or end early: a clear error with the member's name; the others go on."""
import gzip
import io
import lzma
import resource
import struct
import subprocess
import tarfile
import zipfile
import zlib

from scanning import SCAN, Case, ar, cpio, elf, main, members, run, tar

MIB = 1 << 20


def bomb_gz(mib, head=b""):
    """A gzip stream of `head` and many equal bytes, made without holding them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    out = packer.compress(head)
    for _ in range(mib):
        out += packer.compress(b"z" * MIB)
    return out + packer.flush()


def zipped(entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


class Hostile(Case):
    def errors(self, items):
        return [(member, detail.split(" ", 1)[1]) for kind, _, member, detail in items if kind == "error"]

    def test_bomb_of_one_file(self):
        items, totals = run(self.write("a.gz", bomb_gz(24)), self.write("b", elf()))
        self.assertEqual(["a"], [m for m, _ in self.errors(items)])
        self.assertIn("times", self.errors(items)[0][1])
        self.assertEqual(1, totals["artefacts"])

    def test_bomb_that_looks_like_an_artefact(self):
        items, _ = run(self.write("a.gz", bomb_gz(24, elf())))
        self.assertIn("times", self.errors(items)[0][1])
        self.assertEqual([], members(items))

    def test_bomb_in_a_zip_does_not_hide_the_others(self):
        items, _ = run(self.write("a.zip", zipped([("a.so", elf()), ("bomb.so", elf(24 * MIB)), ("z.so", elf())])))
        self.assertEqual(["a.so", "z.so"], members(items))
        self.assertEqual(["bomb.so"], [m for m, _ in self.errors(items)])

    def test_bomb_in_a_tar_names_it(self):
        info = tarfile.TarInfo("zeros")
        info.size = 24 * MIB
        head = tar([("a.so", elf())])[:1024]
        data = gzip.compress(head) + gzip.compress(info.tobuf()) + bomb_gz(24) + gzip.compress(tar([("z.so", elf())]))
        items, _ = run(self.write("a.tgz", data))
        self.assertEqual((["a.so"], ["zeros"]), (members(items), [m for m, _ in self.errors(items)]))

    def test_nested_bomb_is_the_inner_packages_own(self):
        items, _ = run(self.write("a.tar", tar([("bomb.gz", bomb_gz(24)), ("z.so", elf())])))
        self.assertEqual(["z.so"], members(items))
        self.assertEqual(["bomb.gz!bomb"], [m for m, _ in self.errors(items)])

    def test_a_size_that_cannot_be(self):
        info = tarfile.TarInfo("huge.so")
        info.size = 900 * MIB
        items, _ = run(self.write("a.tar", info.tobuf() + elf(4096)))
        self.assertEqual("huge.so", self.errors(items)[0][0])
        info.size = 4 << 30
        items, _ = run(self.write("a.tar", info.tobuf(tarfile.GNU_FORMAT) + elf(4096)))
        self.assertIn("larger than", self.errors(items)[0][1])

    def test_depth(self):
        data, names = elf(), "rg"
        for n in range(1, 8):
            data = tar([(names, data)])
            items, totals = run(self.write("a.tar", data))
            if n <= 5:
                self.assertEqual((1, 0), (totals["artefacts"], totals["errors"]), n)
            else:
                self.assertEqual((0, 1), (totals["artefacts"], totals["errors"]), n)
                self.assertIn("nested more than 4 deep", self.errors(items)[0][1])
                self.assertEqual(4, self.errors(items)[0][0].count("!"))
            names = f"p{n}.tar"

    def test_depth_of_mixed_containers(self):
        data = elf()
        for n in range(20):
            data = ar([(b"m%d/" % n, data)]) if n % 2 else gzip.compress(tar([(f"m{n}", data)]))
        _, totals = run(self.write("x", data))
        self.assertEqual((0, 1), (totals["artefacts"], totals["errors"]))

    def test_truncated_everywhere(self):
        # noise does not compress: the members lie apart in the stream
        noise = bytes((i * i * 2654435761 >> 7) & 255 for i in range(6000))
        entries = [("one.so", elf() + noise), ("two.so", elf() + noise), ("three.so", elf())]
        whole = {"tar": tar(entries), "tgz": gzip.compress(tar(entries)), "txz": lzma.compress(tar(entries)),
                 "zip": zipped(entries), "cpio": cpio([(n.encode(), d) for n, d in entries])}
        for form, data in whole.items():
            wanted = members(run(self.write("x", data))[0])
            self.assertEqual(["one.so", "two.so", "three.so"], wanted)
            for n in range(300, len(data), max(1, len(data) // 60)):
                self.write(f"{form}/{n:06}", data[:n])
            items, totals = run("-j2", self.dir / form)
            complaints = {i[1] for i in items if i[0] == "error"}
            for path in {i[1] for i in items}:
                got = [i[2] for i in items if i[1] == path and i[0] == "artefact"]
                self.assertEqual(wanted[:len(got)], got)
                if len(got) < 3:
                    self.assertIn(path, complaints, f"{form}: {got} and no error")

    def test_every_byte_of_the_headers_flipped(self):
        for form, data in {"tgz": gzip.compress(tar([("one.so", elf())])), "zip": zipped([("one.so", elf())]),
                           "cpio": cpio([(b"one.so", elf())]),
                           "deb": ar([(b"debian-binary", b"2.0\n"),
                                      (b"data.tar", tar([("a", elf())]))])}.items():
            for at in range(min(len(data), 200)):
                self.write(f"{form}/{at:04}", data[:at] + bytes([data[at] ^ 0xff]) + data[at + 1:])
            run("-j2", self.dir / form)  # it has to come to an end, and say so

    def test_names(self):
        odd = [("/abs/a.so", "abs/a.so"), ("../../up.so", "../../up.so"), ("./././x.so", "x.so"),
               ("a//b///c.so", "a/b/c.so"),
               ("new\nline.so", "new\\x0aline.so"), ("a!b.so", "a!b.so"), ("ü.so", "\\xc3\\xbc.so"), (" ", " ")]
        self.assertEqual([shown for _, shown in odd], self.found("a.tar", tar([(name, elf()) for name, _ in odd])))
        self.assertEqual(["\\xc3\\xbc.so"], self.found("a.zip", zipped([("ü.so", elf())])))
        long = "d/" * 3000 + "x.so"
        got = self.found("b.tar", tar([(long, elf())], format=tarfile.GNU_FORMAT))
        self.assertEqual([4096], [len(name) for name in got])
        raw = tar([("AAAA.so", elf())]).replace(b"AAAA.so", b"\xff\xfe\xfd\xfc.so", 1)
        header = bytearray(raw[:512])
        header[148:156] = b" " * 8
        header[148:156] = b"%06o\0 " % sum(header)
        self.assertEqual(["\\xff\\xfe\\xfd\\xfc.so"], self.found("c.tar", bytes(header) + raw[512:]))

    def test_same_name_twice(self):
        self.assertEqual(["a.so", "a.so"], self.found("a.tar", tar([("a.so", elf()), ("a.so", elf(100))])))

    def test_empty_packages(self):
        for name, data in {"a.tar": tar([]), "a.tgz": gzip.compress(tar([])), "a.gz": gzip.compress(b""),
                           "a.zip": zipped([]), "a.cpio": cpio([])}.items():
            items, totals = run(self.write(name, data))
            self.assertEqual((0, 0), (totals["errors"], totals["artefacts"]), name)

    def test_things_that_only_begin_like_packages(self):
        for data in (b"BZh", b"BZh9 is a word", b"\x1f\x8b", b"\x1f\x9d",
                     b"\xc7\x71 text that goes on and on and on and on",
                     b"PK", b"LZI", b"!<arch>", b"070701"[:5]):
            _, totals = run(self.write("x", data))
            self.assertEqual((1, 0), (totals["others"], totals["errors"]), data)
        for data in (b"PK\3\4" + bytes(60), b"\xfd7zXZ\0" + bytes(60),
                     b"\xed\xab\xee\xdb" + bytes(200)):
            items, totals = run(self.write("x", data))
            self.assertEqual((0, 1), (totals["artefacts"], totals["errors"]), data)

    def test_encrypted_zip(self):
        data = bytearray(zipped([("a.so", elf())]))
        data[6] |= 1
        central = data.rindex(b"PK\1\2")
        data[central + 8] |= 1
        items, _ = run(self.write("a.zip", bytes(data)))
        self.assertEqual(["a.so"], [m for m, _ in self.errors(items)])

    def test_memory_stays_small_whatever_is_claimed(self):
        def limited():
            resource.setrlimit(resource.RLIMIT_AS, (800 * MIB, 800 * MIB))
        info = tarfile.TarInfo("huge.so")
        info.size = 900 * MIB
        path = self.write("a.tar.gz", gzip.compress(info.tobuf()) + bomb_gz(30, elf()))
        done = subprocess.run([SCAN, path], capture_output=True, timeout=60,
                              preexec_fn=limited if "asan" not in SCAN else None)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIn(b"error", done.stdout)

    def test_overlapping_fat_table_of_endless_slices(self):
        table = struct.pack(">II", 0xcafebabe, 40) + struct.pack(">IIIII", 0x01000007, 3, 0, 2000, 0) * 40
        items, totals = run(self.write("fat", table + bytes(2000)))
        self.assertEqual((0, 40), (totals["artefacts"], totals["errors"]))
        table = struct.pack(">II", 0xcafebabe, 40) + struct.pack(">IIIII", 0x01000007, 3, 4096, 64, 0) * 40
        items, totals = run(self.write("fat", table.ljust(4096, b"\0") + elf()))
        self.assertEqual((1, 39), (totals["artefacts"], totals["errors"]))


main()
