$ rustproof --version
rustproof VERSION
$ rustproof -V
rustproof VERSION
$ rustproof explain full-relro | head -4
RP2104 full-relro · default level warn · since 0.1
  passes when what the loader resolves is read-only after start-up

What it checks
$ rustproof explain rp2104 RP2101 -f md | grep '^# '
# RP2104 full-relro
# RP2101 pie
$ rustproof explain RP2104 --format json | $PYTHON -c 'import json,sys; d=json.load(sys.stdin); print(d[0]["check"]["code"], [s["heading"] for s in d[0]["sections"]])'
RP2104 ['What it checks', 'Why it matters', 'How it decides', 'What it cannot see', 'Fix', 'Evidence by hand', 'Guide section', 'References']
$ rustproof explain exit-codes --width 60
  The exit code depends on findings and policy only, never
  on format, verbosity or colour.

0
  The audit is complete; nothing is at or above --fail-on
  (default: deny).

1
  The audit found something at or above --fail-on. Wins over
  3; the JSON formats say complete: false then. --exit-zero
  makes it 0.

2
  Usage error; nothing was audited.

3
  The audit is incomplete: an input could not be read or
  understood, or the outcome of a check at level deny is
  unknown (--allow-incomplete accepts both), or a report
  could not be written. What is shown is valid.

4
  Nothing to audit: a named path holds nothing that
  rustproof understands, or there was nothing to state in
  OpenVEX and none is written (--allow-empty makes both 0).

70
  Internal error or out of memory. Please report it with the
  output of rustproof doctor.
$ rustproof explain relro --> 2
error: there is no page about 'relro'
hint: did you mean full-relro, relro-page-size?
$ rustproof explain --> 2
error: explain needs a code, a name, a prefix such as RP21, or exit-codes
hint: rustproof list shows all checks
$ rustproof list -f json | $PYTHON -c 'import json,sys; d=json.load(sys.stdin); print(len(d) > 20, d[0]["code"])'
True RP0001
$ rustproof list targets | head -1
target                              PIE  static-PIE  RELRO  probes  sanitizers
$ rustproof list checks | head -2
RP0001  odd-input                        warn  all         the file follows the rules of its format
RP0002  packed                           warn  all         the file holds the code that runs
$ rustproof list nothing --> 2
error: there is no list of 'nothing'
hint: rustproof list checks, or rustproof list targets
$ rustproof doctor | grep -E '^[A-Z]'
Libraries
Toolchain
Tools that the commands for checking by hand use
What can be checked here
$ rustproof --help --width 80
Says of Rust programs and libraries which mitigations of the Rust security guide
they have, with the evidence, and how to mend what is missing.

Usage: rustproof [FLAGS] [PATH…]
       rustproof COMMAND [FLAGS] [ARGUMENTS]

Commands:
  audit                       audit paths, or this Cargo project; may be left
                              out
  bin                         audit executables, libraries, objects, archives
                              and packages
  deps                        audit dependencies: what is inside, what is known
                              against it, whether sources are genuine
  sbom                        write a bill of materials: CycloneDX 1.6, or with
                              -f spdx SPDX 2.3
  vex                         say which advisories concern a project or
                              artefact: OpenVEX, or with -f cyclonedx CycloneDX
  src                         audit Rust source: where unsafe code is, how much
                              of it is needless, and where it is wrong
  list                        list the checks, or the targets that are known
  explain                     print the page of a check (code or name), a group
                              (RP21), or exit-codes
  facts                       print everything that was read of a file, without
                              judgement
  db                          show, find or update the database of advisories
  doctor                      print versions, libraries, tools and what can be
                              checked here
  completions                 print completions for bash, zsh or fish
  man                         print the manual page
  help                        print help of a command

Selection:
      --select CHECK,…        run these checks only: codes (RP2104), prefixes
                              (RP21), names (full-relro) or all
      --ignore CHECK,…        do not run these checks
  -A, --allow CHECK,…         report these neither as warnings nor as errors; as
                              in rustc, the later of -A, -W, -D wins
  -W, --warn CHECK,…          make these warnings
  -D, --deny CHECK,…          make these errors; -D warnings makes every warning
                              an error
      --[no-]preview          run checks that are still on trial too
      --[no-]only-rust        in folders and packages, leave out what is not
                              Rust
      --[no-]any-language     audit files that are not Rust without a remark
      --[no-]code             read the machine code (default: of named files,
                              when they are 16 at most)

Project:
  -r, --release               in a Cargo project: artefacts of the release
                              profile only
      --profile NAME          in a Cargo project: artefacts of this profile only
      --target-dir FOLDER     in a Cargo project: where its artefacts are

Dependencies:
      --target TRIPLE         what is in the build for this target (default: for
                              any)
      --features FEATURE,…    features of the members that are on;
                              MEMBER/FEATURE for one of them
      --all-features          all features of the members are on
      --no-default-features   the default features of the members are off

Policy:
      --fail-on LEVEL         lowest level of a finding that makes the exit code
                              1 [deny, warn, note, never]
      --exit-zero             exit with 0 in spite of findings
      --allow-incomplete      an incomplete audit alone is no failure (exit code
                              3)
      --allow-empty           a path without anything to audit is no failure
                              (exit code 4)

Output:
  -f, --format FORMAT         form of the report [text, short, table, full,
                              json, jsonl, cargo-audit, cyclonedx, spdx,
                              openvex, sarif]
  -o, --output [FORMAT=]FILE  write a report to a file, beside the one on the
                              screen; may be given more than once
      --show WHAT,…           give these results a line each [pass, na, unknown,
                              all]
      --by WHAT               split what code is covered by crate, language or
                              object file [none, crate, language, object]
      --show-suppressed       show what -A allows
      --max-findings N        show at most so many problems on the screen; the
                              exit code counts all
      --redact-paths          hide names of users in paths, for reports that are
                              passed on
      --color WHEN            colour; NO_COLOR and CARGO_TERM_COLOR are
                              respected [auto, always, never]
      --[no-]unicode          signs beyond ASCII (default: when the locale is
                              UTF-8)
      --[no-]hyperlinks       links to files on the terminal
      --width COLUMNS         width of the text, 0 for no limit (default: the
                              terminal's)
      --[no-]progress         progress line (default: on a terminal)
  -q, --quiet                 problems only, one line each
  -v, --verbose               a line for every check; twice: with its evidence

Database:
      --db PATH               database of advisories: RustSec's layout, OSV
                              files or a zip of them; several with ':' between
                              (default: rustproof's own, else cargo-audit's or
                              cargo-deny's)

Run:
  -j, --jobs N                threads (default: one per processor)
      --max-file-size SIZE    larger files are errors (default: 4GiB)
      --max-memory SIZE       memory for one artefact beside its bytes (default:
                              512MiB)
      --max-unpacked SIZE     what may come out of the packages in one file
                              (default: 8GiB)
  -h, --help                  print help
  -V, --version               print the version

Every flag can be set by a variable: RUSTPROOF_FORMAT=short,
RUSTPROOF_FAIL_ON=warn. Exit codes: rustproof explain exit-codes.
$ rustproof help explain
rustproof explain: print the page of a check (code or name), a group (RP21), or exit-codes

Usage: rustproof explain [FLAGS] WHAT…

The pages are part of the program: no network is needed. -f md prints them as they are written, -f json as parts.

Output:
  -f, --format FORMAT         form of the report [text, short, table, full, json, jsonl, cargo-audit, cyclonedx, spdx, openvex, sarif]
      --color WHEN            colour; NO_COLOR and CARGO_TERM_COLOR are respected [auto, always, never]
      --[no-]unicode          signs beyond ASCII (default: when the locale is UTF-8)
      --width COLUMNS         width of the text, 0 for no limit (default: the terminal's)
  -q, --quiet                 problems only, one line each
  -v, --verbose               a line for every check; twice: with its evidence

Run:
  -h, --help                  print help
  -V, --version               print the version
$ rustproof help nothing --> 2
error: there is no command 'nothing'
hint: rustproof help lists the commands
