// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a meter says of itself, in one byte.

#[derive(Debug)]
#[repr(u8)]
#[allow(dead_code)]
pub enum Status {
    Fine,
    BatteryLow,
    Broken,
}

/// Wrong: a byte above 2 becomes a Status that does not exist.
pub fn of_byte(byte: u8) -> Status {
    unsafe { std::mem::transmute(byte) }
}
