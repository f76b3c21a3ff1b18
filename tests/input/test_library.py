# SPDX-License-Identifier: MIT OR Apache-2.0
"""The library as its users have it: the header alone, the exported names, the example program, and
reports that are byte for byte those of the command line."""
import json
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


COVERAGE = r"""
#include <rustproof/rustproof.h>
#include <stdio.h>
int main(int argc, char **argv)
{
    rustproof_options options = {.size = sizeof options, .code = argc > 2 ? 2 : 0};
    rustproof_context *context = rustproof_context_new(&options, NULL);
    rustproof_report *report = NULL;
    if (rustproof_audit_path(context, argv[1], &report, NULL) != 0)
        return 99;
    for (size_t i = 0; i < rustproof_target_results(report, 0); i++) {
        rustproof_result result = {.size = sizeof result};
        rustproof_coverage c = {.size = sizeof c};
        rustproof_place p = {.size = sizeof p};
        if (rustproof_result_get(report, 0, i, &result) != 0)
            return 98;
        int code = rustproof_result_coverage(report, 0, i, &c);
        if (code == RUSTPROOF_E_UNSUPPORTED && rustproof_result_place(report, 0, i, 0, &p) == RUSTPROOF_E_USAGE)
            continue;
        if (code != 0 || rustproof_result_place(report, 0, i, c.places, &p) != RUSTPROOF_E_USAGE)
            return 97;
        printf("%.*s %zu %zu %zu\n", (int)result.code.len, result.code.ptr, c.covered, c.total, c.places);
        for (size_t k = 0; k < c.places; k++) {
            if (rustproof_result_place(report, 0, i, k, &p) != 0)
                return 96;
            printf("%.*s|%.*s|%llu|%llu\n", (int)p.name.len, p.name.ptr, (int)p.crate.len, p.crate.ptr,
                   (unsigned long long)p.address, (unsigned long long)p.offset);
        }
    }
    rustproof_coverage c = {.size = sizeof c};
    if (rustproof_result_coverage(report, 0, 10000, &c) != RUSTPROOF_E_USAGE)
        return 95;
    rustproof_report_free(report);
    rustproof_context_free(context);
    return 0;
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

    def test_header_and_example_are_c_and_cpp(self):
        for compiler, language, std in (("cc", "c", "c99"), ("cc", "c", "c17"), ("c++", "c++", "c++17"),
                                        ("clang", "c", "c99"), ("clang++", "c++", "c++17")):
            if not shutil.which(compiler):
                continue
            with self.subTest(f"{compiler} {std}"):
                for source in ("include/rustproof/rustproof.h", "examples/audit.c"):
                    subprocess.run([compiler, "-x", language, f"-std={std}", "-Wall", "-Wextra", "-Wpedantic",
                                    "-Werror", "-fsyntax-only", "-I", ROOT / "include", ROOT / source], check=True)

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
        self.assertEqual(3, subprocess.run([example, "/dev/null/none"], env=self.env, capture_output=True).returncode)

    def test_coverage_is_what_json_says(self):
        (self.dir / "c.c").write_text(COVERAGE)
        program = self.compile(self.dir / "c.c", "coverage")
        done = subprocess.run([program, EXE], env=self.env, capture_output=True, text=True, check=True)
        report = subprocess.run([EXE, "bin", EXE, "--any-language", "-f", "json"], env=self.env,
                                capture_output=True, text=True)
        lines = []
        for result in json.loads(report.stdout)["targets"][0]["results"]:
            c = result["coverage"]
            if c is None:
                continue
            lines.append(f"{result['code']} {c['covered']} {c['total']} {len(c['outside'])}")
            lines += [f"{p['name']}|{p['crate']}|{p['address']}|{p['offset']}" for p in c["outside"]]
        self.assertTrue(lines)
        self.assertEqual(lines, done.stdout.splitlines())
        none = subprocess.run([program, EXE, "no code"], env=self.env, capture_output=True, text=True, check=True)
        self.assertEqual("", none.stdout)

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
