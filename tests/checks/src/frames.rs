// SPDX-License-Identifier: MIT OR Apache-2.0
// Rust functions with three frames above a page, and, with --cfg c, the C ones of frames.c beside them.
use std::hint::black_box;
use std::mem::MaybeUninit;

#[inline(never)]
fn frame<const N: usize>() -> usize {
    let mut bytes = MaybeUninit::<[u8; N]>::uninit();
    black_box(bytes.as_mut_ptr()) as usize
}

#[cfg(c)]
#[link(name = "frames", kind = "static")]
extern "C" {
    fn rp_frame_100() -> i32;
    fn rp_frame_2000() -> i32;
    fn rp_frame_5000() -> i32;
    fn rp_frame_20000() -> i32;
    fn rp_frame_300000() -> i32;
}

fn main() {
    let sum = frame::<5000>() ^ frame::<20000>() ^ frame::<300000>() ^ frame::<100>();
    #[cfg(c)]
    unsafe {
        rp_frame_100();
        rp_frame_2000();
        rp_frame_5000();
        rp_frame_20000();
        rp_frame_300000();
    }
    std::process::exit((sum & 1) as i32);
}
