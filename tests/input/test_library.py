# SPDX-License-Identifier: MIT OR Apache-2.0
"""The library as its users have it: the header alone, the exported names, the example program, and
reports that are byte for byte those of the command line."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

EXE, LIBRARY = (pathlib.Path(arg).resolve() for arg in sys.argv[1:3])
ROOT = pathlib.Path(__file__).resolve().parents[2]
WRITER = r"""
#include <rustproof/rustproof.h>
#include <stdio.h>
static size_t put(void *user, const char *bytes, size_t len) { return fwrite(bytes, 1, len, (FILE *)user); }
int main(int argc, char **argv)
{
    rustproof_context *context = rustproof_context_new(NULL, NULL);
    rustproof_report *report = NULL;
    rustproof_error err;
    if (argc != 3 || rustproof_audit_path(context, argv[2], &report, &err) != 0 ||
        rustproof_report_write(report, argv[1], put, stdout, &err) != 0)
        return 99;
    int code = rustproof_report_exit_code(report);
    rustproof_report_free(report);
    rustproof_context_free(context);
    return code;
}
"""


class Library(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.dir = pathlib.Path(holder.name)
        self.env = dict(os.environ, LD_LIBRARY_PATH=str(LIBRARY.parent), LC_ALL="C.UTF-8", COLUMNS="")

    def compile(self, source, out="program"):
        subprocess.run(["cc", "-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I", ROOT / "include", source,
                        LIBRARY, "-o", self.dir / out], check=True)
        return self.dir / out

    def test_the_header_alone(self):
        for compiler, language, std in (("cc", "c", "c99"), ("cc", "c", "c17"), ("c++", "c++", "c++17"),
                                        ("clang", "c", "c99"), ("clang++", "c++", "c++17")):
            if not shutil.which(compiler):
                continue
            with self.subTest(f"{compiler} {std}"):
                subprocess.run([compiler, "-x", language, f"-std={std}", "-Wall", "-Wextra", "-Wpedantic", "-Werror",
                                "-fsyntax-only", ROOT / "include/rustproof/rustproof.h"], check=True)

    def test_exports_are_the_headers_functions(self):
        listed = subprocess.run(["nm", "-D", "--defined-only", LIBRARY], capture_output=True, text=True, check=True)
        exported = {line.split()[-1] for line in listed.stdout.splitlines()}
        header = (ROOT / "include/rustproof/rustproof.h").read_text()
        declared = {word for line in header.split("RP_API")[1:] for word in [line.split("(")[0].split()[-1].lstrip("*")]
                    if word.startswith("rustproof_")}
        self.assertEqual(declared, exported)

    def test_the_example_says_what_the_command_line_says(self):
        source = ROOT / "examples/audit.c"
        self.assertLess(len(source.read_text().splitlines()), 45)
        example = self.compile(source)
        done = subprocess.run([example, "/bin/ls"], env=self.env, capture_output=True, text=True)
        other = subprocess.run([EXE, "bin", "/bin/ls", "--format", "short"],
                               env=self.env, capture_output=True, text=True)
        self.assertEqual(other.returncode, done.returncode)
        codes = [line.split(": ")[1] for line in done.stdout.splitlines()]
        self.assertEqual(sorted(codes), sorted(w.split("[")[1].split()[0] for w in other.stdout.splitlines()
                                               if "[RP" in w and ": unknown[" not in w))
        self.assertEqual(2, subprocess.run([example], env=self.env, capture_output=True).returncode)
        self.assertEqual(3, subprocess.run([example, "/nonexistent"], env=self.env, capture_output=True).returncode)

    def test_reports_are_those_of_the_command_line(self):
        (self.dir / "w.c").write_text(WRITER)
        writer = self.compile(self.dir / "w.c", "writer")
        for form in ("text", "short", "table", "full", "jsonl"):
            done = subprocess.run([writer, form, "/bin/ls"], env=self.env, capture_output=True)
            other = subprocess.run([EXE, "bin", "/bin/ls", "--format", form], env=self.env, capture_output=True)
            # only a command line has a command to record
            other.stdout = other.stdout.replace(b"rustproof bin /bin/ls --format " + form.encode(), b"")
            with self.subTest(form):
                self.assertEqual((other.returncode, other.stdout), (done.returncode, done.stdout))


unittest.main(argv=sys.argv[:1])
