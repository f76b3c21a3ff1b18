// SPDX-License-Identifier: MIT OR Apache-2.0
// What bounds checks and debug assertions are counted on. P_ becomes a_ and b_.
#![no_std]

#[inline(never)]
pub fn P_leaf(x: i32) -> i32 {
    x & 7
}

#[inline(never)]
pub fn P_index(v: &[u8], i: usize) -> u8 {
    if cfg!(unchecked) {
        unsafe { *v.as_ptr().add(i) }
    } else {
        v[i]
    }
}

#[inline(never)]
pub fn P_asserts(v: &[u8], i: usize) -> u8 {
    unsafe { *v.get_unchecked(i) } // the library's own assertion; debug_assert! looks as assert! does
}
