# SPDX-License-Identifier: MIT OR Apache-2.0
"""A crate that names things in another one, for growth.py. Each names the other: Cargo refuses such a circle, but the
files may lie there."""
CASES = []
WIDE = "pub type T0 = u8;\n" + "".join(f"pub type T{i} = ({f'T{i - 1},' * 16});\n" for i in range(1, 11))


def manifest(name, other):
    package = f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2021"\n'
    return f'{package}[dependencies]\n{other} = {{ path = "../{other}" }}\n'


def two_crates(make):
    """A case of two crates, from a function that gives the source of `a`, which is audited, and of `b`."""
    def case(folder, n):
        for name, other, text in zip("ab", "ba", make(n)):
            (folder / name / "src").mkdir(parents=True, exist_ok=True)
            (folder / name / "Cargo.toml").write_text(manifest(name, other))
            (folder / name / "src/lib.rs").write_text(text)
        return ["src", "--strict", str(folder / "a")]
    case.__name__ = make.__name__
    CASES.append(case)
    return make


def each(n, text):
    return "".join(text.replace("#", str(i)) for i in range(n))


@two_crates
def aliases_in_a_circle_of_crates(n):  # ran out of stack
    return each(n // 8, "pub type A# = b::B#; pub fn f#(p: *const b::B#) { unsafe { *p; } }\n"), each(
        n // 8, "pub type B# = a::A#;\n")


@two_crates
def aliases_that_double_in_another_crate(n):  # a tree of 16^10 tuples
    return each(n // 16, "pub fn f#(p: *const b::T10) { unsafe { *p; } }\n"), WIDE


@two_crates
def aliases_that_double(n):
    return WIDE + each(n // 16, "pub fn f#(p: *const T10) { unsafe { *p; } }\n"), ""


@two_crates
def targets_in_a_circle_of_crates(n):
    impl = ("pub struct {0}#; impl std::ops::Deref for {0}# {{ type Target = {1}#;"
            "fn deref(&self) -> &{1}# {{ loop {{}} }} }}\n")
    return (each(n // 8, impl.format("A", "b::B") + "pub fn f#(s: b::B#) { unsafe { s.g(); *s.x; } }\n"),
            each(n // 8, impl.format("B", "a::A")))


@two_crates
def exports_in_a_circle_of_crates(n):
    return (each(n // 8, "pub use b::x#; pub fn f#() { unsafe { b::x#(); } }\n") + "pub use b::*;\n",
            each(n // 8, "pub use a::x#;\n") + "pub use a::*;\n")


@two_crates
def functions_of_another_crate(n):
    return (each(n // 4, "pub fn f#() { unsafe { b::x#(); } }\n"), each(n // 4, "pub unsafe fn x#() {}\n"))


@two_crates
def functions_of_another_crate_by_glob(n):
    return ("use b::*;\n" + each(n // 4, "pub fn f#() { unsafe { x#(); } }\n"), each(n // 4, "pub unsafe fn x#() {}\n"))


@two_crates
def methods_of_another_crate_of_one_name(n):
    return ("pub fn f(x: b::S0) {" + "unsafe { x.m(); }" * (n // 4) + "}",
            each(n // 4, "pub struct S#; impl S# { pub unsafe fn m(&self) {} }\n"))


@two_crates
def impls_of_one_type_of_another_crate(n):
    return ("pub fn f(x: b::S) {" + "unsafe { x.m(); }" * (n // 4) + "}",
            "pub struct S;\n" +
            each(n // 4, "pub trait T# {} impl T# for S {} impl S { pub unsafe fn m#(&self) {} }\n"))


@two_crates
def fields_of_one_type_of_another_crate(n):
    return ("pub fn f(x: b::S) {" + each(n // 4, "unsafe { *x.a#; }") + "}",
            "pub struct S {" + each(n // 4, "pub a#: *const u8,") + "}\n")


@two_crates
def macros_of_another_crate(n):
    macros = each(n // 4, "@[macro_export] macro_rules! m# { () => { unsafe { *(0 as *const u8) } } }\n")
    return each(n // 4, "pub fn f#() { b::m#!(); }\n"), macros.replace("@", "#")
