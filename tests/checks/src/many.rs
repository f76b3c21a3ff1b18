// SPDX-License-Identifier: MIT OR Apache-2.0
// Several source files with arithmetic and panic locations.
mod many_a;
mod many_b;
mod many_c;
mod many_d;
mod many_e;

fn main() {
    let v: Vec<u32> = std::env::args().map(|a| a.len() as u32).collect();
    let i = v.len() / 2;
    println!("{}", many_a::get(&v, i));
    println!("{}", many_b::get(&v, i));
    println!("{}", many_c::get(&v, i));
    println!("{}", many_d::get(&v, i));
    println!("{}", many_e::get(&v, i));
}
