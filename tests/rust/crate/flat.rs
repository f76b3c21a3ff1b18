mod child; mod block { mod deep; #[path = "p.rs"] mod q; }
