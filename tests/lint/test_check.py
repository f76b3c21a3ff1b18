#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""tools/check counts what really ran: a crash is a failure, a skip is no pass."""
import importlib.machinery
import importlib.util
import pathlib
import subprocess
import tempfile
import unittest
import unittest.mock

ROOT = pathlib.Path(__file__).resolve().parents[2]
loader = importlib.machinery.SourceFileLoader("check", str(ROOT / "tools/check"))
spec = importlib.util.spec_from_loader("check", loader)
check = importlib.util.module_from_spec(spec)
loader.exec_module(check)


def count(result, stdout="", stderr=""):
    return check.count_cases({"name": "x", "result": result, "stdout": stdout, "stderr": stderr})


class Counting(unittest.TestCase):
    def test_cmocka(self):
        text = "[==========] 3 test(s) run.\n[  PASSED  ] 2 test(s).\n[  FAILED  ] 1 test(s)\n"
        self.assertEqual(count("FAIL", stderr=text), (2, 1, 0))

    def test_cmocka_crash_after_passing_groups(self):
        self.assertEqual(count("FAIL", stderr="[  PASSED  ] 8 test(s).\n"), (8, 1, 0))

    def test_unittest(self):
        text = "Ran 7 tests in 0.1s\n\nFAILED (failures=1, errors=1, skipped=2)\n"
        self.assertEqual(count("FAIL", stderr=text), (3, 2, 2))

    def test_own_line(self):
        self.assertEqual(count("OK", "4 passed, 0 failed\n12 passed, 0 failed, 3 skipped\n"),
                         (12, 0, 3))

    def test_own_line_does_not_hide_a_bad_exit(self):
        self.assertEqual(count("FAIL", "12 passed, 0 failed\n"), (12, 1, 0))
        self.assertEqual(count("TIMEOUT"), (0, 1, 0))

    def test_without_a_count(self):
        self.assertEqual(count("OK"), (1, 0, 0))
        self.assertEqual(count("SKIP"), (0, 0, 1))

    def test_numbers_inside_a_sentence_do_not_count(self):
        self.assertEqual(count("OK", "at first 9 passed, 0 failed, then more\n"), (1, 0, 0))


class Running(unittest.TestCase):
    PROJECT = """project('t')
add_test_setup('quick', exclude_suites: ['long'], is_default: true)
add_test_setup('long', timeout_multiplier: 2)
test('good', find_program('true'), suite: 'unit')
test('good', find_program('true'), suite: 'long')
test('bad', find_program('false'), suite: 'long')
"""

    def test_each_setup_is_counted(self):
        with tempfile.TemporaryDirectory() as temp, unittest.mock.patch.object(check, "ROOT", pathlib.Path(temp)):
            (check.ROOT / "meson.build").write_text(self.PROJECT)
            quiet = {"cwd": temp, "check": True, "stdout": subprocess.DEVNULL}
            subprocess.run(["meson", "setup", "build"], **quiet)
            run = check.Run()
            run.meson("build", [])
            self.assertEqual(run.total, [1, 0, 0])
            run.meson("build", ["--suite", "long"], setup="long")
            self.assertEqual(run.total, [2, 1, 0])
            run.meson("build", [])
            self.assertEqual(run.total, [3, 1, 0])


if __name__ == "__main__":
    unittest.main()
