// SPDX-License-Identifier: MIT OR Apache-2.0
// Code without std that calls through a pointer: what KCFI looks at.
#![no_std]

#[no_mangle]
pub fn apply(f: fn(i32) -> i32, x: i32) -> i32 {
    f(x)
}

#[no_mangle]
pub fn grow(x: i32) -> i32 {
    x.wrapping_add(1)
}
