// SPDX-License-Identifier: MIT OR Apache-2.0
// The user of that dependency: two functions of its own whose arithmetic may overflow.
#[inline(never)]
fn add(a: u32, b: u32) -> u32 {
    a + b
}

#[inline(never)]
fn multiply(a: u32, b: u32) -> u32 {
    a * b
}

fn main() {
    let v: Vec<u32> = std::env::args().map(|a| a.len() as u32).collect();
    println!("{} {}", add(v[0], 1), multiply(v[0], 3));
    println!("{} {}", settings_dep::add(v[0], 2), settings_dep::multiply(v[0], 5));
    println!("{} {}", settings_dep::index(&v, 0), settings_dep::unchecked(&v));
}
