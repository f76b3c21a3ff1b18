#!/bin/bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# Machine code: MB of code a second on one core, beside llvm-objdump -d and objdump -d on the same file
# and llvm-cfi-verify on a program with CFI, all in one run. Prints Markdown.
#   bench/code.sh BUILD [AARCH64_FILE]
# AARCH64_FILE: a large library, such as a package's Node binding; default: the largest cross library.
set -uo pipefail
build=$(realpath "$1")
bench=$build/tests/differential/bench_code
[ -x "$bench" ] || { echo "$bench: build it first" >&2; exit 2; }
x86=$(ls -S "$(rustc --print sysroot)"/lib/librustc_driver-*.so 2>/dev/null | head -1)
arm=${2:-$(ls -S /usr/aarch64-linux-gnu/lib/*.so* 2>/dev/null | head -1)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

row() { # WHAT BYTES SECONDS
  awk -v what="$1" -v bytes="$2" -v s="$3" 'BEGIN {
    printf "| %s | %.2f s | %s |\n", what, s, (s > 0 ? sprintf("%.0f MB/s", bytes / 1e6 / s) : "") }'
}

cpu() { # processor seconds of a command
  ( TIMEFORMAT="%U %S"
    { time "$@" >/dev/null 2>&1; } 2>&1 | tail -1 | awk '{ print $1 + $2 }' )
}

code_size() { # bytes of a file's executable sections
  readelf -SW "$1" | sed -n 's/^ *\[ *[0-9]*\] *//p' | awk '$7 ~ /X/ { n += strtonum("0x" $5) } END { print n }'
}

ours() { # FILE
  "$bench" "$1" 3 | awk '
    /MB\/s/ { s = $(NF - 3); mb = $(NF - 1); NF -= 4; printf "| %s | %s s | %s MB/s |\n", $0, s, mb }
    /branches:/ { print "| " $0 " | | |" }'
}

theirs() { # FILE
  local bytes
  bytes=$(code_size "$1")
  for tool in llvm-objdump objdump; do
    command -v $tool >/dev/null || { echo "| $tool -d: not installed | | |"; continue; }
    if [ "$tool" = objdump ] && [ -n "${2:-}" ]; then
      tool=$2-linux-gnu-objdump # binutils' reads one machine only
      command -v "$tool" >/dev/null || { echo "| $tool -d: not installed | | |"; continue; }
    fi
    row "$tool -d" "$bytes" "$(cpu $tool -d "$1")"
  done
}

cfi() {
  printf 'fn main() { let f: fn(u32) = if std::env::args().count() > 1 { a } else { b }; f(1) }
fn a(x: u32) { println!("{x}") }
fn b(x: u32) { println!("{}", x + 1) }\n' >"$work/p.rs"
  RUSTC_BOOTSTRAP=1 rustc -O -Zsanitizer=cfi -Clto=fat -Ccodegen-units=1 \
    -Cunsafe-allow-abi-mismatch=sanitizer -o "$work/p" "$work/p.rs" 2>/dev/null ||
    { echo "| no program with CFI: rustc cannot build it | | |"; return; }
  local bytes
  bytes=$(code_size "$work/p")
  ours "$work/p" | grep -v wall
  command -v llvm-cfi-verify >/dev/null || { echo "| llvm-cfi-verify: not installed | | |"; return; }
  row "llvm-cfi-verify" "$bytes" "$(cpu llvm-cfi-verify --ignore-dwarf "$work/p")"
}

table() { # TITLE
  printf '\n| %s | | |\n|---|---|---|\n' "$1"
}

echo "Processor time of one core, best of three rounds (others: one)."
echo "Load when begun: $(cut -d' ' -f1-3 /proc/loadavg)."
if [ -n "$x86" ]; then
  table "$(basename "$x86"), x86-64, $(code_size "$x86") bytes of code"
  ours "$x86"
  theirs "$x86"
fi
if [ -n "$arm" ]; then
  table "$(basename "$arm"), AArch64, $(code_size "$arm") bytes of code"
  ours "$arm"
  theirs "$arm" aarch64
fi
table "a program with LLVM CFI"
cfi
