#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Peak memory of runs over N and over 4 N files: no format keeps more than 1 KB of each."""
import pathlib
import re
import subprocess
import unittest

from scanning import EXE, Case, elf, main

SMALL, LARGE, PER_FILE = 1000, 4000, 1024
SLACK = 256 << 10  # what an allocator rounds up to


def peak(*args):
    """Bytes. Asked all the while it runs, since getrusage would tell the peak of who started it, too."""
    p = subprocess.Popen([EXE, "bin", "-j1", *map(str, args)], stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL)
    highest, asked = 0, 0
    while p.poll() is None:
        text = pathlib.Path(f"/proc/{p.pid}/status").read_text()
        found = re.search(r"VmHWM:\s*(\d+) kB", text)
        highest, asked = max(highest, int(found[1]) * 1024 if found else 0), asked + 1
    assert p.returncode in (0, 1, 3), p.returncode
    assert asked > 20, "it ended too soon to be measured"
    return highest


@unittest.skipUnless(pathlib.Path("/proc/self/status").exists(), "no /proc")
class FleetMemory(Case):
    def folder(self, n):
        for i in range(n):
            self.write(f"{n}/a-folder-of-some-name/{i:05}.o", elf(64))
        return self.dir / str(n)

    def test_a_report_is_not_kept(self):
        if "AddressSanitizer" in subprocess.run(["nm", "-D", EXE], capture_output=True, text=True).stdout:
            self.skipTest("sanitizers keep what was freed")
        few, many = self.folder(SMALL), self.folder(LARGE)
        for options in ("--format=text",), ("--format=text", "-v"), ("--format=table",), ("--format=full",), \
                ("--format=short",), ("--format=json",), ("--format=jsonl",):
            with self.subTest(options=options):
                grown = peak(*options, many) - peak(*options, few)
                self.assertLess(grown, (LARGE - SMALL) * PER_FILE + SLACK)


if __name__ == "__main__":
    main()
