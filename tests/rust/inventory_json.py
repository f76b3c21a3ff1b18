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


# What constants and statics are is code, too, as are the items inside of them.
VALUES = """use std::num::NonZeroU8;
macro_rules! one { ($e:expr) => { unsafe { NonZeroU8::new_unchecked($e) } } }
pub const A: NonZeroU8 = unsafe { NonZeroU8::new_unchecked(1) };
pub static B: &str = unsafe { std::str::from_utf8_unchecked(b"x") };
pub const M: NonZeroU8 = one!(2);
pub struct P(*mut u8);
impl P { pub const C: u8 = unsafe { *(&1u8 as *const u8) }; }
const _: () = { unsafe impl Send for P {} fn inner(p: *const u8) -> u8 { unsafe { *p } } };
pub fn f() -> u8 { static D: u8 = unsafe { *(&1u8 as *const u8) }; D }
pub const SAFE: unsafe fn(*const u8) -> u8 = g;
unsafe fn g(p: *const u8) -> u8 { let _ = p; 1 }
"""


def values(program):
    with tempfile.TemporaryDirectory() as folder:
        src = pathlib.Path(folder) / "src"
        src.mkdir()
        (pathlib.Path(folder) / "Cargo.toml").write_text('[package]\nname = "m"\nversion = "1.0.0"\nedition = "2021"\n')
        (src / "lib.rs").write_text(VALUES)
        crate, = json.loads(ask(program, folder, "json"))
        text = ask(program, folder, "text")
    found = {f["function"]: (f["value"], f["operations"]["dereferences"] + f["operations"]["unsafe_calls"])
             for f in crate["in"]}
    assert crate["unsafe_impls"] == 1, crate
    assert found == {"m::A": (True, 1), "m::B": (True, 1), "m::M": (True, 1), "m::<impl>::C": (True, 1),
                     "m::_::inner": (False, 1), "m::f::D": (True, 1), "m::g": (False, 0)}, found
    assert "value of m::A, line 3" in text, text


TWICE = """pub fn f(p: *const u8) -> u8 { unsafe { *p } }
pub unsafe fn g() {}
pub struct X(*mut u8);
unsafe impl Send for X {}
pub static S: u8 = unsafe { *(&1u8 as *const u8) };
"""


def twice(program):
    """A file that is several modules counts once, and what is wrong in it is told once."""
    with tempfile.TemporaryDirectory() as folder:
        src = pathlib.Path(folder) / "src"
        src.mkdir()
        (pathlib.Path(folder) / "Cargo.toml").write_text('[package]\nname = "m"\nversion = "1.0.0"\nedition = "2021"\n')
        (src / "lib.rs").write_text('#[path = "a.rs"] mod a; #[path = "a.rs"] mod b;\n#[cfg(unix)] mod deep;\n')
        (src / "deep.rs").write_text('#[path = "a.rs"] mod c;\n')
        (src / "a.rs").write_text(TWICE)
        crate, = json.loads(ask(program, folder, "json"))
        run = subprocess.run([program, "src", "--strict", "--select", "RP5104,RP5141", folder], capture_output=True,
                             text=True, timeout=30)
    assert [f["function"] for f in crate["in"]] == ["m::a::f", "m::a::g", "m::a::S"], crate["in"]
    assert (crate["files"], crate["unsafe_impls"], crate["unsafe_functions"]) == (3, 1, 1), crate
    said = [run.stdout.count(f"[{code} ") for code in ("RP5104", "RP5141")]
    assert said == [3, 1], run.stdout


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
    values(sys.argv[1])
    twice(sys.argv[1])
    assert crate["from_macros"] == {"operations": 5, "places": 3}, crate["from_macros"]
    assert crate["operations"]["dereferences"] == 6, crate["operations"]
    assert crate["operations_in_tests"]["dereferences"] == 1, crate["operations_in_tests"]
    said = re.search(r"(\d+) of the operations below come out of macros, which write them at (\d+) places", text)
    assert said and said.groups() == ("5", "3"), text
    assert plain["from_macros"] == {"operations": 0, "places": 0}, plain
    assert plain["operations"]["dereferences"] == 1, plain


if __name__ == "__main__":
    main()
