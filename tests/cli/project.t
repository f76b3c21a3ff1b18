$ cd project/src && rustproof --select pie,full-relro --> 1
    Auditing ../target/debug (1 artefact)
    Auditing ../target/release (1 artefact)
error[RP2101 pie]: not position-independent: the program and its data lie at fixed addresses
  --> ../target/release/demo
   = read: at 0x10: e_type is ET_EXEC
   = verify: readelf -hldW ../target/release/demo | grep -E 'Type:|INTERP|FLAGS_1'
   = fix: compile with -fPIE and link with -pie

warning[RP2104 full-relro]: partial RELRO: .got.plt stays writable after start-up
  --> ../target/release/demo
   = read: at 0x1050: DT_PLTRELSZ is 240: calls are bound lazily
   = read: at 0x120: program header GNU_RELRO covers 0x401000+0x80
   = verify: readelf -lWd ../target/release/demo | grep -E 'LOAD|RELRO|NOW|FLAGS|PLTGOT|PLTRELSZ'
   = fix: link with -z relro -z now

  file                    rustc   PIE  RELRO  worst
  ../target/debug/demo    1.83.0  ✓    full   none
  ../target/release/demo  -       ✗    part   deny RP2101
1 error, 1 warning, 2 passed, 0 n/a, 0 unknown
-v shows every place, --format full every check and its evidence
note: 1 of 2 artefacts is not Rust (--only-rust leaves such out, --any-language silences this)
error: 1 finding at level deny
$ cd project && rustproof --release --select pie --any-language --> 1
    Auditing target/release (1 artefact)
error[RP2101 pie]: not position-independent: the program and its data lie at fixed addresses
  --> target/release/demo
   = read: at 0x10: e_type is ET_EXEC
   = verify: readelf -hldW target/release/demo | grep -E 'Type:|INTERP|FLAGS_1'
   = fix: compile with -fPIE and link with -pie

Cargo.toml  there is no lock file: which versions are built is not fixed
target/release/demo  ELF 64-bit LE x86-64, dynamically linked, not PIE · not Rust · stripped · 4.2 kB
1 error, 0 warnings, 0 passed, 0 n/a, 0 unknown
-v shows every place, --format full every check and its evidence
error: 1 finding at level deny
$ cd project && rustproof --profile dev --select pie
    Auditing target/debug (1 artefact)
Cargo.toml  there is no lock file: which versions are built is not fixed
target/debug/demo  ELF 64-bit LE x86-64, dynamically linked, PIE · rustc 1.83.0 (from .comment) · stripped · 4.4 kB
0 errors, 0 warnings, 1 passed, 0 n/a, 0 unknown
-v shows every place, --format full every check and its evidence
$ cd unbuilt && rustproof
note: nothing is built here: no target folder: cargo build --release, then again; or --target-dir FOLDER
note: no advisory database was found: rustproof db update fetches one
warning[RP9111 lock-file]: no lock file: each build may take other versions
  --> Cargo.toml:1:1
   = read: no Cargo.lock beside Cargo.toml or in a folder above it
   = verify: ls Cargo.lock
   = fix: cargo generate-lockfile
   = or: commit Cargo.lock, and build with --locked in CI

Cargo.toml  there is no lock file: which versions are built is not fixed
0 errors, 1 warning, 0 passed, 14 n/a, 0 unknown
-v shows every place, --format full every check and its evidence
$ ln -s $(command -v rustproof) cargo-rustproof; cd project && ../cargo-rustproof rustproof --profile dev --select pie -v
    Auditing target/debug (1 artefact)
Cargo.toml  there is no lock file: which versions are built is not fixed
target/debug/demo  ELF 64-bit LE x86-64, dynamically linked, PIE · rustc 1.83.0 (from .comment) · stripped · 4.4 kB
0 errors, 0 warnings, 1 passed, 0 n/a, 0 unknown
$ cd unbuilt && CARGO_TARGET_DIR=../project/target rustproof -q --select pie --release --> 1
error[RP2101 pie]: not position-independent: the program and its data lie at fixed addresses
  --> ../project/target/release/demo
1 error, 0 warnings, 0 passed, 0 n/a, 0 unknown
$ cd cross && rustproof --target aarch64-unknown-linux-gnu --select pie
    Auditing target/aarch64-unknown-linux-gnu/release (1 artefact)
Cargo.toml  there is no lock file: which versions are built is not fixed
target/aarch64-unknown-linux-gnu/release/demo  ELF 64-bit LE x86-64, dynamically linked, PIE · rustc 1.83.0 (from .comment) · stripped · 4.4 kB
0 errors, 0 warnings, 1 passed, 0 n/a, 0 unknown
-v shows every place, --format full every check and its evidence
$ cd cross && rustproof --target wasm32-unknown-unknown --select pie --> 2
error: nothing is built here: no artefact in 'target'
hint: cargo build --release --target wasm32-unknown-unknown, then again
$ cd configured/member && rustproof --select pie
    Auditing ../out/release (1 artefact)
../out/release/demo  ELF 64-bit LE x86-64, dynamically linked, PIE · rustc 1.83.0 (from .comment) · stripped · 4.4 kB
Cargo.toml  there is no lock file: which versions are built is not fixed
0 errors, 0 warnings, 1 passed, 0 n/a, 0 unknown
-v shows every place, --format full every check and its evidence
$ cd configured && rustproof --select pie --> 2
error: no path is given and this is no Cargo project
hint: rustproof PATH audits a file, folder or package; rustproof --help lists more
