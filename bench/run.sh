#!/bin/bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# The benchmarks: prints a Markdown report. See bench/RESULTS.md for the last one kept.
# Machine code (bench/code.sh) is measured where RUSTPROOF lies in its build folder.
#   bench/run.sh RUSTPROOF [FOLDER…]        folders with ELF files, default: /usr/bin /usr/sbin /usr/lib
set -euo pipefail
rustproof=$(realpath "$1")
shift
[ $# -gt 0 ] || set -- /usr/bin /usr/sbin /usr/lib
here=$(dirname "$0")
python3 "$here/bench.py" "$rustproof" "$@"
build=$(dirname "$rustproof")
if [ -x "$build/tests/differential/bench_code" ]; then
  printf '\n## Machine code\n\n'
  "$here/code.sh" "$build"
fi
if [ -x "$build/tests/rust/bench_rust" ]; then
  printf '\n## Rust source\n'
  peers="$here/rust_peers/target/release/rust_peers" # cargo build --release, there
  [ -x "$peers" ] || printf '\nOther parsers are skipped: %s is not built\n' "$peers"
  python3 "$here/bench_rust.py" "$build/tests/rust/bench_rust" --rustproof "$rustproof" \
    $([ ! -x "$peers" ] || echo --peers "$peers")
fi
