type A = (u8,); type B = (u8); type C = ();
type D = [u8]; type E = [u8; 3 + N]; type F = !; type G = _;
type H = &'a mut dyn Fn(u8, &str) -> Result<(), E> ;
type I = *const u8; type J = *mut [u8];
type K = for<'a> unsafe extern "C" fn(&'a u8, name: u8, ...) -> &'a u8;
type L = impl Iterator<Item = u8> + Send + ?Sized + use<'a, T>;
type M = dyn for<'a> Fn(&'a u8) + 'static;
type N = <T as Trait<'a, U>>::Out<V>; type O = Vec<Vec<Vec<u8>>>;
type P = Arr<{ N + 1 }, -1, 'c', true>; type Q = m!(x);
type R = Iter<Item: Clone + 'a, Out = U>; type S = Fn::(u8) -> u8;
type T = Box<dyn (Fn(u8)) + Send>; type U = &dyn (A);
type V = <<X as Y>::Z as W>::Q; type X = ::std::vec::Vec<u8>; type Y = crate::a::Self_;
fn f<T: ~const A, U: const B>() where T: A + B {}
