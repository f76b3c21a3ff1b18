#!/bin/bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# The demo: compiles demo/meterd in four ways, fetches a few Rust programs of Debian, audits both.
#   demo/run.sh RUSTPROOF
set -uo pipefail
rustproof=$(realpath "$1")
cd "$(dirname "$0")" || exit 1
out=$(realpath ..)/build/demo
mkdir -p "$out/debs"

say() { printf '\n== %s\n' "$*"; }

# compile NAME [VARIABLE=VALUE…]: a release build of meterd under another name
compile() {
  local name=$1
  shift
  (cd meterd && env -u RUSTFLAGS "$@" CARGO_TARGET_DIR="$out/target/$name" cargo build --release --offline \
    --quiet) || { echo "demo: cargo could not build $name" >&2; exit 1; }
  cp "$out/target/$name/release/meterd" "$out/$name"
}

# audit_in FOLDER ARGUMENT…: shows the command; findings are what the demo is for, so 1 and 3 are no failures
audit_in() {
  local folder=$1
  shift
  printf '$ rustproof %s\n' "$*"
  (cd "$folder" && "$rustproof" "$@")
  local code=$?
  echo "(exit status $code)"
  case $code in 0 | 1 | 3) ;; *) exit "$code" ;; esac
}

audit() { audit_in "$out" "$@"; }

say "compiling demo/meterd with $(rustc --version)"
lazy='-Clink-arg=-Wl,-z,lazy'
compile meterd
compile meterd-execstack RUSTFLAGS="$lazy -Clink-arg=-Wl,-z,execstack"
compile meterd-fixed-address RUSTFLAGS="-Crelocation-model=static"
compile meterd-mended RUSTFLAGS="--remap-path-prefix=$PWD=. --remap-path-prefix=$HOME=~" \
  CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS=true CARGO_PROFILE_RELEASE_DEBUG=false \
  CARGO_PROFILE_RELEASE_STRIP=symbols

say "what is wrong in it"
audit bin meterd
say "what is wrong in its source"
audit_in meterd src
say "the other builds beside it"
audit bin --format table meterd meterd-execstack meterd-fixed-address meterd-mended

say "Rust programs of Debian"
fetched=""
for package in ripgrep fd-find bat; do
  if ! compgen -G "$out/debs/${package}_*.deb" >/dev/null; then
    (cd "$out/debs" && timeout 60 apt-get download -q "$package" >/dev/null 2>&1)
  fi
  compgen -G "$out/debs/${package}_*.deb" >/dev/null && fetched="$fetched $package"
done
if [ -n "$fetched" ]; then
  echo "packages:$fetched"
  audit bin --format table debs
else
  echo "no package could be fetched (offline?); auditing /usr/bin instead"
  audit bin --format table --only-rust /usr/bin
fi

say "next"
echo "  rustproof bin FILE --format full     every result with its evidence"
echo "  rustproof explain full-relro         what a check reads and why"
echo "  rustproof bin /usr/bin --only-rust   all Rust programs of this machine"
