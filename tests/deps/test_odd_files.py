# SPDX-License-Identifier: MIT OR Apache-2.0
"""A file that is looked for by its name, and that lies there as something else than a file: a FIFO, a folder,
a device, a link that leads nowhere or in a circle. It counts as there and unread, never as absent.
Usage: test_odd_files.py RUSTPROOF"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

RUSTPROOF = pathlib.Path(sys.argv.pop(1)).resolve()
KINDS = ("fifo", "folder", "device", "loop", "dangling")
LOCK = """version = 4

[[package]]
name = "app"
version = "0.1.0"
dependencies = ["foo"]

[[package]]
name = "foo"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "%s"
""" % ("0" * 64)
MANIFEST = '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\nfoo = "1"\n'
ADVISORY = """```toml
[advisory]
id = "RUSTSEC-2099-000%d"
package = "foo"
date = "2020-01-01"
[versions]
patched = [">= %s"]
```

# Title
"""


def put(path, kind):
    """What `path` is, from now on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to({"device": "/dev/zero", "loop": path.name, "dangling": "gone"}[kind])


class OddFiles(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def fresh(self):
        """A folder with a project `p`, its database `db` and an empty home of Cargo."""
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        for n, patched in ((1, "1.0.0"), (2, "0.5.0")):
            file = folder / f"db/crates/foo/RUSTSEC-2099-000{n}.md"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(ADVISORY % (n, patched))
        (folder / "p/src").mkdir(parents=True)
        (folder / "p/src/main.rs").write_text("fn main() {}\n")
        (folder / "p/src/lib.rs").write_text("pub fn f() {}\n")
        (folder / "p/Cargo.toml").write_text(MANIFEST)
        (folder / "p/Cargo.lock").write_text(LOCK)
        (folder / "home").mkdir()
        return folder

    def run_in(self, folder, *words):
        env = {**os.environ, "CARGO_HOME": str(folder / "home"), "XDG_CACHE_HOME": str(folder / "cache"),
               "RUSTPROOF_DB": ""}
        done = subprocess.run([RUSTPROOF, *words], cwd=folder, capture_output=True, text=True, timeout=60, env=env,
                              stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout + done.stderr

    def each_kind(self, name, kinds=KINDS):
        for kind in kinds:
            folder = self.fresh()
            put(folder / name, kind)
            yield kind, folder

    def outcomes(self, folder, *words):
        code, text = self.run_in(folder, "deps", *words, "-f", "json")
        targets = json.loads(text[:text.rindex("}") + 1])["targets"]
        return code, {r["code"]: r["outcome"] for t in targets for r in t.get("results", ())}

    def test_lock_file(self):
        for words in (("deps", "p"), ("deps", "p/Cargo.toml"), ("deps", "p/Cargo.lock"), ("deps", "."), ("sbom", "p"),
                      ("deps", "--db", "db", "p")):
            for kind, folder in self.each_kind("p/Cargo.lock"):
                with self.subTest(kind=kind):
                    code, text = self.run_in(folder, *words)
                    self.assertEqual(code, 3, (words, text))
                    self.assertNotIn("there is no lock file", text)
                    if words[0] != "sbom":
                        self.assertIn("p/Cargo.lock", text)

    def test_lock_file_of_a_workspace(self):
        for kind, folder in self.each_kind("Cargo.lock"):
            with self.subTest(kind=kind):
                (folder / "p/Cargo.lock").unlink()
                (folder / "Cargo.toml").write_text('[workspace]\nmembers = ["p"]\n')
                code, text = self.run_in(folder, "deps", "p")
                self.assertEqual(code, 3, text)
                self.assertNotIn("there is no lock file", text)

    def test_whole_project(self):
        for name in ("Cargo.lock", "Cargo.toml"):
            for kind, folder in self.each_kind("p/" + name):
                with self.subTest(kind=kind):
                    code, text = self.run_in(folder / "p", "--db", "../db")
                    self.assertEqual(code, 3, text)
                    self.assertIn(name, text)

    def test_manifest(self):
        for kind, folder in self.each_kind("p/Cargo.toml"):
            with self.subTest(kind=kind):
                for words in (("src", "p"), ("src", "."), ("src", "p/Cargo.toml")):
                    code, text = self.run_in(folder, *words)
                    self.assertEqual(code, 3, (words, text))
                    self.assertIn("cannot read 'p/Cargo.toml'", text)
                code, text = self.run_in(folder, "deps", "p")
                self.assertEqual(code, 3, text)
                self.assertNotIn("no manifest lies beside", text)

    def test_manifest_alone(self):
        for kind, folder in self.each_kind("p/Cargo.toml"):
            with self.subTest(kind=kind):
                (folder / "p/Cargo.lock").unlink()
                code, text = self.run_in(folder, "deps", "p")
                self.assertEqual(code, 3, text)

    def test_root_file_of_a_crate(self):
        for name in ("p/src/lib.rs", "p/src/main.rs"):
            for kind, folder in self.each_kind(name):
                with self.subTest(kind=kind):
                    code, text = self.run_in(folder, "src", "p")
                    self.assertEqual(code, 3, (name, text))
                    self.assertIn(name, text)

    def test_configuration(self):
        for name in ("config", "config.toml"):
            for kind, folder in self.each_kind("p/.cargo/" + name):
                with self.subTest(kind=kind):
                    _, outcomes = self.outcomes(folder, "p", "--db", "db")
                    self.assertEqual(outcomes["RP9114"], "unknown", outcomes)

    def test_exceptions(self):
        for name in (".cargo/audit.toml", "deny.toml", "osv-scanner.toml", "rustproof.toml"):
            for kind, folder in self.each_kind("p/" + name):
                with self.subTest(kind=kind):
                    _, outcomes = self.outcomes(folder, "p", "--db", "db")
                    self.assertEqual(outcomes["RP9107"], "finding", name)

    def test_advisory(self):
        for name in ("db/crates/foo/RUSTSEC-2099-0001.md", "db/crates/foo"):
            for kind, folder in self.each_kind(name):
                with self.subTest(kind=kind):
                    other = folder / "db/crates/bar/RUSTSEC-2099-0003.md"
                    other.parent.mkdir()
                    other.write_text(ADVISORY.replace("foo", "bar") % (3, "9.0.0"))
                    code, outcomes = self.outcomes(folder, "p", "--db", "db")
                    if name.endswith("foo") and (folder / name).is_dir() and not (folder / name).is_symlink():
                        self.assertEqual(outcomes["RP9101"], "pass")  # a package without advisories
                    else:
                        self.assertEqual((code, outcomes["RP9101"]), (3, "unknown"), name)

    def test_database(self):
        for kind, folder in self.each_kind("db/crates"):
            with self.subTest(kind=kind):
                code, text = self.run_in(folder, "deps", "--db", "db", "p")
                self.assertEqual(code, 2, text)
                self.assertIn("db", text.split("hint")[0])

    def test_artefact(self):
        for kind, folder in self.each_kind("p/target/release/app", [k for k in KINDS if k != "folder"]):
            with self.subTest(kind=kind):
                (folder / "p/target/release/deps").mkdir()
                shutil.copy(RUSTPROOF, folder / "p/target/release/other")
                code, text = self.run_in(folder / "p", "--any-language")
                self.assertEqual(code, 3, text)
                self.assertIn("target/release/app", text)


if __name__ == "__main__":
    unittest.main()
