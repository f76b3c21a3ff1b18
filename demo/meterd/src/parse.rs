// SPDX-License-Identifier: MIT OR Apache-2.0
//! Readings as text.

pub fn reading(text: &str) -> u32 {
    text.trim().parse().expect("a reading is a number")
}
