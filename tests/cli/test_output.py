#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Standard output that takes bytes when it likes: programs that wait for events give us such pipes.

  test_output.py RUSTPROOF
"""
import fcntl
import os
import subprocess
import sys
import time
import unittest

RUSTPROOF = sys.argv.pop()
COMMANDS = ["list", "--format", "json"], ["facts", RUSTPROOF], ["explain", "exit-codes"]


class Output(unittest.TestCase):
    def through_a_small_pipe(self, command):
        """What comes out of a pipe of one page whose writing end does not block, read late."""
        read, write = os.pipe()
        fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, 4096)
        os.set_blocking(write, False)
        child = subprocess.Popen([RUSTPROOF, *command], stdout=write, stdin=subprocess.DEVNULL)
        os.close(write)
        time.sleep(0.2)
        with open(read, "rb") as end:
            text = end.read()
        return child.wait(60), text

    def test_a_pipe_that_does_not_block(self):
        for command in COMMANDS:
            with self.subTest(command=command[0]):
                want = subprocess.run([RUSTPROOF, *command], stdin=subprocess.DEVNULL, capture_output=True)
                self.assertGreater(len(want.stdout), 500)
                code, text = self.through_a_small_pipe(command)
                self.assertEqual(code, want.returncode)
                self.assertTrue(text == want.stdout, f"{len(text)} of {len(want.stdout)} bytes came")


if __name__ == "__main__":
    unittest.main()
