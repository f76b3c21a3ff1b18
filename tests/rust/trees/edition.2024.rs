unsafe extern "C" {
    pub safe fn sqrt(x: f64) -> f64;
    pub unsafe fn free(p: *mut u8);
    safe static A: u8;
    pub unsafe static mut B: u8;
}
#[unsafe(no_mangle)]
#[unsafe(export_name = "x")]
pub extern "C-unwind" fn exported() {}
gen fn numbers() -> u8 { yield 1; }
async gen fn stream() {}
fn chains() {
    if let Some(a) = x && let Some(b) = a.b() && b > 3 {}
    while let Some(a) = it.next() && a != 0 {}
    match x { Some(y) if let Some(z) = y && z => {} _ => {} }
    let s = c"str"; let l: &'r#fn u8 = r; 'r#loop: loop {}
    let g = gen { yield 1; }; let f = async || 1; let h = async move |x: u8| -> u8 { x };
    let r = &raw const x;
    fn captures<'a>() -> impl Sized + use<'a> {}
}
