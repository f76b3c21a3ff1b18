// SPDX-License-Identifier: MIT OR Apache-2.0
pub fn get(v: &[u32], i: usize) -> u32 {
    v[i].checked_mul(3).unwrap() + v[i + 1]
}
