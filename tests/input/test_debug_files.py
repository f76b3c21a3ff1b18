# SPDX-License-Identifier: MIT OR Apache-2.0
"""Separate debug files: joined to the program that they belong to, never judged alone."""
import json
import os
import pathlib
import shutil
import subprocess
import unittest

from scanning import EXE, Case, main

EXE = pathlib.Path(EXE).resolve()
SOURCE = "static int __attribute__((noinline)) secret_name(int x) { return x * 3; }\n" \
         "int main(int argc, char **argv) { (void)argv; return secret_name(argc); }\n"


@unittest.skipUnless(shutil.which("cc") and shutil.which("objcopy"), "cc or objcopy is not installed")
class DebugFiles(Case):
    def build(self, *flags):
        """A stripped program p with its debug file p.debug beside it."""
        self.write("p.c", SOURCE.encode())
        for command in (["cc", "-g", "-O1", *flags, "p.c", "-o", "p"],
                        ["objcopy", "--only-keep-debug", "p", "p.debug"],
                        ["strip", "p"], ["objcopy", "--add-gnu-debuglink=p.debug", "p"]):
            subprocess.run(command, cwd=self.dir, check=True)

    def facts(self, name="p"):
        done = subprocess.run([EXE, "facts", name], cwd=self.dir, capture_output=True, check=True)
        return json.loads(done.stdout)["targets"][0]["facts"]

    def joined(self, **expected):
        facts = self.facts()
        self.assertEqual(facts["symbol_table"]["is"], "no")  # what the file itself holds
        return facts["debug_file"], facts["symbols"]["static_table"]

    def test_by_build_id(self):
        self.build("-Wl,--build-id")
        self.assertEqual(self.joined(), ("./p.debug", True))

    def test_another_build_id_is_not_joined(self):
        self.build("-Wl,--build-id=0x1234567890")
        debug = self.dir / "p.debug"
        debug.write_bytes(debug.read_bytes().replace(bytes.fromhex("1234567890"), bytes.fromhex("1234567891")))
        self.assertEqual(self.joined(), ("", False))

    def test_by_crc_without_build_id(self):
        self.build("-Wl,--build-id=none")
        self.assertEqual(self.joined(), ("./p.debug", True))
        with open(self.dir / "p.debug", "ab") as file:
            file.write(b"x")
        self.assertEqual(self.joined(), ("", False))

    def test_one_that_cannot_be_read_is_said(self):
        self.build("-Wl,--build-id")
        debug = self.dir / "p.debug"
        for make in (os.mkfifo, os.mkdir, lambda p: p.symlink_to(p.name), lambda p: p.symlink_to("gone")):
            debug.rmdir() if debug.is_dir() else debug.unlink()
            make(debug)
            self.assertEqual(self.joined(), ("", False))
            self.assertIn("./p.debug cannot be read", json.dumps(self.facts()["anomalies"]))

    def test_in_the_folder_beside(self):
        self.build("-Wl,--build-id")
        (self.dir / ".debug").mkdir()
        (self.dir / "p.debug").rename(self.dir / ".debug" / "p.debug")
        self.assertEqual(self.joined(), ("./.debug/p.debug", True))

    def test_a_link_name_leads_nowhere_else(self):
        self.build("-Wl,--build-id=none")
        program = self.dir / "p"
        (self.dir / "d").mkdir()
        (self.dir / "p.debug").rename(self.dir / "d" / "debug")
        program.write_bytes(program.read_bytes().replace(b"p.debug\0", b"d/debug\0"))
        self.assertEqual(self.joined(), ("", False))

    def test_a_folder_scan_counts_debug_files_and_judges_programs(self):
        self.build("-Wl,--build-id")
        done = subprocess.run([EXE, "bin", ".", "--any-language", "--format", "json"], cwd=self.dir,
                              capture_output=True)
        names = [target["name"] for target in json.loads(done.stdout)["targets"]]
        self.assertEqual(names, ["./p"])


main()
