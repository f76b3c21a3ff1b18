// SPDX-License-Identifier: MIT OR Apache-2.0
// A function of the name that an unoptimised build keeps for calls of function pointers: large
// optimised programs keep some, too.
mod many_a;
mod many_b;
mod many_c;
mod many_d;
mod many_e;

#[export_name = "_ZN4core3ops8function6FnOnce9call_once17h0123456789abcdefE"]
#[inline(never)]
pub extern "C" fn call_once(x: u32) -> u32 {
    x.rotate_left(3)
}

fn main() {
    let v: Vec<u32> = std::env::args().map(|a| call_once(a.len() as u32)).collect();
    let i = v.len(); // other places, so that no bounds check makes another one needless
    println!("{} {}", many_a::get(&v, i / 2), many_b::get(&v, i / 3));
    println!("{} {} {}", many_c::get(&v, i / 5), many_d::get(&v, i / 7), many_e::get(&v, i * 3 / 4));
}
