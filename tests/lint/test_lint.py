#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""tools/lint must catch each of these small bad samples, and let the good ones pass."""
import importlib.machinery
import importlib.util
import pathlib
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SPDX = "/* SPDX-License-Identifier: MIT OR Apache-2.0 */\n"
TASK = "TO" + "DO"

loader = importlib.machinery.SourceFileLoader("lint", str(ROOT / "tools/lint"))
spec = importlib.util.spec_from_loader("lint", loader)
lint = importlib.util.module_from_spec(spec)
loader.exec_module(lint)


def faults(files, tools=False):
    """(rule, line) of each fault in a tree made of {path: text}."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return [(f[2], f[1]) for f in lint.Lint(pathlib.Path(folder)).run(tools)]


def c(text, name="src/base/x.c", **more):
    return faults({name: SPDX + text, **more})


def body(lines):
    return "void f(void)\n{\n" + lines + "}\n"


class Links(unittest.TestCase):
    def test_a_link_to_nothing_is_caught(self):
        self.assertEqual(faults({"docs/a.md": "see [b](b.md) and [c](https://example.org/c.md)\n"}), [("link", 1)])

    def test_a_link_to_a_page_passes(self):
        self.assertEqual(faults({"docs/a.md": "see [b](../b.md#part)\n", "b.md": "x\n"}), [])

    def test_a_room_without_page_is_caught(self):
        files = {"docs/internals/overview.md": "x\n", "src/base/x.c": SPDX}
        self.assertEqual(faults(files), [("page", 1)])


class Layers(unittest.TestCase):
    def test_upward_include_is_caught(self):
        self.assertEqual(c('#include "facts/facts.h"\n', "src/obj/x.c"), [("layers", 2)])

    def test_sideways_include_is_caught(self):
        self.assertEqual(c('#include "input/input.h"\n', "src/obj/x.c"), [("layers", 2)])

    def test_downward_include_passes(self):
        self.assertEqual(c('#include "base/base.h"\n#include "obj/image.h"\n', "src/facts/x.c"), [])

    def test_input_may_include_obj(self):
        self.assertEqual(c('#include "obj/image.h"\n', "src/input/x.c"), [])

    def test_origin_may_include_fact_structs_only(self):
        self.assertEqual(c('#include "facts/rust_facts.h"\n#include "facts/fact.h"\n',
                           "src/origin/x.c"), [])
        self.assertEqual(c('#include "facts/facts.h"\n', "src/origin/x.c"), [("layers", 2)])

    def test_api_and_cli_stand_beside_each_other(self):
        self.assertEqual(c('#include "cli/cli.h"\n', "src/api/x.c"), [("layers", 2)])

    def test_public_header_below_cli_is_caught(self):
        self.assertEqual(c('#include "rustproof/rustproof.h"\n', "src/report/x.c"), [("layers", 2)])

    def test_include_without_room_is_caught(self):
        self.assertEqual(c('#include "base.h"\n'), [("include", 2)])

    def test_room_without_floor_is_caught(self):
        self.assertEqual(c('#include "base/base.h"\n', "src/attic/x.c"), [("layers", 2)])


class Banned(unittest.TestCase):
    def test_heap_outside_its_wrapper_is_caught(self):
        self.assertEqual(c(body("    free(0);\n"), "src/obj/x.c"), [("banned", 4)])
        self.assertEqual(c(body("    free(0);\n"), "src/base/arena.c"), [])

    def test_printing_outside_cli_is_caught(self):
        self.assertEqual(c(body('    printf("x");\n'), "src/report/x.c"), [("banned", 4)])
        self.assertEqual(c(body('    printf("x");\n'), "src/cli/x.c"), [])

    def test_some_are_banned_everywhere(self):
        for name in ("strcpy(a, b)", "sprintf(a, b)", "atoi(a)", "strtok(a, b)", "alloca(3)"):
            self.assertEqual(c(body(f"    {name};\n"), "tests/unit/x.c"), [("banned", 4)], name)

    def test_abort_and_assert_are_banned_in_src(self):
        self.assertEqual(c(body("    abort();\n")), [("banned", 4)])
        self.assertEqual(c(body("    abort();\n"), "fuzz/fuzz_x.c"), [])

    def test_members_comments_and_strings_are_not_calls(self):
        self.assertEqual(c(body('    x->free(1); /* malloc(1) */\n    y("system(1)");\n')), [])


class Shape(unittest.TestCase):
    def test_long_function_is_caught(self):
        self.assertIn(("function-length", 2), c(body("    g();\n" * 78)))
        self.assertEqual(c(body("    g();\n" * 77)), [])

    def test_long_median_is_caught(self):
        self.assertEqual(c(body("    g();\n" * 13) * 20), [("function-length", 0)])
        self.assertEqual(c(body("    g();\n" * 12) * 20), [])

    def test_table_is_exempt_from_file_length(self):
        table = "const int t[] = {\n" + "    1,\n" * 900 + "};\n"
        self.assertEqual(c(table), [])
        self.assertEqual(c("int g(void);\n" * 800), [("file-length", 800)])

    def test_deep_nesting_is_caught_without_braces_too(self):
        deep = "if (a)\nfor (;;)\nwhile (b)\nif (c)\n"
        self.assertEqual(c(body(deep + "g();\n")), [])
        self.assertEqual([r for r, _ in c(body(deep + "do { g(); } while (d);\n"))], ["nesting"])

    def test_else_if_chain_counts_once(self):
        chain = "".join(f"else if (a == {i}) {{\ng();\n}}\n" for i in range(3))
        self.assertEqual(c(body("if (a) {\ng();\n}\n" + chain + "else {\ng();\n}\n")), [])

    def test_switch_with_nested_case_bodies(self):
        text = ("switch (a) {\ncase 1:\nif (b) {\nif (c) {\nif (d)\ng();\n}\n}\nbreak;\n"
                "default:\nbreak;\n}\n")
        self.assertEqual(c(body(text)), [])
        worse = text.replace("if (d)\n", "if (d)\nif (e)\n")
        self.assertEqual([r for r, _ in c(body(worse))], ["nesting"])

    def test_mutable_globals_are_caught(self):
        self.assertEqual(c("static int count;\n"), [("global-state", 2)])
        self.assertEqual(c("static const char *name = 0;\n"), [("global-state", 2)])
        self.assertEqual(c(body("    static int n;\n")), [("global-state", 4)])

    def test_constants_and_declarations_are_not_state(self):
        self.assertEqual(c("static const int a[] = {1, 2};\nextern int b;\nint f(int x);\n"
                           "static const char *const names[] = {0};\ntypedef int t;\n"), [])

    def test_overlay_casts_are_caught(self):
        for cast in ("(const Elf64_Ehdr *)p", "(IMAGE_DOS_HEADER *)p", "(const uint32_t *)p"):
            self.assertEqual(c(body(f"    x = {cast};\n")), [("overlay", 4)], cast)
        self.assertEqual(c("#include <elf.h>\n"), [("overlay", 2)])
        self.assertEqual(c(body("    x = (const uint8_t *)p;\n")), [])


class Text(unittest.TestCase):
    def test_first_line(self):
        self.assertIn(("spdx", 1), faults({"src/base/x.c": "int f(void);\n"}))
        self.assertEqual(faults({"tools/x.py": "#!/usr/bin/env python3\n"}), [("spdx", 1)])

    def test_white_space(self):
        self.assertEqual(faults({"a.md": "x \n"}), [("trailing-space", 1)])
        self.assertEqual(faults({"a.md": "\tx\n"}), [("tab", 1)])
        self.assertEqual(faults({"a.md": "x"}), [("final-newline", 1)])

    def test_columns(self):
        self.assertEqual(c("/* " + "x" * 97 + " */\n"), [("columns", 2)])
        self.assertEqual(faults({"a.md": "x" * 300 + "\n"}), [])

    def test_unfinished(self):
        self.assertEqual(c(f"/* {TASK} */\n"), [("unfinished", 2)])

    def test_forbidden_words(self):
        for word in ("registry.npm" + "js.org", "pypi" + ".org", " /wor" + "k/main",
                     "deb.deb" + "ian.org"):
            self.assertEqual(faults({"a.md": word + "\n"}), [("forbidden-word", 1)], word)
        self.assertEqual(faults({"a.md": "network/work/x crates.io npm\n"}), [])


class Checks(unittest.TestCase):
    CODE = ('const rp_check rp_check_rp2199 = {\n    .code = "RP2199",\n    .name = "some-name",\n'
            '    .title = "t",\n    .guide = "g",\n    .since = "0.1",\n};\n')
    PAGE = "# RP2199 some-name\n" + "".join(f"\n## {h}\ntext\n" for h in lint.HEADINGS)
    GOOD = {"src/checks/a/rp2199_some_name.c": SPDX + CODE, "docs/checks/RP2199.md": PAGE,
            "tests/checks/RP2199/cases": "x\n"}

    def changed(self, name, old, new):
        files = dict(self.GOOD)
        if old is None:
            del files[name]
        else:
            self.assertIn(old, files[name])
            files[name] = files[name].replace(old, new)
        return [r for r, _ in faults(files)]

    def test_good_check_passes(self):
        self.assertEqual(faults(self.GOOD), [])

    def test_what_is_missing_is_caught(self):
        self.assertEqual(self.changed("docs/checks/RP2199.md", None, ""), ["check"])
        self.assertEqual(self.changed("tests/checks/RP2199/cases", None, ""), ["check"])
        self.assertEqual(self.changed("docs/checks/RP2199.md", "\n## Fix\ntext\n", ""), ["page"])
        self.assertEqual(self.changed("docs/checks/RP2199.md", "## Fix\ntext", "## Fix\n"), ["page"])

    def test_code_and_name_match_the_file(self):
        name = "src/checks/a/rp2199_some_name.c"
        self.assertEqual(self.changed(name, '"RP2199"', '"RP2198"'), ["check"])
        self.assertEqual(self.changed(name, "some-name", "other-name"), ["check"])
        self.assertEqual(self.changed("docs/checks/RP2199.md", "# RP2199 some", "# RP2199 other"),
                         ["page"])

    def test_page_without_check(self):
        self.assertEqual(faults({"docs/checks/RP2198.md": "x\n"}), [("check", 1)])

    def test_stale_registry(self):
        stale = {**self.GOOD, "src/checks/registry.inc": "RP_CHECK(rp2101) /* pie */\n"}
        self.assertEqual([r for r, _ in faults(stale)], ["generated"])


class Tools(unittest.TestCase):
    HEADER = "include/rustproof/rustproof.h"

    def setUp(self):
        if not lint.shutil.which("gcc") or not lint.shutil.which("g++"):
            self.skipTest("no gcc and g++ here")

    def test_header_that_is_not_c99_is_caught(self):
        found = faults({self.HEADER: SPDX + "typedef uint32_t x;\n"}, tools=True)
        self.assertIn("public-header", [r for r, _ in found])

    def test_header_that_is_not_cpp_is_caught(self):
        found = faults({self.HEADER: SPDX + "int f(int class);\n"}, tools=True)
        self.assertEqual([r for r, _ in found], ["public-header"])

    def test_format(self):
        if not lint.shutil.which("clang-format-14"):
            self.skipTest("no clang-format 14 here")
        style = {".clang-format": (ROOT / ".clang-format").read_text()}
        found = faults({"src/base/x.c": SPDX + "int  f(void);\n", **style}, tools=True)
        self.assertEqual(found, [("format", 2)])


if __name__ == "__main__":
    unittest.main()
