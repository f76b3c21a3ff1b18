// SPDX-License-Identifier: MIT OR Apache-2.0
// A dependency: two functions whose arithmetic may overflow, one with an index, one with neither.
#[inline(never)]
pub fn add(a: u32, b: u32) -> u32 {
    a + b
}

#[inline(never)]
pub fn multiply(a: u32, b: u32) -> u32 {
    a * b
}

#[inline(never)]
pub fn index(v: &[u32], i: usize) -> u32 {
    v[i]
}

#[inline(never)]
pub fn unchecked(v: &[u32]) -> u32 {
    unsafe { *v.get_unchecked(v.len().wrapping_sub(2)) }
}
