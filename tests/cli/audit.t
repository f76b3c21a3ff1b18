## One binary, with findings.
$ rustproof bin soft.elf --select pie,nx-stack,full-relro,wx-segments --any-language --> 1
soft.elf  ELF 64-bit LE x86-64, dynamically linked, not PIE · not Rust · stripped · 4.2 kB
  ✗ DENY  RP2101 pie         not position-independent: the program and its data lie at fixed addresses
          read    at 0x10: e_type is ET_EXEC
          verify  readelf -hldW soft.elf | grep -E 'Type:|INTERP|FLAGS_1'
          fix     compile with -fPIE and link with -pie
  ✗ DENY  RP2102 nx-stack    the stack is executable
          read    at 0x158: program header GNU_STACK is RWE
          verify  readelf -lW soft.elf | grep GNU_STACK
          fix     link with -z noexecstack
          or      find the object that asks for it (readelf -SW shows none or an executable .note.GNU-stack), and look for -z execstack among the linker's arguments
  ! WARN  RP2104 full-relro  partial RELRO: .got.plt stays writable after start-up
          read    at 0x1050: DT_PLTRELSZ is 240: calls are bound lazily
                  at 0x120: program header GNU_RELRO covers 0x401000+0x80
          verify  readelf -lWd soft.elf | grep -E 'LOAD|RELRO|NOW|FLAGS|PLTGOT|PLTRELSZ'
          fix     link with -z relro -z now
  ✓ pass  wx-segments
2 errors, 1 warning, 1 passed, 0 n/a, 0 unknown
-v shows every check, --format full shows all evidence
error: 2 findings at level deny
$ rustproof soft.elf --select RP2104 --any-language
soft.elf  ELF 64-bit LE x86-64, dynamically linked, not PIE · not Rust · stripped · 4.2 kB
  ! WARN  RP2104 full-relro  partial RELRO: .got.plt stays writable after start-up
          read    at 0x1050: DT_PLTRELSZ is 240: calls are bound lazily
                  at 0x120: program header GNU_RELRO covers 0x401000+0x80
          verify  readelf -lWd soft.elf | grep -E 'LOAD|RELRO|NOW|FLAGS|PLTGOT|PLTRELSZ'
          fix     link with -z relro -z now
0 errors, 1 warning, 0 passed, 0 n/a, 0 unknown
-v shows every check, --format full shows all evidence
## One that is as it should be.
$ rustproof bin hard.elf --select pie,nx-stack,full-relro,wx-segments
hard.elf  ELF 64-bit LE x86-64, dynamically linked, PIE · rustc 1.83.0 (from .comment) · stripped · 4.4 kB
  ✓ pass  pie, nx-stack, wx-segments, full-relro
0 errors, 0 warnings, 4 passed, 0 n/a, 0 unknown
-v shows every check, --format full shows all evidence
$ rustproof bin hard.elf --select pie,nx-stack,full-relro -v
hard.elf  ELF 64-bit LE x86-64, dynamically linked, PIE · rustc 1.83.0 (from .comment) · stripped · 4.4 kB
  ✓ pass  RP2101 pie         position-independent executable
  ✓ pass  RP2102 nx-stack    GNU_STACK without execute permission
  ✓ pass  RP2104 full-relro  GNU_RELRO with immediate binding
0 errors, 0 warnings, 3 passed, 0 n/a, 0 unknown
$ rustproof bin hard.elf --select pie,nx-stack -vv
hard.elf  ELF 64-bit LE x86-64, dynamically linked, PIE · rustc 1.83.0 (from .comment) · stripped · 4.4 kB
  ✓ pass  RP2101 pie       position-independent executable
          asks    the program is loaded at a random address
          read    at 0x1060: ET_DYN with DF_1_PIE and PT_INTERP
          verify  readelf -hldW hard.elf | grep -E 'Type:|INTERP|FLAGS_1'
  ✓ pass  RP2102 nx-stack  GNU_STACK without execute permission
          asks    the stack is not executable
          read    at 0x158: program header GNU_STACK is RW
          verify  readelf -lW hard.elf | grep GNU_STACK
0 errors, 0 warnings, 2 passed, 0 n/a, 0 unknown
## Several: one block for each distinct problem.
$ rustproof bin soft.elf hard.elf --select pie,nx-stack,full-relro --> 1
error[RP2101 pie]: not position-independent: the program and its data lie at fixed addresses
  --> soft.elf
   = read: at 0x10: e_type is ET_EXEC
   = verify: readelf -hldW soft.elf | grep -E 'Type:|INTERP|FLAGS_1'
   = fix: compile with -fPIE and link with -pie

error[RP2102 nx-stack]: the stack is executable
  --> soft.elf
   = read: at 0x158: program header GNU_STACK is RWE
   = verify: readelf -lW soft.elf | grep GNU_STACK
   = fix: link with -z noexecstack
   = or: find the object that asks for it (readelf -SW shows none or an executable .note.GNU-stack), and look for -z execstack among the linker's arguments

warning[RP2104 full-relro]: partial RELRO: .got.plt stays writable after start-up
  --> soft.elf
   = read: at 0x1050: DT_PLTRELSZ is 240: calls are bound lazily
   = read: at 0x120: program header GNU_RELRO covers 0x401000+0x80
   = verify: readelf -lWd soft.elf | grep -E 'LOAD|RELRO|NOW|FLAGS|PLTGOT|PLTRELSZ'
   = fix: link with -z relro -z now

  file      rustc   PIE  NX  RELRO  worst
  hard.elf  1.83.0  ✓    ✓   full   none
  soft.elf  -       ✗    ✗   part   deny RP2101
2 errors, 1 warning, 3 passed, 0 n/a, 0 unknown
-v shows every place, --format full every check and its evidence
note: 1 of 2 artefacts is not Rust (--only-rust leaves such out, --any-language silences this)
error: 2 findings at level deny
## A folder: the fleet.
$ rustproof bin tree --select pie,nx-stack,full-relro --> 1
  file            rustc   PIE  NX  RELRO  worst
  tree/a/tool-01  -       ✗    ✗   part   deny RP2101
  tree/a/tool-02  -       ✗    ✗   part   deny RP2101
  tree/a/tool-04  -       ✗    ✗   part   deny RP2101
  tree/a/tool-05  -       ✗    ✗   part   deny RP2101
  tree/a/tool-07  -       ✗    ✗   part   deny RP2101
  tree/a/tool-08  -       ✗    ✗   part   deny RP2101
  tree/a/tool-10  -       ✗    ✗   part   deny RP2101
  tree/a/tool-11  -       ✗    ✗   part   deny RP2101
  tree/a/tool-00  1.83.0  ✓    ✓   full   none
  tree/a/tool-03  1.83.0  ✓    ✓   full   none
  tree/a/tool-06  1.83.0  ✓    ✓   full   none
  tree/a/tool-09  1.83.0  ✓    ✓   full   none
  ✗ RP2101 pie                      8: not position-independent: the program and its data lie at fixed addresses
  ✗ RP2102 nx-stack                 8: the stack is executable
  ! RP2104 full-relro               8: partial RELRO: .got.plt stays writable after start-up
12 artefacts (4 Rust) in 12 files · 8 with errors, 0 with warnings
16 errors, 8 warnings, 12 passed, 0 n/a, 0 unknown
one file: rustproof bin FILE; all: --format full
note: 8 of 12 artefacts are not Rust (--only-rust leaves such out, --any-language silences this)
error: 16 findings at level deny
$ rustproof bin tree --select pie,full-relro --only-rust
  file            rustc   PIE  RELRO  worst
  tree/a/tool-00  1.83.0  ✓    full   none
  tree/a/tool-03  1.83.0  ✓    full   none
  tree/a/tool-06  1.83.0  ✓    full   none
  tree/a/tool-09  1.83.0  ✓    full   none
0 errors, 0 warnings, 8 passed, 0 n/a, 0 unknown
-v shows every place, --format full every check and its evidence
## A member of a package.
$ rustproof bin pack.tar.gz --select nx-stack --any-language --> 1
pack.tar.gz!usr/bin/soft tool  ELF 64-bit LE x86-64, dynamically linked, not PIE · not Rust · stripped · 4.2 kB
  to verify by hand, first: bsdtar -xOf pack.tar.gz 'usr/bin/soft tool' > 'soft tool'
  ✗ DENY  RP2102 nx-stack  the stack is executable
          read    at 0x158: program header GNU_STACK is RWE
          verify  readelf -lW 'soft tool' | grep GNU_STACK
          fix     link with -z noexecstack
          or      find the object that asks for it (readelf -SW shows none or an executable .note.GNU-stack), and look for -z execstack among the linker's arguments
1 error, 0 warnings, 0 passed, 0 n/a, 0 unknown
-v shows every check, --format full shows all evidence
error: 1 finding at level deny
## Standard input.
$ rustproof bin - < soft.elf --select nx-stack --any-language --> 1
-  ELF 64-bit LE x86-64, dynamically linked, not PIE · not Rust · stripped · 4.2 kB
  ✗ DENY  RP2102 nx-stack  the stack is executable
          read    at 0x158: program header GNU_STACK is RWE
          verify  readelf -lW FILE | grep GNU_STACK
          fix     link with -z noexecstack
          or      find the object that asks for it (readelf -SW shows none or an executable .note.GNU-stack), and look for -z execstack among the linker's arguments
1 error, 0 warnings, 0 passed, 0 n/a, 0 unknown
-v shows every check, --format full shows all evidence
error: 1 finding at level deny
## Quiet: problems only.
$ rustproof -q bin soft.elf --select pie,full-relro --> 1
  ✗ DENY  RP2101 pie         not position-independent: the program and its data lie at fixed addresses
  ! WARN  RP2104 full-relro  partial RELRO: .got.plt stays writable after start-up
1 error, 1 warning, 0 passed, 0 n/a, 0 unknown
$ rustproof -q bin hard.elf --select pie,full-relro
0 errors, 0 warnings, 2 passed, 0 n/a, 0 unknown
## Policy.
$ rustproof bin soft.elf --any-language --select pie -W pie
soft.elf  ELF 64-bit LE x86-64, dynamically linked, not PIE · not Rust · stripped · 4.2 kB
  ! WARN  RP2101 pie  not position-independent: the program and its data lie at fixed addresses
          read    at 0x10: e_type is ET_EXEC
          verify  readelf -hldW soft.elf | grep -E 'Type:|INTERP|FLAGS_1'
          fix     compile with -fPIE and link with -pie
0 errors, 1 warning, 0 passed, 0 n/a, 0 unknown
-v shows every check, --format full shows all evidence
$ rustproof bin soft.elf --any-language --select full-relro -D warnings --> 1
soft.elf  ELF 64-bit LE x86-64, dynamically linked, not PIE · not Rust · stripped · 4.2 kB
  ✗ DENY  RP2104 full-relro  partial RELRO: .got.plt stays writable after start-up
          read    at 0x1050: DT_PLTRELSZ is 240: calls are bound lazily
                  at 0x120: program header GNU_RELRO covers 0x401000+0x80
          verify  readelf -lWd soft.elf | grep -E 'LOAD|RELRO|NOW|FLAGS|PLTGOT|PLTRELSZ'
          fix     link with -z relro -z now
1 error, 0 warnings, 0 passed, 0 n/a, 0 unknown
-v shows every check, --format full shows all evidence
error: 1 finding at level deny
$ rustproof bin soft.elf --any-language --select full-relro -Dwarnings -A full_relro
soft.elf  ELF 64-bit LE x86-64, dynamically linked, not PIE · not Rust · stripped · 4.2 kB
0 errors, 0 warnings, 0 passed, 0 n/a, 0 unknown, 1 allowed
-v shows every check, --format full shows all evidence
$ rustproof bin soft.elf --any-language --select pie -A pie --show-suppressed
soft.elf  ELF 64-bit LE x86-64, dynamically linked, not PIE · not Rust · stripped · 4.2 kB
  – allow RP2101 pie  not position-independent: the program and its data lie at fixed addresses
          read    at 0x10: e_type is ET_EXEC
          verify  readelf -hldW soft.elf | grep -E 'Type:|INTERP|FLAGS_1'
          fix     compile with -fPIE and link with -pie
0 errors, 0 warnings, 0 passed, 0 n/a, 0 unknown, 1 allowed
-v shows every check, --format full shows all evidence
$ rustproof bin soft.elf --any-language --select full-relro --fail-on warn --> 1
soft.elf  ELF 64-bit LE x86-64, dynamically linked, not PIE · not Rust · stripped · 4.2 kB
  ! WARN  RP2104 full-relro  partial RELRO: .got.plt stays writable after start-up
          read    at 0x1050: DT_PLTRELSZ is 240: calls are bound lazily
                  at 0x120: program header GNU_RELRO covers 0x401000+0x80
          verify  readelf -lWd soft.elf | grep -E 'LOAD|RELRO|NOW|FLAGS|PLTGOT|PLTRELSZ'
          fix     link with -z relro -z now
0 errors, 1 warning, 0 passed, 0 n/a, 0 unknown
-v shows every check, --format full shows all evidence
error: 1 finding at level warn or above
$ rustproof bin soft.elf --any-language --select pie --fail-on=never
soft.elf  ELF 64-bit LE x86-64, dynamically linked, not PIE · not Rust · stripped · 4.2 kB
  ✗ DENY  RP2101 pie  not position-independent: the program and its data lie at fixed addresses
          read    at 0x10: e_type is ET_EXEC
          verify  readelf -hldW soft.elf | grep -E 'Type:|INTERP|FLAGS_1'
          fix     compile with -fPIE and link with -pie
1 error, 0 warnings, 0 passed, 0 n/a, 0 unknown
-v shows every check, --format full shows all evidence
$ rustproof bin soft.elf --any-language --select pie --exit-zero
soft.elf  ELF 64-bit LE x86-64, dynamically linked, not PIE · not Rust · stripped · 4.2 kB
  ✗ DENY  RP2101 pie  not position-independent: the program and its data lie at fixed addresses
          read    at 0x10: e_type is ET_EXEC
          verify  readelf -hldW soft.elf | grep -E 'Type:|INTERP|FLAGS_1'
          fix     compile with -fPIE and link with -pie
1 error, 0 warnings, 0 passed, 0 n/a, 0 unknown
-v shows every check, --format full shows all evidence
$ rustproof bin soft.elf --any-language --select pie,nx-stack,full-relro --max-findings 1 --> 1
soft.elf  ELF 64-bit LE x86-64, dynamically linked, not PIE · not Rust · stripped · 4.2 kB
  ✗ DENY  RP2101 pie  not position-independent: the program and its data lie at fixed addresses
          read    at 0x10: e_type is ET_EXEC
          verify  readelf -hldW soft.elf | grep -E 'Type:|INTERP|FLAGS_1'
          fix     compile with -fPIE and link with -pie
  … 2 more results: --max-findings hides them
2 errors, 1 warning, 0 passed, 0 n/a, 0 unknown
-v shows every check, --format full shows all evidence
error: 2 findings at level deny
