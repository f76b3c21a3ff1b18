// SPDX-License-Identifier: MIT OR Apache-2.0
// As each.c, for Rust without even core: an object for any machine, whose libraries need not be here. P_ becomes a_
// and b_. The traits are those that the compiler itself asks for.
#![feature(no_core, lang_items, auto_traits)]
#![no_core]
#![allow(internal_features)]

#[lang = "pointee_sized"]
pub trait PointeeSized {}
#[lang = "meta_sized"]
pub trait MetaSized: PointeeSized {}
#[lang = "sized"]
pub trait Sized: MetaSized {}
#[lang = "copy"]
pub trait Copy {}
#[lang = "freeze"]
unsafe auto trait Freeze {}
#[lang = "legacy_receiver"]
pub trait Receiver {}
#[lang = "sync"]
pub unsafe auto trait Sync {}
#[lang = "drop_in_place"]
fn drop_in_place<T>(_: *mut T) {}
impl Copy for i32 {}
impl Copy for u8 {}
impl<T: PointeeSized> Copy for *mut T {}

type Step = extern "C" fn(i32) -> i32;
extern "C" {
    fn far_away(x: i32) -> i32;
    fn far_use(bytes: *mut u8);
}

#[no_mangle]
pub extern "C" fn P_leaf(_: i32, y: i32) -> i32 {
    y
}

#[no_mangle]
pub extern "C" fn P_calls(x: i32) -> i32 {
    unsafe { far_away(far_away(x)) }
}

#[no_mangle]
pub extern "C" fn P_pointer(f: Step, x: &mut i32) {
    *x = f(*x);
}

#[no_mangle]
pub extern "C" fn P_tail(f: Step, x: i32) -> i32 {
    f(x)
}

#[no_mangle]
pub extern "C" fn P_buffer() {
    let mut bytes = [1u8; 64];
    unsafe { far_use(&raw mut bytes as *mut u8) };
}

#[no_mangle]
pub extern "C" fn P_large(x: i32) {
    let mut words = [x; 80000];
    unsafe { far_use(&raw mut words as *mut u8) };
}

extern "C" fn P_tabled(x: i32) -> i32 {
    x
}

extern "C" fn P_listed(_: i32) -> i32 {
    9
}

#[no_mangle]
pub static P_table: [Step; 2] = [P_tabled, P_listed]; // were it one, a check's call would be a direct one
