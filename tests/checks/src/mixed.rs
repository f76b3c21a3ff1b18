// SPDX-License-Identifier: MIT OR Apache-2.0
// A Rust program with a C object in it.
#[link(name = "copy", kind = "static")]
extern "C" {
    fn rp_copy_length(text: *const u8, n: usize) -> usize;
}

fn main() {
    let text = b"twelve bytes";
    // SAFETY: the C function reads n bytes and has room for 32.
    println!("{}", unsafe { rp_copy_length(text.as_ptr(), text.len()) });
}
