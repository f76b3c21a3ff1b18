// SPDX-License-Identifier: MIT OR Apache-2.0
// One panic location, which names this file.
fn main() {
    let v: Vec<String> = std::env::args().collect();
    println!("{}", v[v.len() / 2 + 1]);
}
