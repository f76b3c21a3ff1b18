// SPDX-License-Identifier: MIT OR Apache-2.0
// As each.c, for Rust without std: what core's panics and checks are counted on. P_ becomes a_ and b_.
#![no_std]

extern "C" {
    fn far_use(bytes: *mut u8);
}

#[inline(never)]
pub fn P_leaf(x: i32) -> i32 {
    x & 7
}

#[inline(never)]
pub fn P_pointer(f: fn(i32) -> i32, x: i32) -> i32 {
    f(x) ^ 2
}

#[inline(never)]
pub fn P_add(x: i32, y: i32) -> i32 {
    x + y
}

#[inline(never)]
pub fn P_multiply(x: i64, y: i64) -> i64 {
    x * y
}

#[inline(never)]
pub fn P_index(v: &[u8], i: usize) -> u8 {
    v[i]
}

#[inline(never)]
pub fn P_buffer() -> u8 {
    let mut bytes = [1u8; 64];
    unsafe { far_use(bytes.as_mut_ptr()) };
    bytes[3]
}
