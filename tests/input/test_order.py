# SPDX-License-Identifier: MIT OR Apache-2.0
"""The same output whatever the number of threads, from input up to the reports."""
import gzip
import pathlib
import shutil
import subprocess
import sys

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
