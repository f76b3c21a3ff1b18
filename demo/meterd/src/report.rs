// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is said of all readings together.

/// Wrong: the sum wraps silently in release builds. No reading at all is a division by zero, which
/// panics in every build.
pub fn average(readings: &[u32]) -> u32 {
    let mut sum = 0;
    for reading in readings {
        sum += reading;
    }
    sum / readings.len() as u32
}

pub fn highest(readings: &[u32]) -> u32 {
    let mut sorted = readings.to_vec();
    sorted.sort_unstable();
    sorted[readings.len() - 1]
}
