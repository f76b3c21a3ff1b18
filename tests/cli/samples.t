## Literal report models, in every format and width: no engine, no files.
$ render one text 80
./agentd  ELF 64-bit LE x86-64, dynamically linked, PIE · rustc 1.83.0 (from
  .comment) · stripped · 6.1 MB
  ! WARN  RP2104 full-relro       partial RELRO: .got.plt stays writable after
                                  start-up
          read    at 0x2e58: DT_PLTRELSZ is 240: calls are bound lazily
                  at 0x270: program header GNU_RELRO covers 0x3da8+0x258
          verify  readelf -lWd ./agentd | grep -E 'GNU_RELRO|BIND_NOW'
          fix     build.rustflags = -Crelro-level=full in .cargo/config.toml
                  (safe)
  ?       RP7103 overflow-checks  too few panic messages to tell (2 seen)
  ✓ pass  pie, nx-stack, wx-segments
  – n/a   1 check does not apply to this file
0 errors, 1 warning, 3 passed, 1 n/a, 1 unknown, 1 allowed
-v shows every check, --format full shows all evidence
$ render one text 40
./agentd  ELF 64-bit LE x86-64,
  dynamically linked, PIE · rustc 1.83.0
  (from .comment) · stripped · 6.1 MB
  ! WARN  RP2104 full-relro
          partial RELRO: .got.plt stays
          writable after start-up
          read    at 0x2e58: DT_PLTRELSZ
                  is 240: calls are
                  bound lazily
                  at 0x270: program
                  header GNU_RELRO
                  covers 0x3da8+0x258
          verify  readelf -lWd \
                      ./agentd |
                    grep -E \
                      'GNU_RELRO|BIND_NOW'
          fix     build.rustflags =
                  -Crelro-level=full in
                  .cargo/config.toml
                  (safe)
  ?       RP7103 overflow-checks
          too few panic messages to tell
          (2 seen)
  ✓ pass  pie, nx-stack, wx-segments
  – n/a   1 check does not apply to this file
0 errors, 1 warning, 3 passed, 1 n/a, 1
  unknown, 1 allowed
-v shows every check, --format full shows all evidence
$ render one text 120
./agentd  ELF 64-bit LE x86-64, dynamically linked, PIE · rustc 1.83.0 (from .comment) · stripped · 6.1 MB
  ! WARN  RP2104 full-relro       partial RELRO: .got.plt stays writable after start-up
          read    at 0x2e58: DT_PLTRELSZ is 240: calls are bound lazily
                  at 0x270: program header GNU_RELRO covers 0x3da8+0x258
          verify  readelf -lWd ./agentd | grep -E 'GNU_RELRO|BIND_NOW'
          fix     build.rustflags = -Crelro-level=full in .cargo/config.toml (safe)
  ?       RP7103 overflow-checks  too few panic messages to tell (2 seen)
  ✓ pass  pie, nx-stack, wx-segments
  – n/a   1 check does not apply to this file
0 errors, 1 warning, 3 passed, 1 n/a, 1 unknown, 1 allowed
-v shows every check, --format full shows all evidence
$ render one text 0 a
./agentd  ELF 64-bit LE x86-64, dynamically linked, PIE - rustc 1.83.0 (from .comment) - stripped - 6.1 MB
  !  WARN RP2104 full-relro       partial RELRO: .got.plt stays writable after start-up
          read    at 0x2e58: DT_PLTRELSZ is 240: calls are bound lazily
                  at 0x270: program header GNU_RELRO covers 0x3da8+0x258
          verify  readelf -lWd ./agentd | grep -E 'GNU_RELRO|BIND_NOW'
          fix     build.rustflags = -Crelro-level=full in .cargo/config.toml (safe)
  ?       RP7103 overflow-checks  too few panic messages to tell (2 seen)
  ok pass pie, nx-stack, wx-segments
  -  n/a  1 check does not apply to this file
0 errors, 1 warning, 3 passed, 1 n/a, 1 unknown, 1 allowed
-v shows every check, --format full shows all evidence
$ render one text 80 c
␛[1m./agentd␛[0m  ELF 64-bit LE x86-64, dynamically linked, PIE · rustc 1.83.0 (from
  .comment) · stripped · 6.1 MB
  ␛[1;33m!␛[0m ␛[1;33mWARN␛[0m  ␛[1mRP2104␛[0m full-relro       partial RELRO: .got.plt stays writable after
                                  start-up
          ␛[2mread␛[0m    at 0x2e58: DT_PLTRELSZ is 240: calls are bound lazily
          ␛[2m␛[0m        at 0x270: program header GNU_RELRO covers 0x3da8+0x258
          ␛[2mverify␛[0m  readelf -lWd ./agentd | grep -E 'GNU_RELRO|BIND_NOW'
          ␛[2mfix␛[0m     build.rustflags = -Crelro-level=full in .cargo/config.toml
                  (safe)
  ␛[1;36m?␛[0m       ␛[1mRP7103␛[0m overflow-checks  too few panic messages to tell (2 seen)
  ␛[32m✓␛[0m ␛[32mpass␛[0m  pie, nx-stack, wx-segments
  ␛[2m–␛[0m ␛[2mn/a␛[0m   1 check does not apply to this file
0 errors, 1 warning, 3 passed, 1 n/a, 1 unknown, 1 allowed
␛[2m-v shows every check, --format full shows all evidence␛[0m
$ render one text 80 q
  ! WARN  RP2104 full-relro  partial RELRO: .got.plt stays writable after
                             start-up
0 errors, 1 warning, 3 passed, 1 n/a, 1 unknown, 1 allowed
$ render one full 100
./agentd  ELF 64-bit LE x86-64, dynamically linked, PIE · rustc 1.83.0 (from .comment) · stripped ·
  6.1 MB
  ! WARN  RP2104 full-relro       partial RELRO: .got.plt stays writable after start-up
          asks    what the loader resolves is read-only
          cause   .cargo/config.toml: build.rustflags
          read    at 0x2e58: DT_PLTRELSZ is 240: calls are bound lazily
                  at 0x270: program header GNU_RELRO covers 0x3da8+0x258
          verify  readelf -lWd ./agentd | grep -E 'GNU_RELRO|BIND_NOW'
          fix     build.rustflags = -Crelro-level=full in .cargo/config.toml (safe)
  ?       RP7103 overflow-checks  too few panic messages to tell (2 seen)
          asks    arithmetic overflow panics
  ✓ pass  RP2101 pie              ET_DYN with DF_1_PIE
          asks    the program is loaded at a random address
  ✓ pass  RP2102 nx-stack         GNU_STACK is RW
          asks    the stack is not executable
  ✓ pass  RP2103 wx-segments      no segment is writable and executable
          asks    no memory is writable and executable
  – n/a   RP2110 stack-protector  no C objects: Rust code needs none
          asks    C functions carry a canary

0 errors, 1 warning, 3 passed, 1 n/a, 1 unknown, 1 allowed
$ render few text 80
error: cannot read 'target/release/cut': program headers lie outside the file (at 0x40)
error[RP2101 pie]: loaded at a fixed address
  --> target/release/gateway
   = read: at 0x10: e_type is ET_EXEC
   = verify: readelf -hW target/release/gateway | grep Type:
   = fix: build with -Crelocation-model=pie

warning[RP2104 full-relro]: partial RELRO: .got.plt stays writable after
    start-up
  --> target/release/gateway
   = also in: target/release/gwctl
   = read: at 0x2e58: DT_PLTRELSZ is 240: calls are bound lazily
   = read: at 0x270: program header GNU_RELRO covers 0x3da8+0x258
   = verify: readelf -lWd target/release/gateway | grep -E 'GNU_RELRO|BIND_NOW'
   = fix: build.rustflags = -Crelro-level=full in .cargo/config.toml (safe)

note[RP2305 ibt]: no IBT in the GNU property note
  --> target/release/gateway

unknown[RP7103 overflow-checks]: too few panic messages to tell (2 seen)
  --> target/release/gateway
   = also in: target/release/gwctl

  file                    rustc   PIE  NX  W^X  RELRO  IBT  worst
  target/release/cut      ?                                 unreadable
  target/release/gateway  1.83.0  ✗    ✓   ✓    part   !    deny RP2101
  target/release/gwctl    1.83.0  ✓    ✓   ✓    part        warn RP2104
1 error, 2 warnings, 1 note, 5 passed, 2 n/a, 2 unknown, 1 allowed, 1 unreadable
-v shows every place, --format full every check and its evidence
$ render few text 0
error: cannot read 'target/release/cut': program headers lie outside the file (at 0x40)
error[RP2101 pie]: loaded at a fixed address
  --> target/release/gateway
   = read: at 0x10: e_type is ET_EXEC
   = verify: readelf -hW target/release/gateway | grep Type:
   = fix: build with -Crelocation-model=pie

warning[RP2104 full-relro]: partial RELRO: .got.plt stays writable after start-up
  --> target/release/gateway
   = also in: target/release/gwctl
   = read: at 0x2e58: DT_PLTRELSZ is 240: calls are bound lazily
   = read: at 0x270: program header GNU_RELRO covers 0x3da8+0x258
   = verify: readelf -lWd target/release/gateway | grep -E 'GNU_RELRO|BIND_NOW'
   = fix: build.rustflags = -Crelro-level=full in .cargo/config.toml (safe)

note[RP2305 ibt]: no IBT in the GNU property note
  --> target/release/gateway

unknown[RP7103 overflow-checks]: too few panic messages to tell (2 seen)
  --> target/release/gateway
   = also in: target/release/gwctl

  file                    rustc   PIE  NX  W^X  RELRO  IBT  worst
  target/release/cut      ?                                 unreadable: program headers lie outside the file
  target/release/gateway  1.83.0  ✗    ✓   ✓    part   !    deny RP2101
  target/release/gwctl    1.83.0  ✓    ✓   ✓    part        warn RP2104
1 error, 2 warnings, 1 note, 5 passed, 2 n/a, 2 unknown, 1 allowed, 1 unreadable
-v shows every place, --format full every check and its evidence
$ render few short
target/release/cut: error: program headers lie outside the file
target/release/gateway: error[RP2101 pie]: loaded at a fixed address
target/release/gateway: warning[RP2104 full-relro]: partial RELRO: .got.plt stays writable after start-up
target/release/gateway: note[RP2305 ibt]: no IBT in the GNU property note
target/release/gateway: unknown[RP7103 overflow-checks]: too few panic messages to tell (2 seen)
target/release/gwctl: warning[RP2104 full-relro]: partial RELRO: .got.plt stays writable after start-up
target/release/gwctl: unknown[RP7103 overflow-checks]: too few panic messages to tell (2 seen)
$ render few table 60
  file              rustc   PIE  NX  W^X  RELRO  IBT  worst
  …get/release/cut  ?                                 unreadable
  …release/gateway  1.83.0  ✗    ✓   ✓    part   !    deny RP2101
  …t/release/gwctl  1.83.0  ✓    ✓   ✓    part        warn RP2104
2 artefacts (2 Rust) in 3 files · 1 with errors, 1 with warnings, 1 unreadable
1 error, 2 warnings, 1 note, 5 passed, 2 n/a, 2 unknown, 1
  allowed, 1 unreadable
$ render fleet text 80
  file              rustc   PIE  NX  W^X  RELRO  IBT  worst
  /usr/bin/tool-03  1.83.0  ✗    ✓   ✓    part   !    deny RP2101
  /usr/bin/tool-13  1.83.0  ✗    ✓   ✓    part   !    deny RP2101
  /usr/bin/tool-23  1.83.0  ✗    ✓   ✓    part   !    deny RP2101
  /usr/bin/tool-33  1.83.0  ✗    ✓   ✓    part   !    deny RP2101
  /usr/bin/tool-01  1.83.0  ✓    ✓   ✓    part        warn RP2104
  /usr/bin/tool-05  1.83.0  ✓    ✓   ✓    part        warn RP2104
  /usr/bin/tool-07  1.83.0  ✓    ✓   ✓    part        warn RP2104
  /usr/bin/tool-09  1.83.0  ✓    ✓   ✓    part        warn RP2104
  /usr/bin/tool-11  1.83.0  ✓    ✓   ✓    part        warn RP2104
  /usr/bin/tool-15  1.83.0  ✓    ✓   ✓    part        warn RP2104
  /usr/bin/tool-17  1.83.0  ✓    ✓   ✓    part        warn RP2104
  /usr/bin/tool-19  1.83.0  ✓    ✓   ✓    part        warn RP2104
  /usr/bin/tool-21  1.83.0  ✓    ✓   ✓    part        warn RP2104
  /usr/bin/tool-25  1.83.0  ✓    ✓   ✓    part        warn RP2104
  /usr/bin/tool-27  1.83.0  ✓    ✓   ✓    part        warn RP2104
  /usr/bin/tool-29  1.83.0  ✓    ✓   ✓    part        warn RP2104
  … 24 more, none worse: --format table shows all
  ✗ RP2101 pie                      4: loaded at a fixed address
  ! RP2104 full-relro               20: partial RELRO: .got.plt stays …
  ! RP2305 ibt                      4: no IBT in the GNU property note
  ? RP7103 overflow-checks          40: too few panic messages to tell (2 seen)
40 artefacts (40 Rust) in 2104 files · 4 with errors, 16 with warnings · 164 not Rust, skipped
4 errors, 20 warnings, 4 notes, 136 passed, 40 n/a, 40 unknown, 36 allowed
one file: rustproof bin FILE; all: --format full
$ render fleet text 100 v | tail -3
  ? RP7103 overflow-checks          40: too few panic messages to tell (2 seen)
40 artefacts (40 Rust) in 2104 files · 4 with errors, 16 with warnings · 164 not Rust, skipped
4 errors, 20 warnings, 4 notes, 136 passed, 40 n/a, 40 unknown, 36 allowed
$ render nothing text 80
0 artefacts (0 Rust) in 14 files · 0 with errors, 0 with warnings
0 errors, 0 warnings, 0 passed, 0 n/a, 0 unknown
$ render hostile text 80
error: cannot read 'zero\u{200b}width': bad\x1b[31m text \xff
error[RP2101 pie]: loaded at a fixed address
  --> a\x0ab: error[RP2101]: forged
   = read: at 0x10: e_type is ET_EXEC
   = verify: readelf -hW $'a\012b: error[RP2101]: forged' | grep Type:
   = fix: build with -Crelocation-model=pie

warning[RP2104 full-relro]: partial RELRO: .got.plt stays writable after
    start-up
  --> a\x0ab: error[RP2101]: forged
   = also in: esc\x1b]0;title\x07\x1b[2Jend, rtl\u{202e}gnp.exe,
       bad\xff\xfe\xc0\xaf utf8 and 2 more
   = read: at 0x2e58: DT_PLTRELSZ is 240: calls are bound lazily
   = read: at 0x270: program header GNU_RELRO covers 0x3da8+0x258
   = verify: readelf -lWd $'a\012b: error[RP2101]: forged' |
               grep -E 'GNU_RELRO|BIND_NOW'
   = fix: build.rustflags = -Crelro-level=full in .cargo/config.toml (safe)

note[RP2305 ibt]: no IBT in the GNU property note
  --> a\x0ab: error[RP2101]: forged

unknown[RP7103 overflow-checks]: too few panic messages to tell (2 seen)
  --> a\x0ab: error[RP2101]: forged
   = also in: esc\x1b]0;title\x07\x1b[2Jend, rtl\u{202e}gnp.exe,
       bad\xff\xfe\xc0\xaf utf8 and 2 more

  file                             rustc   PIE  NX  W^X  RELRO  IBT  worst
  a\x0ab: error[RP2101]: forged    1.83.0  ✗    ✓   ✓    part   !    deny RP2101
  esc\x1b]0;title\x07\x1b[2Jend    1.83.0  ✓    ✓   ✓    part        warn RP2104
  rtl\u{202e}gnp.exe               1.83.0  ✓    ✓   ✓    part        warn RP2104
  bad\xff\xfe\xc0\xaf utf8         1.83.0  ✓    ✓   ✓    part        warn RP2104
  zero\u{200b}width                ?                                 unreadable
  -rf $(reboot) `id` 'q'           1.83.0  ✓    ✓   ✓    part        warn RP2104
  …b!data.tar.xz!usr/bin/[a]*\x9b  1.83.0  ✓    ✓   ✓    part        warn RP2104
1 error, 6 warnings, 1 note, 17 passed, 6 n/a, 6 unknown, 5 allowed, 1
  unreadable
-v shows every place, --format full every check and its evidence
$ render hostile full 0 h | head -12
␛]8;;file:///srv/work/a%0Ab%3A%20error%5BRP2101%5D%3A%20forged␛\a\x0ab: error[RP2101]: forged␛]8;;␛\  ELF 64-bit LE x86-64, dynamically linked, not PIE · rustc 1.83.0 (from .comment) · stripped · 6.1 MB
  ✗ DENY  RP2101 pie              loaded at a fixed address
          asks    the program is loaded at a random address
          read    at 0x10: e_type is ET_EXEC
          verify  readelf -hW $'a\012b: error[RP2101]: forged' | grep Type:
          fix     build with -Crelocation-model=pie
  ! WARN  RP2104 full-relro       partial RELRO: .got.plt stays writable after start-up
          asks    what the loader resolves is read-only
          cause   .cargo/config.toml: build.rustflags
          read    at 0x2e58: DT_PLTRELSZ is 240: calls are bound lazily
                  at 0x270: program header GNU_RELRO covers 0x3da8+0x258
          verify  readelf -lWd $'a\012b: error[RP2101]: forged' | grep -E 'GNU_RELRO|BIND_NOW'
$ for s in one few fleet hostile nothing; do render $s json | $PYTHON $TESTS/validate.py report; render $s jsonl | $PYTHON $TESTS/validate.py report lines; done
valid: 1
valid: 3
valid: 1
valid: 5
valid: 1
valid: 42
valid: 1
valid: 9
valid: 1
valid: 2
$ render covered text 80
./agentd  ELF 64-bit LE x86-64, dynamically linked, PIE · rustc 1.83.0 (from
  .comment) · stripped · 6.1 MB
  ! WARN  RP2104 full-relro       partial RELRO: .got.plt stays writable after
                                  start-up
          read    at 0x2e58: DT_PLTRELSZ is 240: calls are bound lazily
                  at 0x270: program header GNU_RELRO covers 0x3da8+0x258
          outside a function without a name at 0x9000
                  forged\x0aerror: \x1b[31m (C, sqlite\x1b[2J3.c) at 0x9100
                  regex::step_02 (Rust, regex 1.10.2) at 0x4020 (and 22 more)
          verify  readelf -lWd ./agentd | grep -E 'GNU_RELRO|BIND_NOW'
          fix     build.rustflags = -Crelro-level=full in .cargo/config.toml
                  (safe)
  ?       RP7103 overflow-checks  too few panic messages to tell (2 seen)
  ✓ pass  pie, nx-stack, wx-segments
  – n/a   1 check does not apply to this file
0 errors, 1 warning, 3 passed, 1 n/a, 1 unknown, 1 allowed
-v shows every check, --format full shows all evidence
$ render covered text 80 v
./agentd  ELF 64-bit LE x86-64, dynamically linked, PIE · rustc 1.83.0 (from
  .comment) · stripped · 6.1 MB
  ! WARN  RP2104 full-relro       partial RELRO: .got.plt stays writable after
                                  start-up
          read    at 0x2e58: DT_PLTRELSZ is 240: calls are bound lazily
                  at 0x270: program header GNU_RELRO covers 0x3da8+0x258
          outside a function without a name at 0x9000
                  forged\x0aerror: \x1b[31m (C, sqlite\x1b[2J3.c) at 0x9100
                  regex::step_02 (Rust, regex 1.10.2) at 0x4020
                  regex::step_03 (Rust, regex 1.10.2) at 0x4030
                  regex::step_04 (Rust, regex 1.10.2) at 0x4040
                  regex::step_05 (Rust, regex 1.10.2) at 0x4050
                  regex::step_06 (Rust, regex 1.10.2) at 0x4060
                  regex::step_07 (Rust, regex 1.10.2) at 0x4070
                  regex::step_08 (Rust, regex 1.10.2) at 0x4080
                  regex::step_09 (Rust, regex 1.10.2) at 0x4090
                  regex::step_10 (Rust, regex 1.10.2) at 0x40a0
                  regex::step_11 (Rust, regex 1.10.2) at 0x40b0
                  regex::step_12 (Rust, regex 1.10.2) at 0x40c0
                  regex::step_13 (Rust, regex 1.10.2) at 0x40d0
                  regex::step_14 (Rust, regex 1.10.2) at 0x40e0
                  regex::step_15 (Rust, regex 1.10.2) at 0x40f0
                  regex::step_16 (Rust, regex 1.10.2) at 0x4100
                  regex::step_17 (Rust, regex 1.10.2) at 0x4110
                  regex::step_18 (Rust, regex 1.10.2) at 0x4120
                  regex::step_19 (Rust, regex 1.10.2) at 0x4130 (and 5 more)
          verify  readelf -lWd ./agentd | grep -E 'GNU_RELRO|BIND_NOW'
          fix     build.rustflags = -Crelro-level=full in .cargo/config.toml
                  (safe)
  ?       RP7103 overflow-checks  too few panic messages to tell (2 seen)
  ✓ pass  RP2101 pie              ET_DYN with DF_1_PIE
  ✓ pass  RP2102 nx-stack         GNU_STACK is RW
  ✓ pass  RP2103 wx-segments      no segment is writable and executable
  – n/a   RP2110 stack-protector  no C objects: Rust code needs none
0 errors, 1 warning, 3 passed, 1 n/a, 1 unknown, 1 allowed
$ render covered text 80 C
./agentd  ELF 64-bit LE x86-64, dynamically linked, PIE · rustc 1.83.0 (from
  .comment) · stripped · 6.1 MB
  ! WARN  RP2104 full-relro       partial RELRO: .got.plt stays writable after
                                  start-up
          covers  (not told)           0 of 1
                  regex 1.10.2         40 of 60
                  (of no known crate)  7 of 11
          read    at 0x2e58: DT_PLTRELSZ is 240: calls are bound lazily
                  at 0x270: program header GNU_RELRO covers 0x3da8+0x258
          outside a function without a name at 0x9000
                  forged\x0aerror: \x1b[31m (C, sqlite\x1b[2J3.c) at 0x9100
                  regex::step_02 (Rust, regex 1.10.2) at 0x4020 (and 22 more)
          verify  readelf -lWd ./agentd | grep -E 'GNU_RELRO|BIND_NOW'
          fix     build.rustflags = -Crelro-level=full in .cargo/config.toml
                  (safe)
  ?       RP7103 overflow-checks  too few panic messages to tell (2 seen)
  ✓ pass  RP2101 pie              ET_DYN with DF_1_PIE
          covers  (of no known crate)  9 of 9
  ✓ pass  RP2102 nx-stack         GNU_STACK is RW
          covers  (of no known crate)  9 of 9
  ✓ pass  RP2103 wx-segments      no segment is writable and executable
          covers  (of no known crate)  9 of 9
  – n/a   1 check does not apply to this file
0 errors, 1 warning, 3 passed, 1 n/a, 1 unknown, 1 allowed
-v shows every check, --format full shows all evidence
$ render covered text 0 La
./agentd  ELF 64-bit LE x86-64, dynamically linked, PIE - rustc 1.83.0 (from .comment) - stripped - 6.1 MB
  !  WARN RP2104 full-relro       partial RELRO: .got.plt stays writable after start-up
          covers  unknown  0 of 1
                  Rust     40 of 61
                  C        7 of 10
          read    at 0x2e58: DT_PLTRELSZ is 240: calls are bound lazily
                  at 0x270: program header GNU_RELRO covers 0x3da8+0x258
          outside a function without a name at 0x9000
                  forged\x0aerror: \x1b[31m (C, sqlite\x1b[2J3.c) at 0x9100
                  regex::step_02 (Rust, regex 1.10.2) at 0x4020 (and 22 more)
          verify  readelf -lWd ./agentd | grep -E 'GNU_RELRO|BIND_NOW'
          fix     build.rustflags = -Crelro-level=full in .cargo/config.toml (safe)
  ?       RP7103 overflow-checks  too few panic messages to tell (2 seen)
  ok pass RP2101 pie              ET_DYN with DF_1_PIE
  ok pass RP2102 nx-stack         GNU_STACK is RW
  ok pass RP2103 wx-segments      no segment is writable and executable
  -  n/a  1 check does not apply to this file
0 errors, 1 warning, 3 passed, 1 n/a, 1 unknown, 1 allowed
-v shows every check, --format full shows all evidence
$ render covered text 80 Ov
./agentd  ELF 64-bit LE x86-64, dynamically linked, PIE · rustc 1.83.0 (from
  .comment) · stripped · 6.1 MB
  ! WARN  RP2104 full-relro       partial RELRO: .got.plt stays writable after
                                  start-up
          covers  sqlite\x1b[2J3.c      7 of 10
                  (of no known object)  40 of 62
          read    at 0x2e58: DT_PLTRELSZ is 240: calls are bound lazily
                  at 0x270: program header GNU_RELRO covers 0x3da8+0x258
          outside a function without a name at 0x9000
                  forged\x0aerror: \x1b[31m (C, sqlite\x1b[2J3.c) at 0x9100
                  regex::step_02 (Rust, regex 1.10.2) at 0x4020
                  regex::step_03 (Rust, regex 1.10.2) at 0x4030
                  regex::step_04 (Rust, regex 1.10.2) at 0x4040
                  regex::step_05 (Rust, regex 1.10.2) at 0x4050
                  regex::step_06 (Rust, regex 1.10.2) at 0x4060
                  regex::step_07 (Rust, regex 1.10.2) at 0x4070
                  regex::step_08 (Rust, regex 1.10.2) at 0x4080
                  regex::step_09 (Rust, regex 1.10.2) at 0x4090
                  regex::step_10 (Rust, regex 1.10.2) at 0x40a0
                  regex::step_11 (Rust, regex 1.10.2) at 0x40b0
                  regex::step_12 (Rust, regex 1.10.2) at 0x40c0
                  regex::step_13 (Rust, regex 1.10.2) at 0x40d0
                  regex::step_14 (Rust, regex 1.10.2) at 0x40e0
                  regex::step_15 (Rust, regex 1.10.2) at 0x40f0
                  regex::step_16 (Rust, regex 1.10.2) at 0x4100
                  regex::step_17 (Rust, regex 1.10.2) at 0x4110
                  regex::step_18 (Rust, regex 1.10.2) at 0x4120
                  regex::step_19 (Rust, regex 1.10.2) at 0x4130 (and 5 more)
          verify  readelf -lWd ./agentd | grep -E 'GNU_RELRO|BIND_NOW'
          fix     build.rustflags = -Crelro-level=full in .cargo/config.toml
                  (safe)
  ?       RP7103 overflow-checks  too few panic messages to tell (2 seen)
  ✓ pass  RP2101 pie              ET_DYN with DF_1_PIE
          covers  (of no known object)  9 of 9
  ✓ pass  RP2102 nx-stack         GNU_STACK is RW
          covers  (of no known object)  9 of 9
  ✓ pass  RP2103 wx-segments      no segment is writable and executable
          covers  (of no known object)  9 of 9
  – n/a   RP2110 stack-protector  no C objects: Rust code needs none
0 errors, 1 warning, 3 passed, 1 n/a, 1 unknown, 1 allowed
$ render covered full 100 | grep -A6 outside
          outside a function without a name at 0x9000
                  forged\x0aerror: \x1b[31m (C, sqlite\x1b[2J3.c) at 0x9100
                  regex::step_02 (Rust, regex 1.10.2) at 0x4020
                  regex::step_03 (Rust, regex 1.10.2) at 0x4030
                  regex::step_04 (Rust, regex 1.10.2) at 0x4040
                  regex::step_05 (Rust, regex 1.10.2) at 0x4050
                  regex::step_06 (Rust, regex 1.10.2) at 0x4060
$ render covered json | $PYTHON $TESTS/validate.py report
valid: 1
$ render covered jsonl | $PYTHON $TESTS/validate.py report lines
valid: 3
