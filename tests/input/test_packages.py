# SPDX-License-Identifier: MIT OR Apache-2.0
"""Every kind of package that is looked into, made by other tools where there are any."""
import bz2
import gzip
import io
import json
import lzma
import pathlib
import shutil
import subprocess
import tarfile
import unittest
import zipfile

from scanning import EXE, Case, ar, cpio, elf, main, members, rpm, run, tar

TREE = [("./usr/bin/rg", elf()), ("./usr/share/doc/rg/readme", b"text\n")]


def zipped(entries, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


def piped(data, *command):
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


class Packages(Case):
    def test_tar_and_its_compressions(self):
        plain = tar(TREE)
        for name, data in {"a.tar": plain, "a.tar.gz": gzip.compress(plain), "a.crate": gzip.compress(plain),
                           "a.tar.bz2": bz2.compress(plain), "a.tar.xz": lzma.compress(plain)}.items():
            with self.subTest(name):
                self.assertEqual(["usr/bin/rg"], self.found(name, data))

    @unittest.skipUnless(shutil.which("zstd"), "zstd is not installed")
    def test_zstd(self):
        self.assertEqual(["usr/bin/rg"], self.found("a.tar.zst", piped(tar(TREE), "zstd", "-qc")))

    @unittest.skipUnless(shutil.which("lz4"), "lz4 is not installed")
    def test_lz4(self):
        self.assertEqual(["usr/bin/rg"], self.found("a.tar.lz4", piped(tar(TREE), "lz4", "-qc")))

    def test_tar_formats(self):
        long = "d/" * 90 + "rg"
        for form in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
            self.assertEqual([long], self.found("a.tar", tar([(long, elf())], format=form)))

    def test_zip_whl_and_npm(self):
        self.assertEqual(["usr/bin/rg"], self.found("a.zip", zipped(TREE)))
        self.assertEqual(["usr/bin/rg"], self.found("a.whl", zipped(TREE, zipfile.ZIP_STORED)))
        self.assertEqual(["package/rg"], self.found("a.tgz", gzip.compress(tar([("package/rg", elf())]))))

    def test_apk_of_alpine_is_several_gzip_streams(self):
        head = tar([(".PKGINFO", b"pkgname = rg\n")])[:1024]  # without the end of the archive
        self.assertEqual(["usr/bin/rg"], self.found("a.apk", gzip.compress(head) + gzip.compress(tar(TREE))))

    def test_cpio_and_rpm(self):
        inner = cpio([(b"./usr/bin/rg", elf()), (b"./x", b"text")])
        self.assertEqual(["usr/bin/rg"], self.found("a.cpio", inner))
        self.assertEqual(["usr/bin/rg"], self.found("a.rpm", rpm(gzip.compress(inner))))
        self.assertEqual(["usr/bin/rg"], self.found("b.rpm", rpm(lzma.compress(inner))))
        self.assertEqual([], self.found("a.7z", b"7z\xbc\xaf\x27\x1c" + bytes(60)))  # no format of ours

    @unittest.skipUnless(shutil.which("dpkg-deb"), "dpkg-deb is not installed")
    def test_deb_by_dpkg(self):
        self.write("deb/DEBIAN/control", b"Package: x\nVersion: 1\nArchitecture: all\n"
                   b"Maintainer: a <a@b>\nDescription: x\n")
        self.write("deb/usr/bin/rg", elf())
        for how in ("xz", "gzip", "zstd", "none"):
            with self.subTest(how):
                subprocess.run(["dpkg-deb", f"-Z{how}", "-b", "deb", "x.deb"], cwd=self.dir, check=True,
                               stdout=subprocess.DEVNULL)
                items, _ = run(self.dir / "x.deb")
                self.assertEqual(["usr/bin/rg"], members(items))
                self.assertEqual([], members(items, "error"))
                suffix = {"xz": ".xz", "gzip": ".gz", "zstd": ".zst", "none": ""}[how]
                self.assertIn("control.tar" + suffix + "!control",
                              members(items, "other"))

    def test_a_program_in_the_control_part_of_a_deb_is_seen(self):
        deb = ar([(b"debian-binary", b"2.0\n"), (b"control.tar.gz", gzip.compress(tar([("./preinst", elf())]))),
                  (b"data.tar.gz", gzip.compress(tar(TREE)))])
        self.assertEqual(["control.tar.gz!preinst", "usr/bin/rg"], self.found("x.deb", deb))

    def test_one_compressed_file_is_called_as_without_its_suffix(self):
        self.assertEqual(["mod.ko"], self.found("mod.ko.xz", lzma.compress(elf())))
        self.assertEqual(["a.gz!a"], self.found("a.gz.gz", gzip.compress(gzip.compress(elf()))))
        self.assertEqual(["bin/mod.ko.gz!mod.ko"], self.found("a.tar", tar([("bin/mod.ko.gz", gzip.compress(elf()))])))

    def test_large_members_come_whole(self):
        items, _ = run(self.write("a.tar.gz", gzip.compress(tar([("rg", elf(3 << 20))]))))
        self.assertEqual([("rg", str(3 << 20))], [(i[2], i[3]) for i in items])
        items, _ = run(self.write("big.gz", gzip.compress(elf(5 << 20))))  # no size is declared
        self.assertEqual([("big", str(5 << 20))], [(i[2], i[3]) for i in items])

    def test_nested(self):
        inner = zipped([("lib/a.so", elf()), ("b.tar", tar([("c.so", elf())]))])
        self.assertEqual(["x.whl!lib/a.so", "x.whl!b.tar!c.so"],
                         self.found("a.tgz", gzip.compress(tar([("x.whl", inner)]))))

    def test_archives_in_archives(self):
        lib = ar([(b"one.o/", elf()), (b"two.o/", elf())])
        self.assertEqual(["lib/x.a!one.o", "lib/x.a!two.o"], self.found("a.zip", zipped([("lib/x.a", lib)])))

    def test_standard_input(self):
        for data, expected in ((elf(), [""]), (gzip.compress(tar(TREE)), ["usr/bin/rg"]), (b"text", [])):
            items, totals = run("-", stdin=data)
            self.assertEqual(expected, members(items))
            self.assertEqual({"-"}, {i[1] for i in items})
            self.assertEqual(1, totals["files"])

    def test_not_looked_into_when_not_wanted(self):
        items, _ = run("--no-archives", self.write("a.zip", zipped(TREE)))
        self.assertEqual([("other", str(self.dir / "a.zip"), "", "")], items)

    def test_links_and_folders_in_packages_are_passed_over(self):
        def special(name, kind, target=""):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, target
            return info
        entries = [("rg", elf()), special("l", tarfile.SYMTYPE, "/etc/passwd"), special("h", tarfile.LNKTYPE, "rg"),
                   special("d", tarfile.DIRTYPE), special("f", tarfile.FIFOTYPE), special("c", tarfile.CHRTYPE)]
        items, _ = run(self.write("a.tar", tar(entries)))
        self.assertEqual([("artefact", str(self.dir / "a.tar"), "rg", "64")], items)


class Code(Case):
    """Machine code is read for a package that was named as it is for a file: for its first 16 programs."""
    MOST = 16

    def unread(self, data, *more):
        self.write("p.tar", data)
        done = subprocess.run([pathlib.Path(EXE).resolve(), "bin", "--any-language", "--format", "json",
                               "--select", "RP2112", *more, "p.tar"], cwd=self.dir, capture_output=True, timeout=60)
        targets = [t for t in json.loads(done.stdout)["targets"] if t["judged"]]
        return [t["member"] for t in targets if "was not read" in t["results"][0]["text"]], len(targets)

    def test_of_the_first_programs(self):
        program = pathlib.Path("/bin/true").read_bytes()
        some = [("doc", b"text")] * 40 + [(f"bin/{i:02}", program) for i in range(self.MOST + 2)]
        self.assertEqual((["bin/16", "bin/17"], self.MOST + 2), self.unread(tar(some)))
        self.assertEqual(([], self.MOST + 2), self.unread(tar(some), "--code"))


main()
