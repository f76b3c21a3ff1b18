#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""The inventory as JSON says what macros wrote, as its text does: operations by call, places by definition.

  inventory_json.py RUSTPROOF
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

# Three calls of `read!` write a dereference each, at one place; `both!` writes two more, at two. One is by hand.
SOURCE = """macro_rules! read { ($e:expr) => { unsafe { *$e } } }
macro_rules! both { ($e:expr) => { unsafe { (*$e.cast::<u8>(), *$e) } } }
pub fn a(p: *const u8) -> u8 { let x = read!(p); x + read!(p.wrapping_add(1)) }
pub fn b(p: *const u8) -> u8 { read!(p) }
pub fn c(p: *const u8) -> (u8, u8) { both!(p) }
pub fn d(p: *const u8) -> u8 { unsafe { *p } }
#[cfg(test)] mod tests { fn t(p: *const u8) -> u8 { read!(p) } }
"""


def ask(program, folder, form):
    command = [program, "src", folder, "--inventory", "-f", form]
    run = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert run.returncode == 0, run
    return run.stdout


def main():
    with tempfile.TemporaryDirectory() as folder:
        src = pathlib.Path(folder) / "src"
        src.mkdir()
        (pathlib.Path(folder) / "Cargo.toml").write_text('[package]\nname = "m"\nversion = "1.0.0"\nedition = "2021"\n')
        (src / "lib.rs").write_text(SOURCE)
        crate, = json.loads(ask(sys.argv[1], folder, "json"))
        text = ask(sys.argv[1], folder, "text")
        (src / "lib.rs").write_text(SOURCE.splitlines()[5] + "\n")
        plain, = json.loads(ask(sys.argv[1], folder, "json"))
    assert crate["from_macros"] == {"operations": 5, "places": 3}, crate["from_macros"]
    assert crate["operations"]["dereferences"] == 6, crate["operations"]
    assert crate["operations_in_tests"]["dereferences"] == 1, crate["operations_in_tests"]
    said = re.search(r"(\d+) of the operations below come out of macros, which write them at (\d+) places", text)
    assert said and said.groups() == ("5", "3"), text
    assert plain["from_macros"] == {"operations": 0, "places": 0}, plain
    assert plain["operations"]["dereferences"] == 1, plain


if __name__ == "__main__":
    main()
