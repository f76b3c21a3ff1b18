fn good_before() { 1 }
fn missing_expr() { let x = ; let y = 2; f(1 2); done() }
struct Broken { a: , b: u8 }
fn between() -> u8 { 3 }
fn 123() {}
impl X { fn ok() {} fn bad(x u8) {} fn ok2() {} }
#[attr
enum E { A, B }
fn last() {}
