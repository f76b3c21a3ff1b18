// SPDX-License-Identifier: MIT OR Apache-2.0
//! Random questions on versions and requirements with the answers of the `semver` crate:
//! `oracle N`, lines "cmp\tA\tB\tANSWER" and "req\tREQ\tVERSION\tANSWER".
use semver::{Version, VersionReq};
use std::fmt::Write;

struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len() as u64) as usize]
    }

    fn number(&mut self) -> String {
        match self.below(200) {
            0 => "18446744073709551615".into(),
            1 => "10".into(),
            2 => "01".into(),
            _ => self.below(4).to_string(),
        }
    }

    fn pre(&mut self) -> String {
        let mut s = String::new();
        for i in 0..1 + self.below(3) {
            let part = self.pick(&["0", "1", "2", "10", "a", "alpha", "rc", "0a", "-", "a", "b", "rc", "0", "1", "01", "99999999999999999999"]);
            let _ = write!(s, "{}{}", if i > 0 { "." } else { "" }, part);
        }
        s
    }

    fn tail(&mut self) -> String {
        let mut s = String::new();
        if self.below(3) == 0 {
            s = format!("-{}", self.pre());
        }
        if self.below(10) == 0 {
            let _ = write!(s, "+{}", self.pick(&["1", "001", "b.c", "1", "x-y", "", "a..b"]));
        }
        s
    }

    fn version(&mut self) -> String {
        format!("{}.{}.{}{}", self.number(), self.number(), self.number(), self.tail())
    }

    fn comparator(&mut self) -> String {
        let mut s = String::from(self.pick(&["", "", "=", ">", ">=", "<", "<=", "^", "~", "=", ">=", "<", "^", "~", "=>"]));
        s.push_str(self.pick(&["", "", " "]));
        for i in 0..1 + self.below(3) {
            let part = if self.below(12) == 0 { self.pick(&["*", "x", "X"]).into() } else { self.number() };
            let _ = write!(s, "{}{}", if i > 0 { "." } else { "" }, part);
        }
        if self.below(2) == 0 {
            s.push_str(&self.tail());
        }
        s
    }

    fn req(&mut self) -> String {
        let mut s = self.comparator();
        for _ in 0..[0, 0, 0, 1, 1, 2][self.below(6) as usize] {
            s.push_str(self.pick(&[",", ", ", " ,", ", ", ",", " "]));
            s.push_str(&self.comparator());
        }
        s
    }
}

fn main() {
    let n: u64 = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(1000);
    let mut r = Random(0x9e3779b97f4a7c15);
    let mut out = String::new();
    for i in 0..n {
        let (a, b) = (if i % 3 == 0 { r.version() } else { r.req() }, r.version());
        let y = Version::parse(&b);
        let answer = if i % 3 == 0 {
            match (Version::parse(&a), y) {
                (Ok(x), Ok(y)) => (x.cmp_precedence(&y) as i8).to_string(),
                _ => "-".into(),
            }
        } else {
            match (VersionReq::parse(&a), y) {
                (Ok(x), Ok(y)) => if x.matches(&y) { "yes" } else { "no" }.into(),
                _ => "-".into(),
            }
        };
        let _ = writeln!(out, "{}\t{}\t{}\t{}", if i % 3 == 0 { "cmp" } else { "req" }, a, b, answer);
    }
    print!("{out}");
}
