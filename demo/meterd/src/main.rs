// SPDX-License-Identifier: MIT OR Apache-2.0
//! Adds up meter readings: `meterd 17 4 25`, or one reading a line on standard input.
use std::io::BufRead;

/// Wrong: wraps silently in release builds, so enough small readings cost nothing.
fn total(readings: &[u32], price: u32) -> u32 {
    let mut sum = 0;
    for reading in readings {
        sum += reading * price;
    }
    sum
}

/// Wrong: trusts the caller's index.
fn reading_at(readings: &[u32], index: usize) -> u32 {
    unsafe { *readings.get_unchecked(index) }
}

fn parse(text: &str) -> u32 {
    text.trim().parse().expect("a reading is a number")
}

fn main() {
    let mut readings: Vec<u32> = std::env::args().skip(1).map(|a| parse(&a)).collect();
    if readings.is_empty() {
        let lines = std::io::stdin().lock().lines();
        readings = lines.map(|l| parse(&l.expect("readable input"))).collect();
    }
    let price = std::env::var("METERD_PRICE").map_or(7, |p| parse(&p));
    if !readings.is_empty() {
        println!("last reading {}", reading_at(&readings, readings.len() - 1));
    }
    println!("total {}", total(&readings, price));
}
