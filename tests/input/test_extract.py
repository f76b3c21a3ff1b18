# SPDX-License-Identifier: MIT OR Apache-2.0
"""The command that takes a member out, run as it is printed, gives the member's bytes."""
import gzip
import hashlib
import io
import json
import lzma
import pathlib
import shutil
import subprocess
import tempfile
import unittest
import zipfile

from scanning import EXE, Case, ar, cpio, elf, main, rpm, tar

LIPO = next((t for t in ("llvm-lipo", "llvm-lipo-14") if shutil.which(t)), None)


def zipped(entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


def reported(path):
    """(member, command, size) of each target that was judged."""
    command = [EXE, "bin", "--format", "json", "--any-language", str(path)]
    report = json.loads(subprocess.run(command, capture_output=True, timeout=60).stdout)
    return [(t["member"], t["extract"], t["artefact"]["size"]) for t in report["targets"] if t["judged"]]


@unittest.skipUnless(shutil.which("bsdtar") and shutil.which("bsdcat"), "skipped: bsdtar is not installed")
class Extract(Case):
    def proves(self, name, data, expected):
        """expected: the bytes behind each member."""
        path = self.write(name, data)
        rows = reported(path)
        self.assertEqual(set(expected), {member for member, _, _ in rows})
        for member, command, size in rows:
            with tempfile.TemporaryDirectory() as folder:
                work = pathlib.Path(folder, "work")
                work.mkdir()
                run = subprocess.run(["sh", "-ec", command], cwd=work, capture_output=True, text=True, timeout=60)
                self.assertEqual(("", 0), (run.stderr, run.returncode), command)
                digests = {hashlib.sha256(f.read_bytes()).hexdigest() for f in work.iterdir()}
                self.assertIn(hashlib.sha256(expected[member]).hexdigest(), digests, command)
                self.assertEqual(size, len(expected[member]))

    def test_packages(self):
        a, b = elf(100), elf(200)
        self.proves("p.tgz", gzip.compress(tar([("package/biome", a), ("package/b[1]*?", b)])),
                    {"package/biome": a, "package/b[1]*?": b})
        self.proves("p.zip", zipped([("it's a $(name)", a), ("-r", b)]), {"it's a $(name)": a, "-r": b})
        self.proves("x.rpm", rpm(gzip.compress(cpio([(b"./usr/bin/rg", a)]))), {"usr/bin/rg": a})

    def test_files_compressed_alone(self):
        a = elf(100)
        self.proves("module.ko.xz", lzma.compress(a), {"module.ko": a})
        self.proves("a.tar", tar([("bin/mod.ko.gz", gzip.compress(a))]), {"bin/mod.ko.gz!mod.ko": a})

    def test_archives(self):
        a, b = elf(100), elf(200)
        lib = ar([(b"one.o/", a), (b"two.o/", b)])
        self.proves("lib.rlib", lib, {"one.o": a, "two.o": b})
        self.proves("p.zip", zipped([("d/lib.a", lib)]), {"d/lib.a!one.o": a, "d/lib.a!two.o": b})

    def test_debian_packages(self):
        a = elf(100)
        deb = ar([(b"debian-binary", b"2.0\n"), (b"control.tar.gz", gzip.compress(tar([]))),
                  (b"data.tar.xz", lzma.compress(tar([("./usr/bin/rg", a)])))])
        self.proves("rg.deb", deb, {"usr/bin/rg": a})
        self.proves("all.zip", zipped([("pool/rg.deb", deb)]), {"pool/rg.deb!usr/bin/rg": a})

    def test_names_with_the_separator(self):
        a = elf(100)
        self.proves("p.tar", tar([("a!b/c!d", a)]), {"a!b/c!d": a})
        self.proves("q.tar", tar([("x!y.tar", tar([("c!d", a)]))]), {"x!y.tar!c!d": a})

    @unittest.skipUnless(shutil.which("clang") and LIPO, "skipped: clang or llvm-lipo is not installed")
    def test_fat_files(self):
        self.write("x.c", b"int f(void) { return 1; }\n")
        slices = {}
        for arch in ("x86_64", "arm64"):
            subprocess.run(["clang", "-target", f"{arch}-apple-macos11", "-c", "x.c", "-o", f"{arch}.o"], cwd=self.dir,
                           check=True)
            slices[arch] = (self.dir / f"{arch}.o").read_bytes()
        subprocess.run([LIPO, "-create", "x86_64.o", "arm64.o", "-output", "fat.o"], cwd=self.dir, check=True)
        fat = (self.dir / "fat.o").read_bytes()
        self.proves("fat.o", fat, slices)
        self.proves("a.tgz", gzip.compress(tar([("bin/fat app", fat)])),
                    {f"bin/fat app!{k}": v for k, v in slices.items()})
        self.proves("lib.a", ar([(b"fat.o/", fat)]), {f"fat.o!{k}": v for k, v in slices.items()})
        thin = slices["arm64"]
        self.proves("one.tgz", gzip.compress(tar([("package/biome", thin)])), {"package/biome": thin})


main()
