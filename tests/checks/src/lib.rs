// SPDX-License-Identifier: MIT OR Apache-2.0
// A library with one exported function.
#[no_mangle]
pub extern "C" fn add_all(values: *const u32, n: usize) -> u32 {
    if values.is_null() {
        return 0;
    }
    // SAFETY: the caller promises n readable values.
    let all = unsafe { std::slice::from_raw_parts(values, n) };
    all.iter().fold(0, |sum, v| sum.wrapping_add(*v))
}
