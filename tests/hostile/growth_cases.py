# SPDX-License-Identifier: MIT OR Apache-2.0
"""Rust source for growth.py: each case writes an input whose size rises with n into a folder and
gives the command line. Those with a word on what they are about were slow once."""
CASES = []


def rust(make):
    """A case of one Rust file, from a function that gives its text."""
    def case(folder, n):
        file = folder / "case.rs"
        file.write_text(make(n))
        return ["src", "--strict", str(file)]
    case.__name__ = make.__name__
    CASES.append(case)
    return make


def each(n, text):
    return "".join(text.replace("#", str(i)) for i in range(n))


def body(text, signature="fn f(p: *mut u8)"):
    return signature + " { unsafe { " + text + " } }"


@rust
def unsafe_blocks(n):  # each looked through all operations of the function
    return "fn f(p: *mut u8) {\n" + "unsafe { *p = 1; }\n" * n + "}\n"


@rust
def unsafe_blocks_nested(n):
    return ("fn f(p: *mut u8) {" + "unsafe { *p = 1;" * 150 + "}" * 150 + "}\n") * (n // 150)


@rust
def unsafe_blocks_on_one_line(n):  # columns, the line itself and comments were searched for each
    return "fn f(p: *mut u8) {" + "unsafe { *p = 1; }" * n + "}"


@rust
def unsafe_blocks_in_one_statement(n):
    return "fn f(p: *mut u8) { let x = [" + "unsafe { *p }," * n + "]; }"


@rust
def calls_on_one_line(n):
    return body("v.set_len(1); g();" * n, "fn f<F: Fn()>(g: F, v: &mut Vec<u8>)")


@rust
def methods_of_one_name(n):  # each call looked at all of them
    return each(n, "struct S#; impl S# { unsafe fn f(&self) {} }") + body("x.f();" * n)


@rust
def impls_of_one_type(n):  # each call looked at all of them
    return ("struct S;" + each(n, "impl T# for S { fn m#() {} }") +
            body("s.foo();" * n, "fn f(s: S)"))


@rust
def functions_of_one_name(n):  # for each call all of them were asked what they ask for
    return each(n, "#[cfg(a#)] unsafe fn g() {} ") + body("g();" * n, "fn f()")


@rust
def fields_of_one_struct(n):
    return ("struct S {" + each(n, "a#: *mut u8,") + "} impl S { " +
            body(each(n, "*self.a#;"), "fn f(&self)") + "}")


@rust
def loops_in_loops(n):  # each ran its body twice
    return (body("loop { v.set_len(1); g();" * 100 + "}" * 100,
                 "fn f<F: FnMut()>(mut g: F, v: &mut Vec<u8>)") + "\n") * (n // 400)


@rust
def comments_that_allow(n):  # those without an effect were counted for each
    return "// rustproof: allow(RP5103) x\n" * n + body("*p")


@rust
def codes_in_one_comment(n):
    return "// rustproof: allow(" + "RP5103," * n + ") x\n" + body("*p")


@rust
def comments_between_attributes(n):
    return "// rustproof: allow(RP5103) x\n#[a]\n" * n + body("*p")


@rust
def comments_for_one_line(n):
    return "// rustproof: allow(RP5104) x\n" * n + "fn f() {" + "unsafe { *p; }" * n + "}"


@rust
def impls(n):
    return "struct S; trait T {}\n" + "impl T for S {}\n" * n


@rust
def send_impls(n):
    return each(n, "struct S#<T>(S#<T>); unsafe impl<T> Send for S#<T> {}\n")


@rust
def globs_in_circles(n):
    return each(n // 4, "mod m# { pub use crate::*; } pub use m#::*;") + body(each(n // 4, "x#();"))


@rust
def aliases_in_a_chain(n):
    return "".join(f"use crate::a{i + 1} as a{i};" for i in range(n // 4)) + body("a0();" * 100)


@rust
def functions_in_functions(n):
    return ("fn f() { unsafe { vec![{ " * 150 + "1" + "}]; } }" * 150 + "\n") * (n // 150)


@rust
def functions_in_one_function(n):
    return "fn f() { unsafe { g(); }\n" + "fn h() { unsafe { *p; } }\n" * n + "}"


@rust
def locals_of_one_name(n):
    return body("let a = 1;" * n + "b;" * n)


@rust
def closed_never(n):
    return "fn f() { unsafe { " + "([" * n


@rust
def generic_parameters(n):  # each use looked through all of them
    return ("struct S<" + each(n, "T#,") + ">(" + each(n, "*mut T#,") + ");"
            "unsafe impl<" + each(n, "T#: Send,") + "> Send for S<" + each(n, "T#,") + "> {}"
            "fn f<" + each(n, "T#: Copy,") + ">(" + each(n, "a#: T#,") + ") { unsafe {} }")


@rust
def generic_parameters_as_many_as_may_be(n):
    names = each(1000, "T#,")
    return f"struct S<{names}>({names});" + f"fn f<{names}>(" + "a: T999," * n + ") { unsafe {} }"


@rust
def lifetimes(n):
    return "fn f<" + each(n, "'a#,") + ">(" + each(n, "b#: &'a# u8,") + ") { unsafe {} }"


@rust
def rules_of_one_macro(n):  # trying one was a thousand times what was counted for it
    return ("macro_rules! m {" + each(n // 4, "(a#) => {};") + "}" + "m!(z);" * n)


@rust
def rules_that_begin_alike(n):
    return ("macro_rules! m {" + each(n // 4, "($x:ident a#) => {};") + "}" + "m!(z y);" * n)
