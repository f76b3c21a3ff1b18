// SPDX-License-Identifier: MIT OR Apache-2.0
// A program with an indirect call and a heap allocation: what most Rust programs have.
#[inline(never)]
fn twice(f: fn(i32) -> i32, x: i32) -> i32 {
    f(f(x))
}

fn grow(x: i32) -> i32 {
    x.wrapping_add(1)
}

fn shrink(x: i32) -> i32 {
    x.wrapping_sub(1)
}

fn main() {
    let n = std::env::args().count() as i32;
    let f = if n > 2 { shrink } else { grow };
    println!("{}", twice(f, n));
}
