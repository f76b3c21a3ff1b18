pub macro rules2($x:expr) { $x }
macro many { ($a:ident) => {}, () => {} }
const trait ConstTrait { fn f(); }
impl const ConstTrait for u8 { fn f() {} }
trait Alias = Clone + Send where u8: Copy;
auto trait Auto {}
const fn g<T: [const] ConstTrait>() {}
fn u() {
    try { x? };
    do yeet 1;
    x.use;
    builtin # offset_of(S, a.b);
    become f(x);
    let f = static || yield 1; let c = const |x| x; let h = for<'a> |x: &'a u8| -> u8 { 1 };
    match x { ! , box y => 1, ((1 | 2 if z), y) => 3, S { a: 1 if z, .. } => 4 }
    super let x = &temp();
    let y: unsafe<'a> &'a u8 = z;
    &pin mut x; &pin const y;
}
type Never = dyn Trait;
reuse m::f;
reuse <u8 as Trait>::{a, b as c} { self.0 }
struct Defaults { a: u8 = 1, unsafe b: u8 }
fn more() { let builtin # deref(_) = 1; x.self; let _ = try bikeshed T<U> {}; }
type const SIX: i32 = 6;
