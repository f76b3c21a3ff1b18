# SPDX-License-Identifier: MIT OR Apache-2.0
"""Caps on what comes out of packages, and which artefacts are judged, as the command line shows it: a message, exit 3,
and the other files are judged all the same."""
import gzip
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest
import zlib

from scanning import EXE, Case, ar, elf, main, tar

MIB = 1 << 20
TRUE = pathlib.Path(shutil.which("true")).read_bytes()


def bomb(mib):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return packer.compress(elf()) + b"".join(packer.compress(bytes(MIB)) for _ in range(mib)) + packer.flush()


def nested(levels):
    data = elf()
    for n in range(levels):
        data = tar([(f"p{n}", data)])
    return data


class Caps(Case):
    def audit(self, *args, stdin=None):
        command = [EXE, "bin", "--format", "json", "--fail-on", "never", *map(str, args)]
        done = subprocess.run(command, input=stdin, capture_output=True, timeout=120)
        self.assertIn(done.returncode, (0, 1, 3, 4), done.stderr)
        report = json.loads(done.stdout)
        said = {t["name"]: (t.get("error") or {}).get("text") for t in report["targets"]}
        return done.returncode, said

    def test_each_cap_ends_with_a_message_and_exit_3(self):
        noise = os.urandom(3 * MIB)
        for name, data, args, expected in (
                ("total.tgz", gzip.compress(tar([("one", noise), ("two.o", TRUE)])), ["--max-unpacked", "2MiB"],
                 "more than 2097152 bytes come out of the packages in one file; --max-unpacked raises it"),
                ("ratio.gz", bomb(24), [], "200 times"),
                ("depth.tar", nested(7), [], "nested more than 4 deep"),
                ("size.tar", tar([("large.o", elf(MIB))]), ["--max-file-size", "64K"], "--max-file-size raises it")):
            with self.subTest(name):
                path, good = self.write(name, data), self.write(name + ".o", TRUE)
                code, said = self.audit(*args, path, good)
                self.assertEqual(3, code)
                self.assertIsNone(said.pop(str(good)))
                self.assertEqual(1, len(said), said)
                self.assertIn(expected, list(said.values())[0])
                self.assertEqual(0, self.audit(*args, "--allow-incomplete", path, good)[0])

    def test_caps_that_are_not_met_say_nothing(self):
        path = self.write("a.tgz", gzip.compress(tar([("one.o", TRUE)])))
        code, said = self.audit("--max-unpacked", "8MiB", path)
        self.assertEqual((0, {f"{path}!one.o": None}), (code, said))

    def test_no_value_that_is_none(self):
        done = subprocess.run([EXE, "bin", "--max-unpacked", "much", "."], capture_output=True, text=True)
        self.assertEqual(2, done.returncode)
        self.assertIn("--max-unpacked", done.stderr)


@unittest.skipUnless(shutil.which("rustc") and shutil.which("cc"), "skipped: rustc or cc is not installed")
class Languages(Caps):
    """--only-rust and --any-language for folders, packages and standard input."""
    @classmethod
    def setUpClass(cls):
        cls.made = pathlib.Path(os.environ.get("MESON_BUILD_ROOT", "/tmp")) / f"languages-{os.getpid()}"
        cls.made.mkdir()
        cls.addClassCleanup(shutil.rmtree, cls.made)
        (cls.made / "r.rs").write_text('fn main() { println!("hello"); }\n')
        (cls.made / "c.c").write_text('#include <stdio.h>\nint main(void) { return puts("hello") < 0; }\n')
        subprocess.run(["rustc", "-O", "r.rs", "-o", "rust"], cwd=cls.made, check=True, capture_output=True)
        subprocess.run(["cc", "-O2", "c.c", "-o", "c"], cwd=cls.made, check=True)
        cls.rust, cls.c = ((cls.made / n).read_bytes() for n in ("rust", "c"))

    test_each_cap_ends_with_a_message_and_exit_3 = None
    test_caps_that_are_not_met_say_nothing = None
    test_no_value_that_is_none = None

    def names(self, *args, **options):
        return {name.rsplit("/", 1)[-1].rsplit("!", 1)[-1] for name in self.audit(*args, **options)[1]}

    def test_folders(self):
        self.write("d/rust", self.rust), self.write("d/c", self.c), self.write("d/text", b"text")
        self.assertEqual({"rust", "c"}, self.names(self.dir / "d"))
        self.assertEqual({"rust"}, self.names("--only-rust", self.dir / "d"))
        self.assertEqual({"rust", "c"}, self.names("--any-language", self.dir / "d"))

    def test_packages(self):
        path = self.write("a.tgz", gzip.compress(tar([("rust", self.rust), ("c", self.c)])))
        self.assertEqual({"rust", "c"}, self.names(path))
        self.assertEqual({"rust"}, self.names("--only-rust", path))
        alone = self.write("c.tgz", gzip.compress(tar([("c", self.c)])))
        code, said = self.audit("--only-rust", alone)
        self.assertEqual({}, said)
        self.assertEqual(0, code)  # understood, and left out on request

    def test_standard_input(self):
        packed = gzip.compress(tar([("rust", self.rust), ("c", self.c)]))
        self.assertEqual({"rust"}, self.names("--only-rust", "-", stdin=packed))
        self.assertEqual({"rust", "c"}, self.names("--any-language", "-", stdin=packed))
        # a file that was named itself is judged, whatever it is
        self.assertEqual({"-"}, self.names("--only-rust", "-", stdin=self.c))
        self.assertEqual({"-"}, self.names("--only-rust", "-", stdin=self.rust))

    def test_a_named_file_that_is_not_rust_is_noted_unless_any_will_do(self):
        path = self.write("c", self.c)
        plain = subprocess.run([EXE, "bin", path], capture_output=True, text=True)
        quiet = subprocess.run([EXE, "bin", "--any-language", path], capture_output=True, text=True)
        self.assertIn("not Rust", plain.stdout + plain.stderr)
        self.assertNotIn("not Rust", quiet.stderr)


main()
