// SPDX-License-Identifier: MIT OR Apache-2.0
// Forward edges that a write to memory could redirect: by pointer, table, object and closure, and the one of std's
// start-up code that is compiled with this crate. black_box hides which table it is, so its edge counts.
use std::hint::black_box;

type Step = fn(i64) -> i64;

fn grow(x: i64) -> i64 {
    x + 1
}

fn shrink(x: i64) -> i64 {
    x - 1
}

static STEPS: [Step; 2] = [grow, shrink];

trait Shape {
    fn area(&self) -> i64;
}

struct Square(i64);
struct Line(i64);

impl Shape for Square {
    fn area(&self) -> i64 {
        self.0 * self.0
    }
}

impl Shape for Line {
    fn area(&self) -> i64 {
        black_box(self.0)
    }
}

#[inline(never)]
fn by_pointer(f: Step, x: i64) -> i64 {
    f(x) ^ 1
}

#[inline(never)]
fn by_table(i: usize, x: i64) -> i64 {
    black_box(&STEPS)[i % 2](x) ^ 2
}

#[inline(never)]
fn by_object(shape: &dyn Shape) -> i64 {
    shape.area() ^ 4
}

#[inline(never)]
fn by_closure(f: &dyn Fn(i64) -> i64, x: i64) -> i64 {
    f(x) ^ 8
}

fn main() {
    let n = std::process::id() as i64;
    let shapes: [Box<dyn Shape>; 2] = [Box::new(Square(n)), Box::new(Line(n))];
    let sum = by_pointer(black_box(grow), n)
        + by_table(n as usize, n)
        + by_object(black_box(&*shapes[(n & 1) as usize]))
        + by_closure(black_box(&|x| x * n), n);
    std::process::exit((sum & 1) as i32);
}
