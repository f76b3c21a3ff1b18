// SPDX-License-Identifier: MIT OR Apache-2.0
//! What cargo-geiger's own library counts in each file of a list (one path a line), and, by the same syn, where the
//! unsafe functions, impls and traits stand that it counts. For each file one line "FILE<tab>fns<tab>methods<tab>
//! impls<tab>traits<tab>exprs" of unsafe ones, "FILE<tab>-" when it cannot parse it, then for each item
//! "<tab>LINE<tab>kind": fn, attr (no_mangle or export_name), method, trait-fn, impl, trait; a "!" behind the kind: geiger
//! leaves it out; a "~": in the value of a constant.
use std::io::BufRead;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

#[derive(Default)]
struct Places {
    found: Vec<(usize, &'static str, bool, bool)>,
    in_test: bool,
    in_constant: bool,
}

fn named(attrs: &[syn::Attribute], name: &str) -> bool {
    attrs.iter().any(|a| a.path().is_ident(name))
}

fn is_test(attrs: &[syn::Attribute]) -> bool {
    attrs.iter().any(|a| {
        let mut found = false;
        if a.path().is_ident("cfg") {
            let _ = a.parse_nested_meta(|m| {
                found |= m.path.is_ident("test");
                Ok(())
            });
        }
        found
    })
}

impl Places {
    fn add(&mut self, at: proc_macro2::Span, kind: &'static str, out: bool) {
        self.found.push((at.start().line, kind, out || self.in_test, self.in_constant));
    }
    fn within(&mut self, test: bool, walk: impl FnOnce(&mut Self)) {
        let before = self.in_test;
        self.in_test |= test;
        walk(self);
        self.in_test = before;
    }
}

impl<'a> Visit<'a> for Places {
    fn visit_item_fn(&mut self, n: &'a syn::ItemFn) {
        let attr = named(&n.attrs, "no_mangle") || named(&n.attrs, "export_name");
        let test = named(&n.attrs, "test");
        if n.sig.unsafety.is_some() {
            self.add(n.span(), "fn", test);
        } else if attr {
            self.add(n.span(), "attr", test);
        }
        self.within(test, |s| visit::visit_item_fn(s, n));
    }
    fn visit_impl_item_fn(&mut self, n: &'a syn::ImplItemFn) {
        if n.sig.unsafety.is_some() {
            self.add(n.span(), "method", false);
        }
        visit::visit_impl_item_fn(self, n);
    }
    fn visit_trait_item_fn(&mut self, n: &'a syn::TraitItemFn) {
        if n.sig.unsafety.is_some() && n.default.is_some() {
            self.add(n.span(), "trait-fn", true);
        }
        visit::visit_trait_item_fn(self, n);
    }
    fn visit_item_mod(&mut self, n: &'a syn::ItemMod) {
        self.within(is_test(&n.attrs), |s| visit::visit_item_mod(s, n));
    }
    fn visit_item_const(&mut self, n: &'a syn::ItemConst) {
        let before = std::mem::replace(&mut self.in_constant, true);
        visit::visit_item_const(self, n);
        self.in_constant = before;
    }
    fn visit_item_impl(&mut self, n: &'a syn::ItemImpl) {
        if n.unsafety.is_some() {
            self.add(n.span(), "impl", false);
        }
        visit::visit_item_impl(self, n);
    }
    fn visit_item_trait(&mut self, n: &'a syn::ItemTrait) {
        if n.unsafety.is_some() {
            self.add(n.span(), "trait", false);
        }
        visit::visit_item_trait(self, n);
    }
}

fn main() {
    for path in std::io::stdin().lock().lines().map_while(Result::ok) {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let (Ok(counts), Ok(tree)) = (
            geiger::find_unsafe_in_string(&text, geiger::IncludeTests::No),
            syn::parse_file(&text),
        ) else {
            println!("{path}\t-");
            continue;
        };
        let c = counts.counters;
        println!(
            "{path}\t{}\t{}\t{}\t{}\t{}",
            c.functions.unsafe_, c.methods.unsafe_, c.item_impls.unsafe_, c.item_traits.unsafe_, c.exprs.unsafe_
        );
        let mut places = Places::default();
        places.visit_file(&tree);
        for (line, kind, out, constant) in places.found {
            println!("\t{line}\t{kind}{}{}", if out { "!" } else { "" }, if constant { "~" } else { "" });
        }
    }
}
