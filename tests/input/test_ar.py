# SPDX-License-Identifier: MIT OR Apache-2.0
"""Archives of objects: GNU, BSD, thin, COFF, rlib; whole and damaged. Fat Mach-O files."""
import pathlib
import shutil
import struct
import subprocess
import unittest

from scanning import Case, ar, elf, main, members, run

LONG = "a_name_that_does_not_fit_into_sixteen_bytes.o"


def tool(*names):
    return next((n for n in names if shutil.which(n)), None)


AR, LLVM_AR = tool("ar"), tool("llvm-ar", "llvm-ar-14")


class Archives(Case):
    def objects(self, *names):
        for name in names:
            self.write(name, elf())

    def make(self, *command):
        subprocess.run(command, cwd=self.dir, check=True, stdout=subprocess.DEVNULL)

    @unittest.skipUnless(AR, "ar is not installed")
    def test_gnu_as_ar_lists_it(self):
        self.objects("one.o", LONG)
        self.make(AR, "rc", "x.a", "one.o", LONG)
        listed = subprocess.run([AR, "t", "x.a"], cwd=self.dir, capture_output=True, text=True).stdout.split()
        items, _ = run(self.dir / "x.a")
        self.assertEqual(listed, members(items))

    @unittest.skipUnless(LLVM_AR, "llvm-ar is not installed")
    def test_bsd_and_darwin(self):
        self.objects("one.o", LONG, "with space.o")
        for form in ("bsd", "darwin"):
            (self.dir / "x.a").unlink(missing_ok=True)
            self.make(LLVM_AR, "rc", f"--format={form}", "x.a", "one.o", LONG, "with space.o")
            items, _ = run(self.dir / "x.a")
            self.assertEqual(["one.o", LONG, "with space.o"], members(items))
            self.assertEqual([], members(items, "error"))

    @unittest.skipUnless(AR, "ar is not installed")
    def test_thin_archives_lead_to_files_beside_them(self):
        self.objects("lib/one.o", "lib/" + LONG)
        self.make(AR, "rcT", "x.a", "lib/one.o", "lib/" + LONG)
        items, _ = run(self.dir / "x.a")
        self.assertEqual(["lib/one.o", "lib/" + LONG], members(items))
        (self.dir / "lib/one.o").unlink()
        items, _ = run(self.dir / "x.a")
        self.assertEqual((["lib/" + LONG], ["lib/one.o"]), (members(items), members(items, "error")))

    @unittest.skipUnless(AR, "ar is not installed")
    def test_thin_members_stay_open_while_others_read_them(self):
        names = [f"m{i}.o" for i in range(400)]
        self.objects(*names)
        archives = [self.dir / f"{n}.a" for n in "abcd"]
        for archive in archives:
            self.make(AR, "rcT", archive.name, *names)
        expected = run("-j1", "--read", *archives)
        self.assertEqual((1600, 0), (expected[1]["artefacts"], expected[1]["errors"]))
        for jobs in ("-j2", "-j4", "-j8"):
            self.assertEqual(expected, run(jobs, "--read", *archives))

    def test_thin_in_standard_input_opens_nothing(self):
        thin = b"!<thin>\n%-48s%-10d`\n" % (b"etc/passwd/", 4)
        items, _ = run("-", stdin=thin)
        self.assertEqual(["error"], [i[0] for i in items])
        self.assertIn("not in the archive", items[0][3])

    def test_64_bit_index_and_coff_linker_members(self):
        data = ar([(b"/SYM64/", bytes(16)), (b"//", b"long_long_long_name.obj\0"), (b"/", bytes(8)), (b"/0", elf()),
                   (b"/<ECSYMBOLS>/", bytes(4))])
        self.assertEqual(["long_long_long_name.obj"], self.found("x.lib", data))

    @unittest.skipUnless(shutil.which("rustc"), "rustc is not installed")
    def test_rlib_with_metadata(self):
        self.write("x.rs", b"pub fn f(x: &[u8]) -> usize { x.len() + 1 }\n#[inline(never)] pub fn g() {}\n")
        self.make("rustc", "--crate-type=rlib", "-Ccodegen-units=2", "x.rs", "-o", "libx.rlib")
        listed = subprocess.run([AR or LLVM_AR, "t", "libx.rlib"], cwd=self.dir, capture_output=True, text=True)
        items, _ = run(self.dir / "libx.rlib")
        self.assertEqual([], members(items, "error"))
        self.assertEqual(sorted(listed.stdout.split()), sorted(m for _, _, m, _ in items))
        self.assertTrue(members(items))

    def test_empty(self):
        items, totals = run(self.write("x.a", b"!<arch>\n"))
        self.assertEqual(([], 0), (items, totals["errors"]))

    def test_cut_at_every_length(self):
        whole = ar([(b"//", b"long_long_long_name.o/\n"), (b"/0", elf()), (b"#1/8", b"bsd.o\0\0\0" + elf()),
                    (b"one.o/", b"text")])
        # where a member ends, before and behind its padding
        ends = {8, 8 + 83, 8 + 84, 8 + 84 + 124, 8 + 84 + 124 + 132}
        for n in range(8, len(whole)):
            self.write(f"cut/{n:05}.a", whole[:n])
        items, totals = run("-j2", self.dir / "cut")
        by_file = {}
        for item in items:
            by_file.setdefault(item[1], []).append(item)
        for n in range(8, len(whole)):
            got = by_file.get(str(self.dir / f"cut/{n:05}.a"), [])
            boundary = n in ends
            self.assertEqual(boundary, not any(i[0] == "error" for i in got), f"{n}: {got}")
        self.assertEqual(totals["files"], len(whole) - 8)

    def test_damaged_headers(self):
        good = ar([(b"one.o/", elf()), (b"two.o/", elf())])
        second = 8 + 60 + 64
        for at, byte, word in ((second + 58, b"x", "end as it must"), (second + 48, b"y", "not a number"),
                               (second + 48, b"9", "ends inside")):
            items, _ = run(self.write("x.a", good[:at] + byte + good[at + 1:]))
            self.assertEqual(["one.o"], members(items))
            self.assertIn(word, [i[3] for i in items if i[0] == "error"][0])
        for name in (b"/77", b"/x", b"#1/9999", b"#1/99999999999999999999"):
            items, _ = run(self.write("x.a", ar([(b"one.o/", elf()), (name, elf())])))
            self.assertEqual((["one.o"], 1), (members(items), len(members(items, "error"))))

    def test_names_are_kept_as_they_are(self):
        self.assertEqual(["a/../../b.o", "\\x0a\\x1b.o"],
                         self.found("x.a", ar([(b"a/../../b.o/", elf()), (b"\n\x1b.o/", elf())])))

    def test_more_members_than_the_cap(self):
        one = ar([(b"x/", b"")])[8:]
        items, totals = run("--sum", self.write("x.a", b"!<arch>\n" + one * 1000002))
        self.assertEqual(["error"], [i[0] for i in items])
        self.assertIn("more than 1000000 members", items[0][3])
        self.assertEqual(1000000, totals["others"])

    @unittest.skipUnless(shutil.which("clang") and tool("llvm-lipo", "llvm-lipo-14"), "clang or llvm-lipo is missing")
    def test_fat_files(self):
        self.write("x.c", b"int f(void) { return 1; }\n")
        for arch in ("x86_64", "arm64"):
            self.make("clang", "-target", f"{arch}-apple-macos11", "-c", "x.c", "-o", f"{arch}.o")
        self.make(tool("llvm-lipo", "llvm-lipo-14"), "-create", "x86_64.o", "arm64.o", "-output", "fat.o")
        items, _ = run(self.dir / "fat.o")
        sizes = {a: str((self.dir / f"{a}.o").stat().st_size) for a in ("x86_64", "arm64")}
        self.assertEqual(sizes, {i[2]: i[3] for i in items})
        fat = (self.dir / "fat.o").read_bytes()
        items, _ = run(self.write("x.a", ar([(b"fat.o/", fat)])))
        self.assertEqual({"fat.o!x86_64", "fat.o!arm64"}, set(members(items)))
        at = struct.unpack(">I", fat[16:20])[0]
        items, _ = run(self.write("cut.o", fat[:at + 8]))
        self.assertTrue(members(items, "error"))


main()
