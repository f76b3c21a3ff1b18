$ rustproof src unsafe
warning[RP0011 unused-allow]: this comment allows RP5103, and there is nothing to allow
  --> unsafe/src/lib.rs:20:1
   = fix: take the comment away
warning[RP5103 needless-unsafe]: this unsafe block holds no unsafe operation
  --> unsafe/src/lib.rs:22:5
   = fix: take the word unsafe away
   = edit: write `{}` at unsafe/src/lib.rs:22 (review)
warning[RP5111 send-bound]: Shared<T> is Send whatever T is: a T that must stay in its thread leaves it
  --> unsafe/src/lib.rs:26:1
   = fix: write `unsafe impl<T: Send> Send for Shared<T> {}` at unsafe/src/lib.rs:26 (review)
warning[RP5141 safe-deref-of-param]: a safe function goes through the raw pointer p that its caller gives
  --> unsafe/src/lib.rs:6:9
   = fix: make the function unsafe and say in # Safety what it asks for, or take a reference
note[RP5104 safety-comment]: 3 unsafe blocks or impls have no SAFETY comment (--strict shows each)
  --> unsafe/src/lib.rs:4:5
   = fix: say above each why it is sound
note[RP5105 safety-doc]: 2 public unsafe functions or traits have no Safety section (--strict shows each)
  --> unsafe/src/lib.rs:10:1
   = fix: write a section: /// # Safety, and what must hold
note[RP5106 unsafe-op-in-unsafe-fn]: 2 unsafe operations stand bare in an unsafe function
  --> unsafe/src/lib.rs:16:5
   = fix: #![warn(unsafe_op_in_unsafe_fn)], and a block around each
unsafe/src/lib.rs  Rust 2021, 1 file, 32 lines · 4 unsafe blocks, 5 unsafe operations
0 errors, 4 warnings, 3 notes, 39 passed, 0 n/a, 0 unknown
-v shows every place, --format full every check and its evidence
$ cd unsafe && rustproof src -f short
src/lib.rs:20:1: warning[RP0011 unused-allow]: this comment allows RP5103, and there is nothing to allow
src/lib.rs:22:5: warning[RP5103 needless-unsafe]: this unsafe block holds no unsafe operation
src/lib.rs:4:5: note[RP5104 safety-comment]: 3 unsafe blocks or impls have no SAFETY comment (--strict shows each)
src/lib.rs:10:1: note[RP5105 safety-doc]: 2 public unsafe functions or traits have no Safety section (--strict shows each)
src/lib.rs:16:5: note[RP5106 unsafe-op-in-unsafe-fn]: 2 unsafe operations stand bare in an unsafe function
src/lib.rs:26:1: warning[RP5111 send-bound]: Shared<T> is Send whatever T is: a T that must stay in its thread leaves it
src/lib.rs:6:9: warning[RP5141 safe-deref-of-param]: a safe function goes through the raw pointer p that its caller gives
$ cd unsafe && rustproof src --strict --select RP5104,RP5105,RP5106
note[RP5104 safety-comment]: this unsafe impl has no SAFETY comment
  --> src/lib.rs:26:1
   = fix: write above it: // SAFETY: Shared<T> is Send, because ...
note[RP5104 safety-comment]: this unsafe block has no SAFETY comment
  --> src/lib.rs:12:5
   = fix: write above it: // SAFETY: the memory may be read for the whole size; the pointer is aligned for its type; the value there is initialized, because ...
note[RP5104 safety-comment]: this unsafe block has no SAFETY comment
  --> src/lib.rs:4:5
   = fix: write above it: // SAFETY: the memory may be read for the whole size; the pointer is aligned for its type; the value there is initialized, because ...
note[RP5105 safety-doc]: this public unsafe function does not say what it asks for
  --> src/lib.rs:10:1
   = fix: write a section: /// # Safety, and what must hold
note[RP5105 safety-doc]: this public unsafe function does not say what it asks for
  --> src/lib.rs:15:1
   = fix: write a section: /// # Safety, and what must hold
note[RP5106 unsafe-op-in-unsafe-fn]: 2 unsafe operations stand bare in an unsafe function
  --> src/lib.rs:16:5
   = fix: #![warn(unsafe_op_in_unsafe_fn)], and a block around each
src/lib.rs  Rust 2021, 1 file, 32 lines · 4 unsafe blocks, 5 unsafe operations
0 errors, 0 warnings, 6 notes, 0 passed, 0 n/a, 0 unknown
-v shows every place, --format full every check and its evidence
$ cd unsafe && rustproof src -v --select RP5103,RP5107
warning[RP5103 needless-unsafe]: this unsafe block holds no unsafe operation
  --> src/lib.rs:22:5
   = read: 22: unsafe {}
   = read: in unsafe::idle; the pattern itself is the mistake
   = verify: sed -n '22,22p' src/lib.rs
   = fix: take the word unsafe away
   = edit: write `{}` at src/lib.rs:22 (review)

src/lib.rs  Rust 2021, 1 file, 32 lines · 4 unsafe blocks, 5 unsafe operations
0 errors, 1 warning, 1 passed, 0 n/a, 0 unknown
$ cd unsafe && rustproof src --inventory
unsafe (src/lib.rs), lines: 32; unsafe functions: 2 of 5, traits: 0, impls: 1, attributes: 0; foreign functions: 0, statics: 0; mutable statics: 0; unsafe code is not forbidden
   deref    call foreign  static  extern   union     asm feature   maybe  blocks    idle
       4       1       .       .       .       .       .       .       .       4       1  all, without tests
       .       .       .       .       .       .       .       .       .       .       .  tests
       4       1       .       .       .       .       .       .       .       4       1  unsafe
       1       .       .       .       .       .       .       .       .       1       .    fn unsafe::read_ptr_bad, line 3
       1       .       .       .       .       .       .       .       .       1       .    unsafe fn unsafe::first, line 10
       2       .       .       .       .       .       .       .       .       .       .    unsafe fn unsafe::second, line 15
       .       .       .       .       .       .       .       .       .       1       1    fn unsafe::idle, line 21
       .       1       .       .       .       .       .       .       .       1       .    fn unsafe::<impl>::take, line 28

Beside cargo-geiger: its functions, traits and impls are those in the first line of a crate. Its expressions
are all that stand in unsafe code, here only operations that are unsafe count ("maybe": that may be, for all
that is known). It counts methods apart from functions, and only files that a build has used: here every
file of the crate counts, under whatever cfg. It counts a file that it cannot parse as nothing.
$ rustproof src one.rs
note[RP5106 unsafe-op-in-unsafe-fn]: 1 unsafe operation stands bare in an unsafe function
  --> one.rs:4:5
   = read: 4: *p
   = read: in one::get; the pattern itself is the mistake
   = verify: sed -n '4,4p' one.rs
   = fix: #![warn(unsafe_op_in_unsafe_fn)], and a block around each

one.rs  Rust 2021, 1 file, 5 lines · 0 unsafe blocks, 1 unsafe operation
0 errors, 0 warnings, 1 note, 45 passed, 0 n/a, 0 unknown
-v shows every place, --format full every check and its evidence
$ rustproof src -D warnings -q -f short one.rs unsafe --> 1
one.rs:4:5: note[RP5106 unsafe-op-in-unsafe-fn]: 1 unsafe operation stands bare in an unsafe function
unsafe/src/lib.rs:20:1: error[RP0011 unused-allow]: this comment allows RP5103, and there is nothing to allow
unsafe/src/lib.rs:22:5: error[RP5103 needless-unsafe]: this unsafe block holds no unsafe operation
unsafe/src/lib.rs:4:5: note[RP5104 safety-comment]: 3 unsafe blocks or impls have no SAFETY comment (--strict shows each)
unsafe/src/lib.rs:10:1: note[RP5105 safety-doc]: 2 public unsafe functions or traits have no Safety section (--strict shows each)
unsafe/src/lib.rs:16:5: note[RP5106 unsafe-op-in-unsafe-fn]: 2 unsafe operations stand bare in an unsafe function
unsafe/src/lib.rs:26:1: error[RP5111 send-bound]: Shared<T> is Send whatever T is: a T that must stay in its thread leaves it
unsafe/src/lib.rs:6:9: error[RP5141 safe-deref-of-param]: a safe function goes through the raw pointer p that its caller gives
$ rustproof src missing --> 3
error: cannot read 'missing': No such file or directory
error: there is no Rust source to audit
hint: give a Cargo package, a workspace, a folder with some, or a .rs file
$ rustproof src empty --> 4
error: there is no Rust source to audit
hint: give a Cargo package, a workspace, a folder with some, or a .rs file
$ mkdir -p script/src && cd script && printf '[package]\nname = "script"\nversion = "1.0.0"\nedition = "2021"\n' > Cargo.toml && echo 'fn main() {}' | tee build.rs src/main.rs src/lib.rs > /dev/null && rustproof src -f short --select forbid-unsafe
src/lib.rs:1:1: note[RP5107 forbid-unsafe]: the crate has no unsafe code and does not forbid it
src/main.rs:1:1: note[RP5107 forbid-unsafe]: the crate has no unsafe code and does not forbid it
$ printf 'static mut N: u8 = 0;\n#[allow(static_mut_refs)]\npub fn a() { unsafe { N.count_ones(); } }\n#[allow(static_mut_refs)]\npub fn b() { unsafe { N.count_ones(); } }\n' > twice.rs && rustproof src twice.rs --select soundness-lint-allowed
note[RP5150 soundness-lint-allowed]: the lint static_mut_refs is switched off: it finds undefined behaviour
  --> twice.rs:2:9
   = also in: twice.rs:4:9
   = read: 2: #[allow(static_mut_refs)]
   = read: in twice; wrong unless something that was not seen holds
   = verify: sed -n '2,2p' twice.rs
   = fix: mend what it finds, or say why it is wrong here: allow(..., reason = "...")

twice.rs  Rust 2021, 1 file, 5 lines · 2 unsafe blocks, 2 unsafe operations
0 errors, 0 warnings, 2 notes, 0 passed, 0 n/a, 0 unknown
-v shows every place, --format full every check and its evidence
$ mkdir -p made/src && cd made && printf '[package]\nname = "made"\nversion = "1.0.0"\nedition = "2021"\n' > Cargo.toml && echo 'fn main() {}' > build.rs && printf 'pub mod made { include!(concat!(env!("OUT_DIR"), "/made.rs")); }\npub fn f() { unsafe { made::g() } }\n' > src/lib.rs && rustproof src --select unsafe-scope,needless-unsafe --> 3
unknown[RP5102 unsafe-scope]: 1 file could not be understood
  --> src/lib.rs
   = likewise: RP5103 needless-unsafe
   = read: src/lib.rs:1: include! of a file that only a build writes (OUT_DIR): cargo build does

build.rs  Rust 2021, 1 file, 1 line · 0 unsafe blocks, 0 unsafe operations
src/lib.rs  Rust 2021, 1 file, 2 lines · 1 unsafe block, 0 unsafe operations and 1 that may be, 1 file not understood
0 errors, 0 warnings, 2 passed, 0 n/a, 2 unknown
-v shows every place, --format full every check and its evidence
error: the audit is incomplete: 1 input could be read in part only
hint: the outcomes that are unknown say what is missing; --allow-incomplete accepts that
$ cd made && mkdir -p target/debug/build/made-0123456789abcdef/out target/debug/build/made-up-0123456789abcdef/out && touch target/debug/build/made-up-0123456789abcdef/output target/debug/build/made-0123456789abcdef/output && echo 'pub fn g() { unsafe {} }' | tee target/debug/build/made-0123456789abcdef/out/made.rs target/debug/build/made-up-0123456789abcdef/out/made.rs > /dev/null && rustproof src --select needless-unsafe
warning[RP5103 needless-unsafe]: this unsafe block holds no unsafe operation
  --> src/lib.rs:2:14
   = read: 2: pub fn f() { unsafe { made::g() } }
   = read: in made::f; the pattern itself is the mistake
   = verify: sed -n '2,2p' src/lib.rs
   = fix: take the word unsafe away
   = edit: write `pub fn f() { { made::g() } }` at src/lib.rs:2 (review)

build.rs  Rust 2021, 1 file, 1 line · 0 unsafe blocks, 0 unsafe operations
src/lib.rs  Rust 2021, 2 files, 3 lines · 2 unsafe blocks, 0 unsafe operations
0 errors, 1 warning, 1 passed, 0 n/a, 0 unknown
-v shows every place, --format full every check and its evidence
$ cd made && sleep 0.1 && mkdir -p elsewhere/x/release/build/made-fedcba9876543210/out && touch elsewhere/x/release/build/made-fedcba9876543210/output && echo 'pub unsafe fn g() {}' > elsewhere/x/release/build/made-fedcba9876543210/out/made.rs && rustproof src --target-dir elsewhere --select needless-unsafe --strict
build.rs  Rust 2021, 1 file, 1 line · 0 unsafe blocks, 0 unsafe operations
src/lib.rs  Rust 2021, 2 files, 3 lines · 1 unsafe block, 1 unsafe operation
0 errors, 0 warnings, 2 passed, 0 n/a, 0 unknown
-v shows every place, --format full every check and its evidence
$ cd made && rustproof src --select needless-unsafe --strict -f short
src/lib.rs:2:14: warning[RP5103 needless-unsafe]: this unsafe block holds no unsafe operation
target/debug/build/made-0123456789abcdef/out/made.rs:1:14: warning[RP5103 needless-unsafe]: this unsafe block holds no unsafe operation
$ mkdir -p user/src user/dep/src && cd user && printf '[package]\nname = "user"\nversion = "1.0.0"\nedition = "2021"\n[dependencies]\ndep = { path = "dep" }\n' > Cargo.toml && printf '[package]\nname = "dep"\nversion = "1.0.0"\nedition = "2021"\n' > dep/Cargo.toml && printf 'pub unsafe fn g() {}\npub fn h() {}\n' > dep/src/lib.rs && printf 'pub fn f() { unsafe { dep::g() } }\npub fn i() { unsafe { dep::h() } }\n' > src/lib.rs && rustproof src --select needless-unsafe -f short
src/lib.rs:2:14: warning[RP5103 needless-unsafe]: this unsafe block holds no unsafe operation
$ cd user && rustproof --select needless-unsafe -f short
note: nothing is built here: no target folder: cargo build --release, then again; or --target-dir FOLDER
src/lib.rs:2:14: warning[RP5103 needless-unsafe]: this unsafe block holds no unsafe operation
