// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the `rustsec` crate makes of a database: for each package, versions at and around every
//! bound of its advisories with the ids that affect them: "PACKAGE\tVERSION\tID ID …".
use rustsec::{semver::Version, Advisory, Database};
use std::collections::{BTreeMap, BTreeSet};

fn around(advisories: &[&Advisory]) -> BTreeSet<Version> {
    let mut all: BTreeSet<Version> =
        ["0.0.0", "0.0.0-0", "0.1.0", "1.0.0", "1.0.0-alpha.1", "99.0.0"].iter().map(|v| v.parse().unwrap()).collect();
    let reqs = advisories.iter().flat_map(|a| a.versions.patched().iter().chain(a.versions.unaffected()));
    for c in reqs.flat_map(|r| r.comparators.iter()) {
        let (major, minor, patch) = (c.major, c.minor.unwrap_or(0), c.patch.unwrap_or(0));
        let mut at = vec![Version::new(major, minor, patch), Version::new(major, minor, patch + 1),
                          Version::new(major, minor + 1, 0), Version::new(major + 1, 0, 0)];
        at.extend(patch.checked_sub(1).map(|p| Version::new(major, minor, p)));
        at.extend(minor.checked_sub(1).map(|m| Version::new(major, m, 9)));
        for v in at {
            for tail in ["-0", "-rc.1", "+b"] {
                all.extend(format!("{v}{tail}").parse::<Version>());
            }
            all.insert(v);
        }
        if !c.pre.is_empty() {
            for tail in ["", ".0", ".1"] {
                all.extend(format!("{major}.{minor}.{patch}-{}{tail}", c.pre).parse::<Version>());
            }
        }
    }
    all
}

fn main() {
    let path = std::env::args().nth(1).expect("DB");
    let db = Database::open(path.as_ref()).expect("database");
    let mut of: BTreeMap<&str, Vec<&Advisory>> = BTreeMap::new();
    for a in db.iter().filter(|a| a.metadata.collection.is_some_and(|c| c.as_str() == "crates")) {
        of.entry(a.metadata.package.as_str()).or_default().push(a);
    }
    for (package, advisories) in &of {
        for v in around(advisories) {
            let ids: BTreeSet<String> = advisories.iter().filter(|a| a.versions.is_vulnerable(&v))
                .map(|a| a.id().to_string()).collect();
            println!("{package}\t{v}\t{}", ids.into_iter().collect::<Vec<_>>().join(" "));
        }
    }
    eprintln!("{}", db.iter().count());
}
