# SPDX-License-Identifier: MIT OR Apache-2.0
"""Folders: order, links, loops, special files, what cannot be read."""
import os
import pathlib
import socket
import subprocess
import sys
import unittest

from scanning import SCAN, Case, elf, main, members, run


class Folders(Case):
    def paths(self, items, kind="artefact"):
        return [str(pathlib.Path(i[1]).relative_to(self.dir)) for i in items if i[0] == kind]

    def test_sorted_by_the_bytes_of_the_path(self):
        names = ["a", "a-b", "a/x", "a.b", "B", "ä", "a0", "sub/z", "sub.d/y"]
        names.remove("a")
        for name in names:
            self.write(name, elf())
        items, totals = run("-j4", self.dir)
        self.assertEqual(sorted((str(self.dir / n).encode() for n in names)),
                         [i[1].encode().decode("unicode_escape").encode("latin-1") for i in items])
        self.assertEqual((len(names), 4), (totals["files"], totals["folders"]))

    def test_order_of_the_arguments_does_not_matter(self):
        for name in ("a", "b", "c/d"):
            self.write(name, elf())
        args = [self.dir / "c", self.dir / "b", self.dir / "a"]
        self.assertEqual(run(*args)[0], run(*reversed(args))[0])

    def test_every_file_once(self):
        real = self.write("z/real", elf())
        os.link(real, self.dir / "z/hard")
        os.symlink(real, self.dir / "a-link")
        os.symlink(self.dir / "z", self.dir / "b-link")
        os.symlink("..", self.dir / "z/up")
        os.symlink("up", self.dir / "z/up2")
        items, _ = run(self.dir)
        self.assertEqual(["z/hard"], self.paths(items))
        items, _ = run(self.dir, self.dir, real, self.dir / "a-link")
        self.assertEqual(["z/real"], self.paths(items))

    def test_links_out_of_the_tree_are_followed_once(self):
        self.write("out/lib/x", elf())
        self.write("out/y", elf())
        tree = self.dir / "in"
        tree.mkdir()
        os.symlink("../out/lib", tree / "lib")
        os.symlink("../out/lib", tree / "lib2")
        os.symlink("../out/y", tree / "y")
        os.symlink("/", tree / "root")
        os.symlink("..", tree / "up")
        os.symlink("nowhere", tree / "dangling")
        os.symlink("self", tree / "self")
        items, totals = run(tree)
        self.assertEqual(["in/lib/x", "in/y"], self.paths(items))
        self.assertEqual((0, 2), (totals["errors"], totals["special"]))

    def test_a_named_link_is_followed(self):
        self.write("real", elf())
        os.symlink("real", self.dir / "link")
        items, _ = run(self.dir / "link")
        self.assertEqual(["link"], self.paths(items))

    def test_special_files_do_not_block(self):
        os.mkfifo(self.dir / "fifo")
        with socket.socket(socket.AF_UNIX) as s:
            s.bind(str(self.dir / "socket"))
            self.write("x", elf())
            items, totals = run(self.dir)
            self.assertEqual((["x"], 2, 0), (self.paths(items), totals["special"], totals["errors"]))
        items, _ = run(self.dir / "fifo", "/dev/null")
        self.assertEqual(2, len(members(items, "error")))

    def test_what_is_not_there_does_not_stop_the_others(self):
        self.write("x", elf())
        items, totals = run(self.dir / "missing", self.dir / "x")
        self.assertEqual((["missing"], ["x"]), (self.paths(items, "error"), self.paths(items)))
        self.assertIn("No such file", items[0][3])

    @unittest.skipIf(os.geteuid() == 0 and not os.path.exists("/usr/bin/setpriv"), "root reads everything")
    def test_what_may_not_be_read_is_an_error(self):
        os.chmod(self.dir, 0o755)
        self.write("closed", elf()).chmod(0)
        self.write("folder/x", elf())
        (self.dir / "folder").chmod(0)
        self.write("x", elf())
        command = [SCAN, str(self.dir)]
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid=65534", "--clear-groups", *command]
        done = subprocess.run(command, capture_output=True, text=True)
        (self.dir / "folder").chmod(0o755)
        lines = [line.split("\t") for line in done.stdout.splitlines()]
        self.assertEqual({("error", "closed"), ("error", "folder"), ("artefact", "x")},
                         {(line[0], pathlib.Path(line[1]).name) for line in lines if line[0] != "total"}, done.stderr)

    def test_many_folders_by_several_threads(self):
        """Enough of them that threads list them; links and hard links between them, one twice named."""
        for i in range(300):
            self.write(f"tree/{i % 7}/{i % 50}/{i}/f", elf())
        for i in range(0, 300, 3):
            folder = self.dir / f"tree/{i % 7}/{i % 50}/{i}"
            os.link(folder / "f", folder / "hard")
            os.symlink("../..", folder / "up")
            os.symlink("/proc", folder / "generated")
        for i in range(40):
            self.write(f"out/{i}/deep/f", elf())
        os.symlink("../out", self.dir / "tree/out")
        named = [self.dir / "tree/3", self.dir / "tree", self.dir / "tree/0/0/0"]
        expected = run("-j1", *named)
        self.assertEqual((340, 0), (expected[1]["artefacts"], expected[1]["errors"]))
        real = {str(p.relative_to(self.dir)) for p in (self.dir / "tree").rglob("f")}
        linked = {f"tree/out/{i}/deep/f" for i in range(40)}
        self.assertEqual(sorted(real | linked), self.paths(expected[0]))
        for jobs in ("-j2", "-j8", "-j64"):
            self.assertEqual(expected, run(jobs, *named))

    def test_names_with_odd_bytes(self):
        for name in (b"new\nline", b"\xff\xfe", b"tab\t", b"!x", b" "):
            (pathlib.Path(os.fsdecode(os.fsencode(self.dir) + b"/" + name))).write_bytes(elf())
        items, totals = run(self.dir)
        self.assertEqual((5, 0), (totals["artefacts"], totals["errors"]))

    def test_deep_folders(self):
        path = self.dir
        for i in range(70):
            path = path / "d"
        path.mkdir(parents=True)
        (path / "x").write_bytes(elf())
        items, totals = run(self.dir)
        self.assertEqual(1, totals["errors"])
        self.assertIn("folders deep", items[0][3])

    def test_small_files_and_large_ones(self):
        for n in range(70):
            self.write(f"{n:02}", elf()[:n])
        sparse = self.write("sparse", elf())
        os.truncate(sparse, 5 << 30)
        os.truncate(self.write("text", b"text"), 5 << 30)
        items, totals = run(self.dir)
        self.assertEqual(["sparse"], self.paths(items, "error"))
        self.assertIn("--max-file-size", [i[3] for i in items if i[0] == "error"][0])
        self.assertEqual(72, totals["files"])
        items, _ = run("--max-file", 63, self.dir / "63", self.write("64", elf()))
        self.assertEqual(["64"], self.paths(items, "error"))

    @unittest.skipUnless(sys.platform == "linux" and os.path.isdir("/proc/self"), "no /proc")
    def test_generated_file_systems_are_not_walked(self):
        os.symlink("/proc", self.dir / "proc")
        self.write("x", elf())
        items, totals = run(self.dir)
        self.assertEqual((1, ["x"]), (totals["files"], self.paths(items)))


main()
