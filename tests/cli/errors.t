$ rustproof --> 2
error: no path is given and this is no Cargo project
hint: rustproof PATH audits a file, folder or package; rustproof --help lists more
$ rustproof bin --> 2
error: rustproof bin needs a path
hint: a file, a folder, a package, or - for standard input
$ rustproof --fromat json --> 2
error: there is no flag --fromat
hint: did you mean --format?
$ rustproof bin hard.elf --release --> 2
error: 'bin' does not take --release
hint: rustproof bin --help lists its flags
$ rustproof bin hard.elf --format xml --> 2
error: there is no format 'xml'
hint: --format takes text|short|table|full|json|jsonl|cargo-audit|cyclonedx|spdx|openvex|sarif
$ rustproof bin hard.elf -o xml=r.xml --> 2
error: there is no format 'xml'
$ rustproof bin hard.elf -o report.xml --> 2
error: 'report.xml' does not tell its format: write FORMAT=report.xml
$ rustproof bin hard.elf --fail-on high --> 2
error: 'high' is no value for --fail-on
hint: --fail-on takes deny|warn|note|never
$ rustproof bin hard.elf --max-memory lots --> 2
error: 'lots' is no value for --max-memory: a size such as 512M or 4GiB
$ rustproof bin hard.elf --jobs --> 2
error: --jobs needs a value: N
$ rustproof bin hard.elf --select full-rello --> 2
error: no check is called 'full-rello'; did you mean 'full-relro'?
hint: rustproof list shows all checks
$ RUSTPROOF_COLOR=blue rustproof bin hard.elf --> 2
error: 'blue' is no value for --color
hint: it comes from the variable RUSTPROOF_COLOR
$ rustproof exlpain RP21 --> 2
error: 'exlpain' is neither a path nor a command
hint: did you mean the command explain?
$ rustproof bin no-such-file --> 3
error: cannot read 'no-such-file': No such file or directory
0 errors, 0 warnings, 0 passed, 0 n/a, 0 unknown, 1 unreadable
error: the audit is incomplete: 1 input could not be read
hint: what could be read is in the report, --format short says why the rest could not; --allow-incomplete accepts that
$ rustproof bin note.txt --> 4
0 artefacts (0 Rust) in 1 file · 0 with errors, 0 with warnings
0 errors, 0 warnings, 0 passed, 0 n/a, 0 unknown
error: nothing to audit in 'note.txt'
hint: executables, libraries, objects, and archives and packages of them can be audited
$ rustproof bin note.txt --allow-empty
0 artefacts (0 Rust) in 1 file · 0 with errors, 0 with warnings
0 errors, 0 warnings, 0 passed, 0 n/a, 0 unknown
$ rustproof bin empty
0 artefacts (0 Rust) in 0 files · 0 with errors, 0 with warnings
0 errors, 0 warnings, 0 passed, 0 n/a, 0 unknown
note: nothing to audit was found (0 files looked at)
$ rustproof bin short.elf --> 3
error: cannot read 'short.elf': the ELF header is cut short: 40 bytes (at 0x0)
0 errors, 0 warnings, 0 passed, 0 n/a, 0 unknown, 1 unreadable
error: the audit is incomplete: 1 input could not be read
hint: what could be read is in the report, --format short says why the rest could not; --allow-incomplete accepts that
$ rustproof bin short.elf --allow-incomplete
error: cannot read 'short.elf': the ELF header is cut short: 40 bytes (at 0x0)
0 errors, 0 warnings, 0 passed, 0 n/a, 0 unknown, 1 unreadable
$ rustproof bin short.elf soft.elf --select pie --any-language --> 1
error: cannot read 'short.elf': the ELF header is cut short: 40 bytes (at 0x0)
error[RP2101 pie]: not position-independent: the program and its data lie at fixed addresses
  --> soft.elf
   = read: at 0x10: e_type is ET_EXEC
   = verify: readelf -hldW soft.elf | grep -E 'Type:|INTERP|FLAGS_1'
   = fix: compile with -fPIE and link with -pie

  file       rustc  PIE  worst
  short.elf  ?           unreadable: the ELF header is cut short: 40 bytes
  soft.elf   -      ✗    deny RP2101
1 error, 0 warnings, 0 passed, 0 n/a, 0 unknown, 1 unreadable
-v shows every place, --format full every check and its evidence
error: the audit is incomplete: 1 input could not be read
hint: what could be read is in the report, --format short says why the rest could not; --allow-incomplete accepts that
error: 1 finding at level deny
$ rustproof bin soft.elf -o /nowhere/r.json --> 3
error: cannot write '/nowhere/r.json': No such file or directory
## Reports that cannot be written are never lost in silence.
$ rustproof bin soft.elf --select pie --any-language > /dev/full --> 3
error: cannot write the report: No space left on device
$ rustproof doctor soft.elf --> 2
error: doctor takes no path or other word
$ rustproof man soft.elf --> 2
error: man takes no path or other word
$ rustproof explain RP9999 --> 2
error: there is no page about 'RP9999'
hint: rustproof list shows all checks
$ rustproof explain fullrelro --> 2
error: there is no page about 'fullrelro'
hint: did you mean full-relro?
$ rustproof list > /dev/full --> 3
error: cannot write to standard output: No space left on device
$ rustproof bin soft.elf --select pie --any-language -o json=/dev/full --> 3
soft.elf  ELF 64-bit LE x86-64, dynamically linked, not PIE · not Rust · stripped · 4.2 kB
  ✗ DENY  RP2101 pie  not position-independent: the program and its data lie at fixed addresses
          read    at 0x10: e_type is ET_EXEC
          verify  readelf -hldW soft.elf | grep -E 'Type:|INTERP|FLAGS_1'
          fix     compile with -fPIE and link with -pie
1 error, 0 warnings, 0 passed, 0 n/a, 0 unknown
-v shows every check, --format full shows all evidence
error: cannot write '/dev/full': No space left on device
$ rustproof list >&- --> 3
error: cannot write to standard output: Bad file descriptor
$ rustproof bin tree -f jsonl | head -c 20
{"type":"run","schem␄
$ rustproof bin -- --version --> 3
error: cannot read '--version': No such file or directory
0 errors, 0 warnings, 0 passed, 0 n/a, 0 unknown, 1 unreadable
error: the audit is incomplete: 1 input could not be read
hint: what could be read is in the report, --format short says why the rest could not; --allow-incomplete accepts that
## A source file that is not understood: what it holds is unknown, so it must not look like a pass.
$ rustproof src open.rs --select RP5103,RP5104 --> 3
unknown[RP5103 needless-unsafe]: 1 file could not be understood
  --> open.rs
   = likewise: RP5104 safety-comment
   = read: open.rs:2: this is never closed

open.rs  Rust 2021, 1 file, 2 lines · 0 unsafe blocks, 0 unsafe operations, 1 file not understood
0 errors, 0 warnings, 0 passed, 0 n/a, 2 unknown
-v shows every place, --format full every check and its evidence
error: the audit is incomplete: 1 input could be read in part only
hint: the outcomes that are unknown say what is missing; --allow-incomplete accepts that
$ rustproof src open.rs --select RP5103 --allow-incomplete -q
0 errors, 0 warnings, 0 passed, 0 n/a, 1 unknown
$ rustproof src open.rs --inventory --> 3
open (open.rs), lines: 2; unsafe functions: 0 of 0, traits: 0, impls: 0, attributes: 0; foreign functions: 0, statics: 0; mutable statics: 0; unsafe code is not forbidden
  unknown: open.rs:2: this is never closed
   deref    call foreign  static  extern   union     asm feature   maybe  blocks    idle
       .       .       .       .       .       .       .       .       .       .       .  all, without tests
       .       .       .       .       .       .       .       .       .       .       .  tests

1 file could not be understood: what they hold is in no number above, and it is not nothing.
Beside cargo-geiger: its functions, traits and impls are those in the first line of a crate. Its expressions
are all that stand in unsafe code, here only operations that are unsafe count ("maybe": that may be, for all
that is known). It counts methods apart from functions, and only files that a build has used: here every
file of the crate counts, under whatever cfg. It counts a file that it cannot parse as nothing.
$ rustproof src gone.rs --select RP5103 --> 3
unknown[RP5103 needless-unsafe]: 1 file could not be understood
  --> gone.rs
   = read: gone.rs:3: module gone has no file

gone.rs  Rust 2021, 1 file, 3 lines · 0 unsafe blocks, 0 unsafe operations, 1 file not understood
0 errors, 0 warnings, 0 passed, 0 n/a, 1 unknown
-v shows every place, --format full every check and its evidence
error: the audit is incomplete: 1 input could be read in part only
hint: the outcomes that are unknown say what is missing; --allow-incomplete accepts that
