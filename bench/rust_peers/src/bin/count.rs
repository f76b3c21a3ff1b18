// SPDX-License-Identifier: MIT OR Apache-2.0
//! How many nodes of some kinds syn finds in each file of a list (lines "EDITION<tab>FILE"): one line
//! "FILE<tab>counts" each, "-" for what it cannot parse. The last count is of what it keeps as bare
//! tokens, because the syntax is unstable.
use syn::visit::{self, Visit};

const KINDS: [&str; 17] = [
    "fn", "method", "unsafe", "binary", "closure", "match", "call", "macro", "deref", "index", "cast", "field",
    "struct_expr", "let", "impl", "arm",
    "unparsed",
];

#[derive(Default)]
struct Counts([u32; 17]);

macro_rules! count {
    ($($index:literal $name:ident $node:ident;)*) => {
        $(fn $name(&mut self, n: &'a syn::$node) { self.0[$index] += 1; visit::$name(self, n); })*
    };
}

impl<'a> Visit<'a> for Counts {
    count! {
        0 visit_item_fn ItemFn; 0 visit_impl_item_fn ImplItemFn; 0 visit_trait_item_fn TraitItemFn;
        0 visit_foreign_item_fn ForeignItemFn; 1 visit_expr_method_call ExprMethodCall; 2 visit_expr_unsafe ExprUnsafe;
        4 visit_expr_closure ExprClosure; 5 visit_expr_match ExprMatch; 6 visit_expr_call ExprCall;
        9 visit_expr_index ExprIndex; 10 visit_expr_cast ExprCast; 11 visit_expr_field ExprField;
        12 visit_expr_struct ExprStruct; 13 visit_local Local; 14 visit_item_impl ItemImpl; 15 visit_arm Arm;
    }
    fn visit_item(&mut self, n: &'a syn::Item) {
        self.0[16] += matches!(n, syn::Item::Verbatim(_)) as u32;
        visit::visit_item(self, n);
    }
    fn visit_impl_item(&mut self, n: &'a syn::ImplItem) {
        self.0[16] += matches!(n, syn::ImplItem::Verbatim(_)) as u32;
        visit::visit_impl_item(self, n);
    }
    fn visit_trait_item(&mut self, n: &'a syn::TraitItem) {
        self.0[16] += matches!(n, syn::TraitItem::Verbatim(_)) as u32;
        visit::visit_trait_item(self, n);
    }
    fn visit_foreign_item(&mut self, n: &'a syn::ForeignItem) {
        self.0[16] += matches!(n, syn::ForeignItem::Verbatim(_)) as u32;
        visit::visit_foreign_item(self, n);
    }
    fn visit_expr(&mut self, n: &'a syn::Expr) {
        self.0[16] += matches!(n, syn::Expr::Verbatim(_)) as u32;
        visit::visit_expr(self, n);
    }
    fn visit_type(&mut self, n: &'a syn::Type) {
        self.0[16] += matches!(n, syn::Type::Verbatim(_)) as u32;
        visit::visit_type(self, n);
    }
    fn visit_pat(&mut self, n: &'a syn::Pat) {
        self.0[16] += matches!(n, syn::Pat::Verbatim(_)) as u32;
        visit::visit_pat(self, n);
    }
    fn visit_macro(&mut self, n: &'a syn::Macro) {
        self.0[7] += !n.path.is_ident("macro_rules") as u32;
        visit::visit_macro(self, n);
    }
    fn visit_expr_binary(&mut self, n: &'a syn::ExprBinary) {
        self.0[3] += 1;
        visit::visit_expr_binary(self, n);
    }
    fn visit_expr_assign(&mut self, n: &'a syn::ExprAssign) {
        self.0[3] += 1;
        visit::visit_expr_assign(self, n);
    }
    fn visit_expr_unary(&mut self, n: &'a syn::ExprUnary) {
        self.0[8] += matches!(n.op, syn::UnOp::Deref(_)) as u32;
        visit::visit_expr_unary(self, n);
    }
}

fn main() {
    let list = std::fs::read_to_string(std::env::args().nth(1).expect("list")).expect("list");
    println!("{}", KINDS.join(" "));
    for path in list.lines().filter_map(|l| l.split_once('\t')).map(|l| l.1) {
        match std::fs::read_to_string(path).ok().and_then(|t| syn::parse_file(&t).ok()) {
            None => println!("{path}\t-"),
            Some(file) => {
                let mut c = Counts::default();
                c.visit_file(&file);
                println!("{path}\t{}", c.0.map(|n| n.to_string()).join(" "));
            }
        }
    }
}
