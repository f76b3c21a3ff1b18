// SPDX-License-Identifier: MIT OR Apache-2.0
// What readings cost.

/// Below these readings the first, second and third rate hold.
const STEPS: [u32; 3] = [100, 1_000, 10_000];

fn rate(reading: u32) -> usize {
    STEPS.iter().position(|&step| reading < step).expect("a reading below the highest step")
}

/// Wrong: wraps silently in release builds, so enough small readings cost nothing.
pub fn total(readings: &[u32], price: u32) -> u32 {
    let mut sum = 0;
    for &reading in readings {
        sum += reading * price * (rate(reading) as u32 + 1);
    }
    sum
}
