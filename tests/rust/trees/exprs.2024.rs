fn operators() {
    let a = 1 + 2 * 3 - 4 / 5 % 6;
    let b = a << 1 >> 2 & 3 ^ 4 | 5;
    let c = a < b && b >= a || a == b && !(a != b);
    a = b = c;
    a <<= 1; a >>= 2; a |= 3; a &= 4; a ^= 5; a += 6; a -= 7; a *= 8; a /= 9; a %= 10;
    -x.y as u8 as *const T;
    &&mut **p;
    &raw const p.q; &raw mut *p; &raw;
    a..b; ..; ..=b; a..; a..=b + 1;
    x as usize + (y as usize) << 3;
    if a < b {}
    x < -1;
    a.0.1.2.b.0.c(); a.0. b;
    1.max(2); 1.0.max(2.); 1e9f32; 0xff_u8; 0b1010; 0o17i64; 1_000; 2.5e-3;
}
fn calls() {
    f(a, b,)(c)[d]?.e::<T>(g).await.h;
    Vec::<u8>::new(); <Vec<u8>>::new(); <T as Into<U>>::into(x); <[u8]>::len(y);
    S { a, b: 1, 0: x, ..d }; S {}; S { .. } = s; m::S::<T> { a };
    [1, 2, 3]; [0; N]; []; (1,); (); (1, 2); (1);
    foo!(a b c)[0]; foo! { x }.y(); foo![];
    foo! { statement }
    -1
}
fn blocks() {
    let x = if a { 1 } else if let Some(b) = c { 2 } else { 3 };
    if let A(x) | B(x) = y && x > 3 && let C = z {}
    while let Some(x) = stack.pop() { continue; }
    'outer: loop { break 'outer; }
    'v: { break 'v 3 }
    for (i, x) in xs.iter().enumerate() { break }
    match x {
        #[cfg(a)]
        0 => {}
        1 | 2 if y => return,
        3..=5 => { f() }
        _ => break 'a S { x: 1 },
    }
    unsafe { *p = 1; }
    const { 1 };
    let Some(x) = y else { return 1; };
    match x {}.foo();
    unsafe { f() }?.x as u8;
    { 1 }
    - 1;
    let c = |a, &(b, _): &(u8, u8)| -> u8 { a + b };
    let d = move || x; let e = || {}; let f = |_| |y| x = y;
    async move { x.await }; async { 1 }; async |x| y; async move |x| y;
    #[inline] f(#[a] x);
    return;
    if return {} {}
}
fn literals() {
    ("a\n\x41\u{1F600}\
      b", r"c\", r#"d"e"#, b"f\0", br##"g"#"##, c"h", cr"i", 'j', '\'', '\u{e9}', b'k', b'\\', 'é');
    ("x"suffix, 1suffix, 'y'suffix);
    (true, false, 'label: loop {});
    r#fn(r#struct);
}
