fn child() {}
