$ rustproof bin soft.elf tree/a/tool-00 --select pie,full-relro -f short --> 1
soft.elf: error[RP2101 pie]: not position-independent: the program and its data lie at fixed addresses
soft.elf: warning[RP2104 full-relro]: partial RELRO: .got.plt stays writable after start-up
note: 1 of 2 artefacts is not Rust (--only-rust leaves such out, --any-language silences this)
error: 1 finding at level deny
$ rustproof bin soft.elf tree/a/tool-00 --select pie,full-relro -fshort -v --> 1
soft.elf: error[RP2101 pie]: not position-independent: the program and its data lie at fixed addresses
soft.elf: warning[RP2104 full-relro]: partial RELRO: .got.plt stays writable after start-up
tree/a/tool-00: pass[RP2101 pie]: position-independent executable
tree/a/tool-00: pass[RP2104 full-relro]: GNU_RELRO with immediate binding
note: 1 of 2 artefacts is not Rust (--only-rust leaves such out, --any-language silences this)
error: 1 finding at level deny
$ rustproof bin soft.elf hard.elf short.elf --select pie,full-relro,nx-stack --format=table --> 1
  file       rustc   PIE  NX  RELRO  worst
  hard.elf   1.83.0  ✓    ✓   full   none
  short.elf  ?                       unreadable: the ELF header is cut short: 40 bytes
  soft.elf   -       ✗    ✗   part   deny RP2101
2 artefacts (1 Rust) in 3 files · 1 with errors, 0 with warnings, 1 unreadable
2 errors, 1 warning, 3 passed, 0 n/a, 0 unknown, 1 unreadable
note: 1 of 2 artefacts is not Rust (--only-rust leaves such out, --any-language silences this)
error: the audit is incomplete: 1 input could not be read
hint: what could be read is in the report, --format short says why the rest could not; --allow-incomplete accepts that
error: 2 findings at level deny
$ rustproof bin soft.elf hard.elf --select full-relro -f full --any-language
hard.elf  ELF 64-bit LE x86-64, dynamically linked, PIE · rustc 1.83.0 (from .comment) · stripped · 4.4 kB
  ✓ pass  RP2104 full-relro  GNU_RELRO with immediate binding
          asks    what the loader resolves is read-only after start-up
          read    at 0x1060: DT_FLAGS_1 NOW
                  at 0x120: program header GNU_RELRO covers 0x1000+0x80
          verify  readelf -lWd hard.elf | grep -E 'LOAD|RELRO|NOW|FLAGS|PLTGOT|PLTRELSZ'

soft.elf  ELF 64-bit LE x86-64, dynamically linked, not PIE · not Rust · stripped · 4.2 kB
  ! WARN  RP2104 full-relro  partial RELRO: .got.plt stays writable after start-up
          asks    what the loader resolves is read-only after start-up
          read    at 0x1050: DT_PLTRELSZ is 240: calls are bound lazily
                  at 0x120: program header GNU_RELRO covers 0x401000+0x80
          verify  readelf -lWd soft.elf | grep -E 'LOAD|RELRO|NOW|FLAGS|PLTGOT|PLTRELSZ'
          fix     link with -z relro -z now

0 errors, 1 warning, 1 passed, 0 n/a, 0 unknown
$ rustproof bin tree --select pie,full-relro -f json | $PYTHON $TESTS/validate.py report
note: 8 of 12 artefacts are not Rust (--only-rust leaves such out, --any-language silences this)
error: 8 findings at level deny
valid: 1
$ rustproof bin tree --select pie,full-relro -f jsonl | $PYTHON $TESTS/validate.py report lines
note: 8 of 12 artefacts are not Rust (--only-rust leaves such out, --any-language silences this)
error: 8 findings at level deny
valid: 14
$ rustproof bin soft.elf short.elf pack.tar.gz note.txt -f json 2>/dev/null | $PYTHON $TESTS/validate.py report
valid: 1
$ rustproof facts soft.elf hard.elf short.elf pack.tar.gz 2>/dev/null | $PYTHON $TESTS/validate.py facts
valid: 1
$ rustproof facts soft.elf hard.elf -f jsonl | $PYTHON $TESTS/validate.py facts lines
valid: 2
$ rustproof bin soft.elf --select full-relro --any-language -f json | sed '/"checks": \[/,/^  \],/d'
{
  "schema": 1,
  "tool": {
    "name": "rustproof",
    "version": "VERSION"
  },
  "command": "rustproof bin soft.elf --select full-relro --any-language -f json",
  "targets": [
    {
      "name": "soft.elf",
      "path": "soft.elf",
      "member": "",
      "extract": "",
      "judged": true,
      "skipped": null,
      "error": null,
      "artefact": {
        "format": "ELF",
        "arch": "x86-64",
        "bits": 64,
        "byte_order": "little",
        "kind": "executable",
        "size": 4225,
        "rust": {
          "is_rust": "no",
          "version": "",
          "version_by": "",
          "channel": "",
          "commit": "",
          "triple": "x86_64-unknown-linux-gnu"
        }
      },
      "worst": "warn",
      "complete": true,
      "counts": {
        "deny": 0,
        "warn": 1,
        "note": 0,
        "passed": 0,
        "not_applicable": 0,
        "unknown": 0,
        "errors": 0
      },
      "results": [
        {
          "code": "RP2104",
          "name": "full-relro",
          "outcome": "finding",
          "level": "warn",
          "allowed": false,
          "text": "partial RELRO: .got.plt stays writable after start-up",
          "brief": "part",
          "where": null,
          "subject": "",
          "pulled_in_by": "",
          "evidence": [
            {
              "offset": 4176,
              "text": "DT_PLTRELSZ is 240: calls are bound lazily"
            },
            {
              "offset": 288,
              "text": "program header GNU_RELRO covers 0x401000+0x80"
            }
          ],
          "verify": "readelf -lWd soft.elf | grep -E 'LOAD|RELRO|NOW|FLAGS|PLTGOT|PLTRELSZ'",
          "cause": null,
          "fixes": [
            {
              "file": "",
              "key": "",
              "value": "link with -z relro -z now",
              "safety": "manual"
            }
          ],
          "coverage": null,
          "fingerprint": "0553ddd479b6f6522b44332d14397638"
        }
      ]
    }
  ],
  "summary": {
    "complete": true,
    "nothing_named": false,
    "files": 1,
    "judged": 1,
    "failed": 0,
    "skipped_not_rust": 0,
    "skipped_debug": 0,
    "others": 0,
    "allowed": 0,
    "counts": {
      "deny": 0,
      "warn": 1,
      "note": 0,
      "passed": 0,
      "not_applicable": 0,
      "unknown": 0,
      "errors": 0
    }
  }
}
## Several outputs of one run; the screen keeps its text.
$ rustproof bin soft.elf --select pie --any-language -o json=r.json -o short=r.txt -o s.jsonl --> 1
soft.elf  ELF 64-bit LE x86-64, dynamically linked, not PIE · not Rust · stripped · 4.2 kB
  ✗ DENY  RP2101 pie  not position-independent: the program and its data lie at fixed addresses
          read    at 0x10: e_type is ET_EXEC
          verify  readelf -hldW soft.elf | grep -E 'Type:|INTERP|FLAGS_1'
          fix     compile with -fPIE and link with -pie
1 error, 0 warnings, 0 passed, 0 n/a, 0 unknown
-v shows every check, --format full shows all evidence
error: 1 finding at level deny
$ $PYTHON $TESTS/validate.py report < r.json && $PYTHON $TESTS/validate.py report lines < s.jsonl && cat r.txt
valid: 1
valid: 3
soft.elf: error[RP2101 pie]: not position-independent: the program and its data lie at fixed addresses
$ rustproof -q bin soft.elf --select pie -o r.json; ls r.json*
r.json
$ rustproof bin soft.elf --select pie --any-language -o short=- --> 1
soft.elf: error[RP2101 pie]: not position-independent: the program and its data lie at fixed addresses
error: 1 finding at level deny
## The order does not depend on the number of threads.
$ rustproof bin tree -f json -j1 > one.json 2>/dev/null; rustproof bin tree -f json -j2 > two.json 2>/dev/null; sed -i '/"command"/d' one.json two.json; cmp one.json two.json && echo same
same
## Colour, signs, width, links.
$ rustproof bin hard.elf --select pie,full-relro --color always -v
␛[1mhard.elf␛[0m  ELF 64-bit LE x86-64, dynamically linked, PIE · rustc 1.83.0 (from .comment) · stripped · 4.4 kB
  ␛[32m✓␛[0m ␛[32mpass␛[0m  ␛[1mRP2101␛[0m pie         position-independent executable
  ␛[32m✓␛[0m ␛[32mpass␛[0m  ␛[1mRP2104␛[0m full-relro  GNU_RELRO with immediate binding
0 errors, 0 warnings, 2 passed, 0 n/a, 0 unknown
$ NO_COLOR=1 rustproof bin hard.elf --select pie --color always -v
␛[1mhard.elf␛[0m  ELF 64-bit LE x86-64, dynamically linked, PIE · rustc 1.83.0 (from .comment) · stripped · 4.4 kB
  ␛[32m✓␛[0m ␛[32mpass␛[0m  ␛[1mRP2101␛[0m pie  position-independent executable
0 errors, 0 warnings, 1 passed, 0 n/a, 0 unknown
$ CARGO_TERM_COLOR=always rustproof bin hard.elf --select pie -v
␛[1mhard.elf␛[0m  ELF 64-bit LE x86-64, dynamically linked, PIE · rustc 1.83.0 (from .comment) · stripped · 4.4 kB
  ␛[32m✓␛[0m ␛[32mpass␛[0m  ␛[1mRP2101␛[0m pie  position-independent executable
0 errors, 0 warnings, 1 passed, 0 n/a, 0 unknown
$ NO_COLOR=1 CARGO_TERM_COLOR=always rustproof bin hard.elf --select pie -v
hard.elf  ELF 64-bit LE x86-64, dynamically linked, PIE · rustc 1.83.0 (from .comment) · stripped · 4.4 kB
  ✓ pass  RP2101 pie  position-independent executable
0 errors, 0 warnings, 1 passed, 0 n/a, 0 unknown
$ LC_ALL=C rustproof bin soft.elf --select pie,nx-stack,wx-segments --any-language --> 1
soft.elf  ELF 64-bit LE x86-64, dynamically linked, not PIE - not Rust - stripped - 4.2 kB
  X  DENY RP2101 pie       not position-independent: the program and its data lie at fixed addresses
          read    at 0x10: e_type is ET_EXEC
          verify  readelf -hldW soft.elf | grep -E 'Type:|INTERP|FLAGS_1'
          fix     compile with -fPIE and link with -pie
  X  DENY RP2102 nx-stack  the stack is executable
          read    at 0x158: program header GNU_STACK is RWE
          verify  readelf -lW soft.elf | grep GNU_STACK
          fix     link with -z noexecstack
          or      find the object that asks for it (readelf -SW shows none or an executable .note.GNU-stack), and look for -z execstack among the linker's arguments
  ok pass wx-segments
2 errors, 0 warnings, 1 passed, 0 n/a, 0 unknown
-v shows every check, --format full shows all evidence
error: 2 findings at level deny
$ rustproof bin hard.elf --select pie --hyperlinks -q -f full | head -1
␛]8;;file://DIR/hard.elf␛\hard.elf␛]8;;␛\  ELF 64-bit LE x86-64, dynamically linked, PIE · rustc 1.83.0 (from .comment) · stripped · 4.4 kB
$ rustproof bin soft.elf --select full-relro --any-language --width 40
soft.elf  ELF 64-bit LE x86-64,
  dynamically linked, not PIE · not Rust
  · stripped · 4.2 kB
  ! WARN  RP2104 full-relro
          partial RELRO: .got.plt stays
          writable after start-up
          read    at 0x1050: DT_PLTRELSZ
                  is 240: calls are
                  bound lazily
                  at 0x120: program
                  header GNU_RELRO
                  covers 0x401000+0x80
          verify  readelf -lWd \
                      soft.elf |
                    grep -E \
                      'LOAD|RELRO|NOW|FLAGS|PLTGOT|PLTRELSZ'
          fix     link with -z relro -z
                  now
0 errors, 1 warning, 0 passed, 0 n/a, 0
  unknown
-v shows every check, --format full shows all evidence
$ COLUMNS=80 rustproof bin soft.elf --select full-relro --any-language
soft.elf  ELF 64-bit LE x86-64, dynamically linked, not PIE · not Rust ·
  stripped · 4.2 kB
  ! WARN  RP2104 full-relro  partial RELRO: .got.plt stays writable after
                             start-up
          read    at 0x1050: DT_PLTRELSZ is 240: calls are bound lazily
                  at 0x120: program header GNU_RELRO covers 0x401000+0x80
          verify  readelf -lWd soft.elf |
                    grep -E 'LOAD|RELRO|NOW|FLAGS|PLTGOT|PLTRELSZ'
          fix     link with -z relro -z now
0 errors, 1 warning, 0 passed, 0 n/a, 0 unknown
-v shows every check, --format full shows all evidence
$ RUSTPROOF_FORMAT=short RUSTPROOF_SELECT=pie RUSTPROOF_ANY_LANGUAGE=1 rustproof bin soft.elf --> 1
soft.elf: error[RP2101 pie]: not position-independent: the program and its data lie at fixed addresses
error: 1 finding at level deny
$ rustproof bin soft.elf --redact-paths --select pie --any-language -f short --> 1
soft.elf: error[RP2101 pie]: not position-independent: the program and its data lie at fixed addresses
error: 1 finding at level deny
$ rustproof bin -f cyclonedx soft.elf --> 2
error: 'bin' does not read dependencies: rustproof deps, sbom and vex write cyclonedx
