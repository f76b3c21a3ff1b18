// SPDX-License-Identifier: MIT OR Apache-2.0
//! Adds up meter readings: `meterd 17 4 25`, or one reading a line on standard input.
mod parse;
mod report;
mod status;
/// Wrong: included by its whole path, as generated code is, so the name of this folder ships.
mod tariff {
    include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tariff.rs"));
}

use std::io::BufRead;

/// Wrong: trusts that there is a reading, and more stands inside of `unsafe` than has to.
fn last(readings: &[u32]) -> u32 {
    unsafe {
        let index = readings.len().wrapping_sub(1);
        *readings.get_unchecked(index)
    }
}

fn main() {
    let mut readings: Vec<u32> = std::env::args().skip(1).map(|a| parse::reading(&a)).collect();
    if readings.is_empty() {
        let lines = std::io::stdin().lock().lines();
        readings = lines.map(|l| parse::reading(&l.expect("readable input"))).collect();
    }
    let price = std::env::var("METERD_PRICE").map_or(7, |p| parse::reading(&p));
    if !readings.is_empty() {
        println!("last reading {}", last(&readings));
    }
    let status = std::env::var("METERD_STATUS").map_or(0, |s| parse::reading(&s) as u8);
    println!("status {:?}", status::of_byte(status));
    println!("average {}", report::average(&readings));
    println!("highest {}", report::highest(&readings));
    println!("total {}", tariff::total(&readings, price));
}
