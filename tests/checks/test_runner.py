#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""The runner of the fixture tests must fail where it should: a test that cannot fail proves nothing."""
import os
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import build
import cases
import outcomes
import run
import verdicts

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def verdict(**changes):
    values = {"outcome": "finding", "level": "warn", "brief": "part", "text": "partial RELRO", "verify": "true",
              "evidence": ["at 0x270: GNU_RELRO"], "fixes": 1}
    return verdicts.Result(**{**values, **changes})


def expected(text="finding \"partial\" level=warn"):
    outcome, part, extra = cases.expectation("cases", 1, text)
    return cases.Case("x", None, outcome, part, extra, "", [])


class Expectations(unittest.TestCase):
    def test_reads_outcome_text_and_extras(self):
        self.assertEqual(cases.expectation("f", 1, 'finding "a \\"b\\"" level=deny brief=none'),
                         ("finding", 'a "b"', {"level": "deny", "brief": "none"}))
        self.assertEqual(cases.expectation("f", 1, "na"), ("na", "", {}))

    def test_refuses_what_it_does_not_know(self):
        for text in ("fails", 'finding "x', 'finding "x" level=fatal', 'finding "x" colour=red'):
            with self.assertRaises(SystemExit, msg=text):
                cases.expectation("f", 1, text)

    def test_a_verdict_as_expected_is_no_mismatch(self):
        self.assertIsNone(run.mismatch(expected(), verdict()))

    def test_a_noun_that_does_not_agree_with_its_number_is_a_mismatch(self):
        for text in ("partial: 1 files", "partial: all 1 indirect calls", "partial: 1 page differ, 1 file are new"):
            self.assertIsNotNone(run.mismatch(expected(), verdict(text=text)), text)
        self.assertIsNotNone(run.mismatch(expected(), verdict(evidence=["at 0x1: 1 more symbols"])))
        for text in ("partial: 1 file", "partial: 1 of 3 files is new", "partial: 11 files, version 2.1 files"):
            self.assertIsNone(run.mismatch(expected(), verdict(text=text)), text)

    def test_each_difference_is_a_mismatch(self):
        for changes in ({"outcome": "pass"}, {"text": "full RELRO"}, {"level": "deny"}, {"evidence": []}, {"fixes": 0},
                        {"verify": ""}):
            self.assertIsNotNone(run.mismatch(expected(), verdict(**changes)), changes)
        self.assertIsNotNone(run.mismatch(expected('pass ""'), verdict(outcome="pass", evidence=[])))

    def shown(self, command, block, **changes):
        suite = cases.Suite([], {}, [cases.shown("f", 1, block)] if block else [])
        result = verdict(verify=command, **changes)
        target = verdicts.Target("x", "", {}, changes.pop("extract", ""))
        return run.verify_problem(result, target, suite, os.environ["PATH"])

    def test_a_verify_command_must_run(self):
        block = [("verify", "finding"), ("hides", "nothing of it")]
        self.assertEqual(self.shown("true", block), (None, []))
        self.assertIn("does not run", self.shown("grep --no-such-option x", block)[0])

    def test_a_verify_command_must_show_what_the_verdict_says(self):
        block = [("verify", 'finding "partial"'), ("shows", "^GNU_RELRO$"), ("hides", "NOW"),
                 ("quotes", "(GNU\\w+)")]
        self.assertEqual(self.shown("echo x; echo GNU_RELRO", block), (None, []))
        self.assertIn("does not show '^GNU", self.shown("echo x", block)[0])
        self.assertIn("shows 'NOW'", self.shown("echo GNU_RELRO; echo NOW", block)[0])
        self.assertIn("the evidence names", self.shown("echo GNU_RELRO", block, evidence=["GNU_X"])[0])

    def test_what_the_command_shows_must_be_said(self):
        self.assertIn("no 'verify:' block", self.shown("true", None)[0])
        self.assertIn("no 'verify:' block", self.shown("true", [("verify", "pass"), ("hides", "x")])[0])
        for block in ([("verify", "finding")], [("verify", "finding"), ("shows", "(")],
                      [("verify", "finding"), ("prints", "x")]):
            with self.assertRaises(SystemExit, msg=block):
                cases.shown("f", 1, block)

    def test_a_missing_tool_is_named(self):
        block = [("verify", "finding"), ("shows", "x")]
        self.assertEqual(self.shown("no-such-tool-at-all x", block), (None, ["no-such-tool-at-all"]))


class Files(unittest.TestCase):
    def read(self, text, named=None):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "cases"
            file.write_text(text)
            return cases.suite(file, named or {})

    def test_a_check_needs_a_case_for_each_outcome_it_can_give(self):
        suite = self.read("case: a\nbuild: true\nexpect: pass \"\"\n")
        self.assertEqual(len(run.case_problems("RP9999", suite, {"pass", "finding", "na"})), 2)
        self.assertEqual(run.case_problems("RP9999", suite, {"pass"}), [])
        suite = self.read("only: finding nothing can fail it\n\ncase: a\nbuild: true\nexpect: pass \"\"\n")
        self.assertEqual(run.case_problems("RP9999", suite, {"pass", "finding"}), [])
        self.assertEqual(len(run.case_problems("RP9999", None, set())), 1)

    def test_an_excuse_for_an_outcome_that_has_a_case_is_none(self):
        suite = self.read("only: pass nothing can pass\n\ncase: a\nbuild: true\nexpect: pass \"\"\n")
        self.assertEqual(len(run.case_problems("RP9999", suite, {"pass"})), 1)

    def test_a_check_needs_a_page(self):
        self.assertEqual(len(run.page_problems("RP9999", "none")), 1)

    def test_indented_lines_go_on(self):
        suite = self.read("case: a\nbuild: cat > $OUT <<END\n  one\n  END\nexpect: na\n")
        self.assertEqual(suite.cases[0].artefact.commands, ["cat > $OUT <<END\none\nEND"])

    def test_refuses_unknown_keys_and_artefacts(self):
        for text in ("case: a\nbuild: true\nexpect: na\ncolour: red\n", "case: a\nuse: none\nexpect: na\n",
                     "case: a\nexpect: na\n", "case: a\nbuild: true\n"):
            with self.assertRaises(SystemExit, msg=text):
                self.read(text)


class Outcomes(unittest.TestCase):
    """What a check's code can give is read from the sources."""
    ROW = "const rp_check rp_check_rp9999 = {\n    .run = judge,\n};\n"

    def outcomes(self, **files):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in {"rp9999_x": self.ROW, **files}.items():
                pathlib.Path(folder, f"{name}.c").write_text(text)
            return outcomes.of_checks(pathlib.Path(folder))["RP9999"]

    def test_calls_are_followed(self):
        self.assertEqual(self.outcomes(
            rp9999_x="static void arm(rp_out *out)\n{\n    rp_find(out, \"rp_pass\"); /* rp_unknown */\n}\n\n"
                     "static void judge(const rp_facts *f,\n                  rp_out *out)\n{\n    arm(out);\n"
                     "    rp_shared(out);\n}\n\n"
                     "static void nobody(rp_out *out)\n{\n    rp_unknown(out);\n}\n\n" + self.ROW,
            common="void rp_shared(rp_out *out)\n{\n    rp_skip(out, \"x\");\n}\n"), {"finding", "na"})

    def test_a_static_function_of_another_file_is_another(self):
        self.assertEqual(self.outcomes(
            rp9999_x="static void judge(rp_out *out)\n{\n    rp_pass(out);\n}\n\n" + self.ROW,
            common="static void judge(rp_out *out)\n{\n    rp_find(out);\n}\n"), {"pass"})

    def test_those_of_a_real_check(self):
        found = outcomes.of_checks(ROOT / "src/checks")
        self.assertEqual(found["RP2131"], {"pass", "finding", "na"})
        self.assertEqual(found["RP5103"], {"pass", "finding", "unknown"})


class Builds(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.builder = build.Builder(ROOT, pathlib.Path(self.folder.name))

    def make(self, *commands, needs=(), source=None):
        return self.builder.make(cases.Artefact("x", list(commands), list(needs), source))

    def test_builds_once(self):
        counter = pathlib.Path(self.folder.name) / "count"
        command = f"echo >> {counter}; echo hello > $OUT"
        self.assertEqual(self.make(command).path, self.make(command).path)
        self.assertEqual(counter.read_text(), "\n")

    def test_failures_say_why(self):
        self.assertIn("no such luck", self.make("echo no such luck >&2; false").error)
        self.assertIn("did not write", self.make("true").error)

    def test_missing_tools_are_named(self):
        self.assertEqual(self.make("true", needs=["no-such-tool-here"]).missing, ["no-such-tool-here"])

    def test_one_artefact_made_from_another(self):
        below = cases.Artefact("below", ["printf ab > $OUT"], [])
        made = self.make("rev $IN > $OUT", source=below)
        self.assertEqual(pathlib.Path(made.path).read_text().strip(), "ba")

    def test_a_changed_recipe_is_another_artefact(self):
        self.assertNotEqual(self.make("echo a > $OUT").path, self.make("echo b > $OUT").path)


if __name__ == "__main__":
    unittest.main()
