# SPDX-License-Identifier: MIT OR Apache-2.0
"""The same output whatever the number of threads, from input up to the reports."""
import gzip
import io
import os
import pathlib
import shutil
import subprocess
import sys
import zipfile

from scanning import EXE, Case, ar, elf, main, run, tar


class Order(Case):
    def tree(self):
        programs = [p for p in map(shutil.which, ("ls", "cat", "sh", "true", "tar", "gzip")) if p]
        for n in range(40):
            self.write(f"{n % 7}/{n:03}.txt", b"text\n" * n)
            self.write(f"{n % 5}/{n:03}.o", elf(64 + n))
            data = pathlib.Path(programs[n % len(programs)]).read_bytes()
            self.write(f"{n % 3}/bin{n:03}", data)
            if n % 4 == 0:
                self.write(f"{n % 3}/pkg{n:03}.tgz", gzip.compress(tar([(f"b{i}", data) for i in range(3)]), 1))
                self.write(f"{n % 3}/lib{n:03}.a", ar([(b"%d.o/" % i, elf()) for i in range(20)]))
            if n % 10 == 0:
                self.write(f"{n % 3}/bad{n:03}.a", b"!<arch>\nnonsense" * 9)
                self.write(f"{n % 3}/large{n:03}", data.ljust(2 << 20, b"\0"))  # begun before its turn
        return self.dir

    def mixed(self):
        """Archives whose members are shared among workers, with damage in the middle of some."""
        data = [pathlib.Path(p).read_bytes() for p in map(shutil.which, ("true", "cat", "ls")) if p]
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as z:
            for n in range(120):
                z.writestr(f"a/{n:03}.class", b"\xca\xfe\xba\xbe" + bytes(100))
                if n % 7 == 0:
                    z.writestr(f"lib/{n:03}.so", data[0] if n % 5 == 0 else elf(5000 + n))
                if n % 40 == 0:
                    z.writestr(f"in/{n:03}.tar.gz", gzip.compress(tar([(f"x{i}", elf(i * 999)) for i in range(9)])))
                    z.writestr(f"in/{n:03}.a", ar([(b"%d.o/" % i, elf(64 + i)) for i in range(20)]))
            z.writestr(zipfile.ZipInfo("stored.so"), data[0])
        jar = packed.getvalue()
        members = [(b"%d.o/" % n, elf(64 + n % 900) if n % 37 else b"\x7fELF cut short") for n in range(240)]
        self.write("many.a", ar(members))
        self.write("many-cut.a", ar(members)[:-700])
        for copy in range(2):
            self.write(f"{copy}/all.jar", jar)
            self.write(f"{copy}/bits.jar", jar[:3000] + bytes(64) + jar[3064:])
            self.write(f"{copy}/cut.jar", jar[:-len(jar) // 3])
            self.write(f"{copy}/all.tar.gz", gzip.compress(tar([("all.jar", jar), ("many.a", ar(members[:50]))]), 1))
            cut = gzip.compress(tar([(f"{n}", elf(9000)) for n in range(40)]), 1)[:-99]
            self.write(f"{copy}/cut.tgz", cut)
            self.write(f"{copy}/program", data[copy % len(data)])
        return self.dir

    def test_mixed(self):
        tree = self.mixed()
        first = run("-j1", tree)
        kinds = [kind for kind, *_ in first[0]]
        self.assertGreater(kinds.count("artefact"), 600)
        self.assertGreater(kinds.count("error"), 5)
        for jobs in (2, 8):
            self.assertEqual(first, run(f"-j{jobs}", tree))

    def test_mixed_reports(self):
        """Byte-equal, also when the run's few threads have to wait for each other in one archive."""
        tree = self.mixed()
        def report(jobs, *paths):
            done = subprocess.run([EXE, "bin", *map(str, paths), "--format", "jsonl", "--any-language", f"-j{jobs}"],
                                  capture_output=True, timeout=300)
            return done.returncode, done.stdout.replace(b"-j%d" % jobs, b"-jN").splitlines(), done.stderr
        for paths in ([tree], [tree / "many.a"], [tree / "0/all.jar"], [tree / "1/all.tar.gz", tree / "1/cut.tgz"]):
            first = report(1, *paths)
            self.assertGreater(len(first[1]), 40)
            for jobs in (2, 8):
                again = report(jobs, *paths)
                self.assertTrue(first == again, f"{paths}, -j {jobs}: not the output of -j 1")  # megabytes

    def test_output_that_is_cut_off(self):
        """Who reads the output goes away in the middle: every worker ends, soon, and as with one thread."""
        tree = self.mixed()
        ends = set()
        for jobs in (1, 2, 8):
            child = subprocess.Popen([EXE, "bin", str(tree), "--format", "jsonl", "-j", str(jobs), "--any-language"],
                                     stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            self.assertEqual(len(child.stdout.read(1000)), 1000)
            child.stdout.close()
            ends.add(child.wait(timeout=120))
        self.assertEqual(len(ends), 1, ends)

    def test_changes_in_the_middle_of_a_walk(self):
        """Files that go, shrink or become unreadable while they are scanned are errors of their own."""
        tree = self.mixed()
        for jobs in (1, 8):
            with subprocess.Popen([EXE, "bin", str(tree), "--format", "jsonl", "-j", str(jobs), "--any-language"],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
                child.stdout.read(10)
                for path in tree.rglob("cut.jar"):
                    path.unlink()
                os.truncate(tree / "many.a", 5000)
                self.assertGreater(child.stdout.read().count(b"\n"), 1)
            self.assertIn(child.returncode, (1, 3))
            self.mixed()

    def test_scan(self):
        tree = self.tree()
        first = run("-j1", tree)
        for jobs in (2, 3, 8, 64):
            self.assertEqual(first, run(f"-j{jobs}", tree))

    def test_reports(self):
        tree = self.tree()
        def report(form, jobs):
            done = subprocess.run([EXE, "bin", str(tree), "--format", form, "-j", str(jobs), "--color", "never"],
                                  capture_output=True, timeout=200)
            # the command line is part of some reports
            return done.returncode, done.stdout.replace(b"-j %d" % jobs, b"-j N")
        for form in ("text", "short", "table", "json", "jsonl"):
            first = report(form, 1)
            self.assertIn(first[0], (1, 3), form)
            self.assertGreater(len(first[1]), 500)
            for jobs in (2, 8):
                self.assertEqual(first, report(form, jobs), form)


main()
