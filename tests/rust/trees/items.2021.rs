#!/usr/bin/env -S cargo run
// SPDX-License-Identifier: MIT OR Apache-2.0
//! Inner documentation of the file.
#![allow(dead_code, unused)]
#![cfg_attr(all(unix, feature = "std"), deny(unsafe_code))]

/// An extern crate with another name.
extern crate alloc as heap;
pub(crate) use std::{collections::{self, HashMap as Map}, fmt::*, io as _};
use ::core::mem;
use {a::b, c::*};
pub(in crate::a::b) mod outer {
    #![deny(missing_docs)]
    //! Inner
    pub(super) mod inline;
    /* a comment /* nested */ kept */
}
#[path = "elsewhere.rs"]
mod elsewhere;

pub const unsafe extern "C" fn all_words<'a: 'b + 'c, T: ?Sized + Clone, const N: usize>(
    #[cfg(x)] &self, mut a: T, [b, ..]: [u8; N], _: impl Fn(&T) -> u8 + 'a, ...
) -> Result<T, Box<dyn Error + Send + 'static>>
where
    T: Into<u8> + for<'x> Fn(&'x u8),
    for<'x> &'x T: Copy,
    'a: 'b,
    [T; N]:,
{
}
async fn waits() {}
extern "C" fn exported() {}
extern fn no_abi() {}

pub struct Unit;
struct Tuple(pub u8, #[doc = "x"] pub(crate) Vec<Vec<u8>>) where u8: Copy;
#[repr(C)]
struct Named<T = u8> where T: Copy {
    pub a: T,
    r#type: *const [T],
    #[cfg(unix)]
    b: fn(u8, x: &mut T) -> !,
}
union Bits { a: u32, b: [u8; 4] }
enum Shape {
    A = 1,
    B(u8, u16) = { 2 },
    #[non_exhaustive]
    C { x: u8 },
}
pub unsafe auto trait Marker {}
trait Has<T>: Clone + 'static where T: Copy {
    type Item<'a>: Iterator<Item = &'a T> + ?Sized where Self: 'a;
    const LEN: usize = 3;
    fn required(self: Box<Self>, (a, b): (u8, u8)) -> Self::Item<'_>;
    fn provided(&'static mut self) { let _ = self; }
    helper! { x }
}
unsafe impl<T: Send> Send for Named<T> {}
impl !Sync for Unit {}
impl<'a, T> Has<T> for Vec<T> where T: 'a {
    #![allow(unused)]
    type Item<'b> = std::slice::Iter<'b, T> where Self: 'b;
    default fn x() {}
    macro_in_impl!();
}
impl <Vec<u8> as Trait>::Out { fn f() {} }
type Alias<T> = HashMap<T, fn(T) -> T>;
const _: () = assert!(true);
static mut COUNT: u32 = 0;
static TABLE: [&str; 2] = ["a", "b"];
extern "C" {
    #[link_name = "x"]
    fn foreign(a: i32, ...) -> *mut u8;
    static ENV: *const u8;
    type Opaque;
}
macro_rules! make {
    ($($name:ident = $value:expr),* $(,)?) => { $(const $name: u8 = $value;)* };
}
macro_rules! round ( () => () );
make! { A = 1, B = 2 }
make!(C = 3);
thread_local!(static X: u8 = 1);
fn after_unicode_ident_größe() {}
