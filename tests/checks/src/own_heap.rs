// SPDX-License-Identifier: MIT OR Apache-2.0
// Carries jemalloc's name the way programs that link it do: a prefixed symbol and its error prefix.
#[no_mangle]
#[inline(never)]
pub extern "C" fn _rjem_malloc(size: usize) -> usize {
    std::hint::black_box(size)
}

fn main() {
    println!("<jemalloc>: {}", _rjem_malloc(std::env::args().count()));
}
