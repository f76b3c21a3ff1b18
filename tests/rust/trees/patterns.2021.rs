fn f() {
    let (a, ref b, ref mut c, mut d, e @ 1..=2, _, ..) = x;
    let S { a, ref b, mut c, d: (e, f), 0: g, .. } = x;
    let (m::T(a, ..) | m::T(.., a)) = x;
    let [first, .., last] = x; let [a, rest @ ..] = x; let [] = x;
    let &(a, &mut b) = x; let &&c = x;
    match x {
        | 1 | -2 | 'a' | "s" | b'c' | CONST | a::B => 0,
        1.. | ..=3 | ..5 | A..=B | -1..=-2 | 'a'..='z' => 1,
        0...9 => 2,
        <T as U>::C | Self::D => 3,
        Some(ref x @ (1 | 2)) => 4,
        m!(p) => 5,
        (1) => 6,
        box_ => 7,
        S {} => 9,
        &ref x => 10,
    }
    |&x: &u8, (y, _), S { z }| x;
}
