mod async { fn await() {} }
trait Old {
    fn anonymous(u8, &str, Vec<u8>, mut_: u8);
    fn f(&self, Box<Fn(u8) -> u8 + Send>, usize) -> &Trait;
}
fn old(dyn: u8, x: Box<Trait + 'static>) -> Result<u8, E> {
    let async = try!(read(dyn));
    let gen = async.await;
    match x { 0...9 => {} _ => {} }
    let y: Box<dyn Trait> = x; let z: dyn::T = w;
    m!(c"two tokens", k#x)
}
