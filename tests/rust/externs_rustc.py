#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Names of other crates, held against rustc: a workspace whose member uses crates that use further crates. Each
sample is one function with one unsafe block; rustc says whether the block is needed, and so must the inventory,
without a "maybe".

  externs_rustc.py RUSTPROOF        exit 77 without cargo
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

FILES = {
    "Cargo.toml": """[workspace]
members = ["app", "sys-lib", "wrap", "renamed"]
resolver = "2"
""",
    "sys-lib/Cargo.toml": """[package]
name = "sys-lib"
version = "1.2.3"
edition = "2021"
""",
    "sys-lib/src/lib.rs": """
pub type c_int = i32;
pub type callback = unsafe extern "C" fn(c_int) -> c_int;
pub mod unix;
mod private { pub unsafe fn hidden() {} pub fn shown() {} }
pub use private::*;
pub use private::hidden as other_name;
pub use core::mem::size_of;
pub static mut COUNTER: u32 = 0;
pub static PLAIN: u32 = 0;
#[repr(C)] pub union Word { pub whole: u32, pub half: [u16; 2] }
#[derive(Clone, Copy)] pub struct Time { pub secs: i64, pub raw: *const u8 }
impl Time { pub fn now() -> Time { Time { secs: 0, raw: core::ptr::null() } }
    pub unsafe fn poke(&self) {} pub fn calm(&self) -> *const u8 { self.raw } }
macro_rules! pick {
    ($(if #[cfg($m:meta)] { $($it:item)* })+) => { $(pick! { @one cfg($m), $($it)* })+ };
    (@one $a:meta, $($it:item)*) => { $(#[$a] $it)* }
}
pick! {
    if #[cfg(windows)] { pub mod os { pub fn here() {} } }
    if #[cfg(unix)] { pub mod os { pub unsafe fn here() {} pub fn safely() {} } }
}
macro_rules! twice {
    (@one $(unsafe $($u:literal)?)? fn $n:ident $b:block) => { pub $(unsafe $($u)?)? fn $n() $b };
    ($($(unsafe $($u:literal)?)? fn $n:ident $b:block)+) => { $(twice! { @one $(unsafe $($u)?)? fn $n $b })+ }
}
twice! { unsafe fn handed_on { } fn handed_on_safely { } }
#[macro_export] macro_rules! peek { ($p:expr) => { *$p } }
#[macro_export] macro_rules! same { ($e:expr) => { $e } }
#[macro_export] macro_rules! by_crate { () => { $crate::hidden() } }
#[macro_export] macro_rules! by_crate_safely { () => { $crate::shown() } }
#[macro_export] macro_rules! inner_peek { ($p:expr) => { $crate::peek!($p) } }
#[macro_export(local_inner_macros)] macro_rules! local_peek { ($p:expr) => { peek!($p) } }
#[macro_export] macro_rules! own_name { () => { own() } }
#[macro_export] macro_rules! define { ($n:ident) => { unsafe fn $n() {} } }
pub mod deep { #[macro_export] macro_rules! from_deep { ($p:expr) => { unsafe { $crate::same!(*$p) } } } }
pub trait Poke { unsafe fn jab(&self); fn pat(&self) {} }
impl Poke for Time { unsafe fn jab(&self) {} }
pub struct Holder<T> { pub inner: T }
impl<T> std::ops::Deref for Holder<T> { type Target = T; fn deref(&self) -> &T { &self.inner } }
impl<T> Holder<T> { pub fn new(inner: T) -> Self { Holder { inner } } pub unsafe fn take(self) -> T { self.inner } }
""",
    "sys-lib/src/unix.rs": """
extern "C" { pub fn abs(x: super::c_int) -> super::c_int; pub static environ: *const u8; }
pub fn safe_abs(x: super::c_int) -> super::c_int { x.abs() }
""",
    "wrap/Cargo.toml": """[package]
name = "wrap"
version = "0.1.0"
edition = "2018"
[lib]
name = "wrapper"
[dependencies]
sys-lib = { path = "../sys-lib" }
""",
    "wrap/src/lib.rs": """
pub use sys_lib as sys;
pub use sys_lib::unix::*;
pub use sys_lib::Holder;
pub use sys_lib::peek as wrapped;
pub struct Pair { pub time: sys_lib::Time, pub word: sys_lib::Word }
impl Pair { pub fn time(&self) -> &sys_lib::Time { &self.time } }
pub fn pair() -> Pair { Pair { time: sys_lib::Time::now(), word: sys_lib::Word { whole: 1 } } }
""",
    "renamed/Cargo.toml": """[package]
name = "renamed"
version = "0.1.0"
edition = "2015"
""",
    "renamed/src/lib.rs": """pub mod a { pub unsafe fn bad() {} pub fn good() {} }
pub use a::bad;
pub mod b { pub use a::good; }
""",
    "app/Cargo.toml": """[package]
name = "app"
version = "0.1.0"
edition = "2021"
[dependencies]
sys-lib = { path = "../sys-lib" }
wrap = { path = "../wrap" }
alias = { package = "renamed", path = "../renamed" }
""",
    "app/src/lib.rs": "pub unsafe fn own() {}\npub fn tame() {}\n",
}

# Bodies of unsafe blocks.
SAMPLES = [
    "sys_lib::unix::abs(1);",
    "sys_lib::unix::safe_abs(1);",
    "sys_lib::hidden();",
    "sys_lib::shown();",
    "sys_lib::other_name();",
    "sys_lib::size_of::<u8>();",
    "sys_lib::COUNTER += 1;",
    "let _x = sys_lib::PLAIN;",
    "let _x = sys_lib::unix::environ;",
    "let _x = wrapper::environ;",
    "wrapper::abs(2);",
    "wrapper::safe_abs(2);",
    "wrapper::sys::hidden();",
    "wrapper::sys::unix::safe_abs(3);",
    "let p = wrapper::pair(); p.time.poke();",
    "let p = wrapper::pair(); p.time.calm();",
    "let p = wrapper::pair(); let _x = *p.time.raw;",
    "let p = wrapper::pair(); let _x = p.time.secs;",
    "let p = wrapper::pair(); let _x = p.word.whole;",
    "let mut p = wrapper::pair(); p.word.whole = 2;",
    "let p = wrapper::pair(); let _x = *p.time().calm();",
    "let p = wrapper::pair(); p.time().poke();",
    "use sys_lib::Poke; sys_lib::Time::now().jab();",
    "use sys_lib::Poke; sys_lib::Time::now().pat();",
    "let f: sys_lib::callback = wrapper::abs; f(1);",
    "let x: sys_lib::c_int = 1; let _y = x.abs();",
    "let t: sys_lib::Holder<sys_lib::Time> = sys_lib::Holder::new(sys_lib::Time::now()); t.poke();",
    "let t: wrapper::Holder<sys_lib::Time> = sys_lib::Holder { inner: sys_lib::Time::now() }; t.calm();",
    "let g = |t: &wrapper::Holder<sys_lib::Time>| t.raw; g(&sys_lib::Holder::new(sys_lib::Time::now()));",
    "sys_lib::os::here();",
    "sys_lib::os::safely();",
    "sys_lib::handed_on();",
    "sys_lib::handed_on_safely();",
    "alias::bad();",
    "alias::b::good();",
    "alias::a::good();",
    "app::own();",
    "app::tame();",
    "use wrapper::*; abs(1);",
    "use wrapper::*; safe_abs(1);",
    "use wrapper::sys::*; shown();",
    "let p = &0u8 as *const u8; let _x = sys_lib::peek!(p);",
    "let p = &0u8; let _x = sys_lib::peek!(p);",
    "sys_lib::same!(app::own());",
    "sys_lib::same!(app::tame());",
    "sys_lib::by_crate!();",
    "sys_lib::by_crate_safely!();",
    "let p = &0u8 as *const u8; sys_lib::inner_peek!(p);",
    "let p = &0u8 as *const u8; sys_lib::local_peek!(p);",
    "let p = &0u8 as *const u8; look!(p);",
    "let p = &0u8 as *const u8; wrapper::wrapped!(p);",
    "let p = &0u8 as *const u8; wrapper::sys::peek!(p);",
    "let p = &0u8; wrapper::sys::peek!(p);",
    "use app::own; sys_lib::own_name!();",
    "use app::tame as own; sys_lib::own_name!();",
    "sys_lib::define!(made); made();",
]


def build(folder):
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    main = "".join(f"#[allow(static_mut_refs)] fn f{i}() {{ unsafe {{ {body} }} }}\n" for i, body in enumerate(SAMPLES))
    main += "fn main() { " + "".join(f"f{i}(); " for i in range(len(SAMPLES))) + "}\n"
    (folder / "app/src/main.rs").write_text(main + "use sys_lib::peek as look;\n")


def rustc(folder):
    """Lines of main.rs whose block rustc calls needless."""
    run = subprocess.run(["cargo", "check", "--offline", "--quiet", "--message-format=json", "-p", "app"], cwd=folder,
                         capture_output=True, text=True, timeout=200)
    if run.returncode != 0:
        sys.exit(f"the samples do not compile:\n{run.stdout[-3000:]}{run.stderr[-2000:]}")
    lines = set()
    for line in run.stdout.splitlines():
        message = json.loads(line).get("message") or {}
        if (message.get("code") or {}).get("code") == "unused_unsafe":
            lines |= {s["line_start"] for s in message["spans"] if s["file_name"].endswith("main.rs")}
    return lines


def main():
    if shutil.which("cargo") is None:
        print("skipped: no cargo\n0 passed, 0 failed, 1 skipped")
        return 77
    passed, failed = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        build(folder)
        needless = rustc(folder)
        command = [pathlib.Path(sys.argv[1]).resolve(), "src", "--inventory", "-f", "json", "app"]
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
        crate = next(c for c in json.loads(run.stdout) if c["root"].endswith("main.rs"))
        told = {f["line"]: f["operations"] for f in crate["in"]}
        for i, body in enumerate(SAMPLES):
            ops = told.get(i + 1, {})
            wrong = []
            if ops.get("maybe_unsafe", 0):
                wrong.append(f"{ops['maybe_unsafe']} operations are not sure")
            if (ops.get("needless_blocks", 0) > 0) != (i + 1 in needless):
                wrong.append(f"needless for {'rustc' if i + 1 in needless else 'us'} alone: {ops}")
            passed += not wrong
            failed += bool(wrong)
            if wrong:
                print(f"FAILED: {body}: {'; '.join(wrong)}")
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
