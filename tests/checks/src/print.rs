// SPDX-License-Identifier: MIT OR Apache-2.0
// No arithmetic, no panic location of its own.
fn main() {
    println!("hello");
}
