## Names that try to forge lines, to move the cursor, to hide, to be flags.
$ rustproof bin hostile --select pie --any-language --> 1
error[RP2101 pie]: not position-independent: the program and its data lie at fixed addresses
  --> hostile/-rf $(x) 'q'
   = also in: hostile/a\x0ab: error[RP2101]: forged, hostile/bad\xff\xfe, hostile/esc\x1b]0;x\x07\x1b[2J, hostile/rtl\u{202e}gnp.exe
   = read: at 0x10: e_type is ET_EXEC
   = verify: readelf -hldW 'hostile/-rf $(x) '\''q'\''' | grep -E 'Type:|INTERP|FLAGS_1'
   = fix: compile with -fPIE and link with -pie

  file                                   rustc  PIE  worst
  hostile/-rf $(x) 'q'                   -      ✗    deny RP2101
  hostile/a\x0ab: error[RP2101]: forged  -      ✗    deny RP2101
  hostile/bad\xff\xfe                    -      ✗    deny RP2101
  hostile/esc\x1b]0;x\x07\x1b[2J         -      ✗    deny RP2101
  hostile/rtl\u{202e}gnp.exe             -      ✗    deny RP2101
5 errors, 0 warnings, 0 passed, 0 n/a, 0 unknown
-v shows every place, --format full every check and its evidence
error: 5 findings at level deny
$ rustproof bin hostile --select pie --any-language -f short --> 1
hostile/-rf $(x) 'q': error[RP2101 pie]: not position-independent: the program and its data lie at fixed addresses
hostile/a\x0ab: error[RP2101]: forged: error[RP2101 pie]: not position-independent: the program and its data lie at fixed addresses
hostile/bad\xff\xfe: error[RP2101 pie]: not position-independent: the program and its data lie at fixed addresses
hostile/esc\x1b]0;x\x07\x1b[2J: error[RP2101 pie]: not position-independent: the program and its data lie at fixed addresses
hostile/rtl\u{202e}gnp.exe: error[RP2101 pie]: not position-independent: the program and its data lie at fixed addresses
error: 5 findings at level deny
$ rustproof bin hostile --select pie --any-language -f table --> 1
  file                                   rustc  PIE  worst
  hostile/-rf $(x) 'q'                   -      ✗    deny RP2101
  hostile/a\x0ab: error[RP2101]: forged  -      ✗    deny RP2101
  hostile/bad\xff\xfe                    -      ✗    deny RP2101
  hostile/esc\x1b]0;x\x07\x1b[2J         -      ✗    deny RP2101
  hostile/rtl\u{202e}gnp.exe             -      ✗    deny RP2101
5 artefacts (0 Rust) in 5 files · 5 with errors, 0 with warnings
5 errors, 0 warnings, 0 passed, 0 n/a, 0 unknown
error: 5 findings at level deny
$ rustproof bin hostile --select pie --any-language -f full --> 1
hostile/-rf $(x) 'q'  ELF 64-bit LE x86-64, dynamically linked, not PIE · not Rust · stripped · 4.2 kB
  ✗ DENY  RP2101 pie  not position-independent: the program and its data lie at fixed addresses
          asks    the program is loaded at a random address
          read    at 0x10: e_type is ET_EXEC
          verify  readelf -hldW 'hostile/-rf $(x) '\''q'\''' | grep -E 'Type:|INTERP|FLAGS_1'
          fix     compile with -fPIE and link with -pie

hostile/a\x0ab: error[RP2101]: forged  ELF 64-bit LE x86-64, dynamically linked, not PIE · not Rust · stripped · 4.2 kB
  ✗ DENY  RP2101 pie  not position-independent: the program and its data lie at fixed addresses
          asks    the program is loaded at a random address
          read    at 0x10: e_type is ET_EXEC
          verify  readelf -hldW $'hostile/a\012b: error[RP2101]: forged' | grep -E 'Type:|INTERP|FLAGS_1'
          fix     compile with -fPIE and link with -pie

hostile/bad\xff\xfe  ELF 64-bit LE x86-64, dynamically linked, not PIE · not Rust · stripped · 4.2 kB
  ✗ DENY  RP2101 pie  not position-independent: the program and its data lie at fixed addresses
          asks    the program is loaded at a random address
          read    at 0x10: e_type is ET_EXEC
          verify  readelf -hldW $'hostile/bad\377\376' | grep -E 'Type:|INTERP|FLAGS_1'
          fix     compile with -fPIE and link with -pie

hostile/esc\x1b]0;x\x07\x1b[2J  ELF 64-bit LE x86-64, dynamically linked, not PIE · not Rust · stripped · 4.2 kB
  ✗ DENY  RP2101 pie  not position-independent: the program and its data lie at fixed addresses
          asks    the program is loaded at a random address
          read    at 0x10: e_type is ET_EXEC
          verify  readelf -hldW $'hostile/esc\033]0;x\007\033[2J' | grep -E 'Type:|INTERP|FLAGS_1'
          fix     compile with -fPIE and link with -pie

hostile/rtl\u{202e}gnp.exe  ELF 64-bit LE x86-64, dynamically linked, not PIE · not Rust · stripped · 4.2 kB
  ✗ DENY  RP2101 pie  not position-independent: the program and its data lie at fixed addresses
          asks    the program is loaded at a random address
          read    at 0x10: e_type is ET_EXEC
          verify  readelf -hldW $'hostile/rtl\342\200\256gnp.exe' | grep -E 'Type:|INTERP|FLAGS_1'
          fix     compile with -fPIE and link with -pie

5 errors, 0 warnings, 0 passed, 0 n/a, 0 unknown
error: 5 findings at level deny
$ rustproof bin hostile -f json 2>/dev/null | $PYTHON $TESTS/validate.py report
valid: 1
$ rustproof bin hostile -f jsonl 2>/dev/null | $PYTHON $TESTS/validate.py report lines
valid: 7
$ rustproof facts hostile | $PYTHON $TESTS/validate.py facts
valid: 1
$ rustproof bin hostile --select pie --any-language -f json | grep -E '"(path|path_bytes|name_bytes)"'
error: 5 findings at level deny
      "path": "hostile/-rf $(x) 'q'",
      "path": "hostile/a\nb: error[RP2101]: forged",
      "name_bytes": "686f7374696c652f626164fffe",
      "path": "hostile/bad\ufffd\ufffd",
      "path_bytes": "686f7374696c652f626164fffe",
      "path": "hostile/esc\u001b]0;x\u0007\u001b[2J",
      "path": "hostile/rtl\u202egnp.exe",
## The command that is printed works on such a name.
$ cd hostile && for f in *; do rustproof bin -f json --select pie --any-language -- "$f"; done | grep '"verify"' | $PYTHON -c 'import json,sys; [print(json.loads("{"+l.strip().rstrip(",")+"}")["verify"]) for l in sys.stdin]' > ../commands; bash ../commands | grep -c EXEC
error: 1 finding at level deny
error: 1 finding at level deny
error: 1 finding at level deny
error: 1 finding at level deny
error: 1 finding at level deny
5
