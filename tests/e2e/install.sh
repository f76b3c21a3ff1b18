#!/bin/bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# What `make install` gives is enough: the programs run, and a stranger's program builds against the header and the
# library, shared and static, through pkg-config alone.
#   install.sh BUILD
set -uo pipefail
build=$(realpath "$1")
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
passed=0 failed=0
check() { # check WHAT COMMAND…
  local what=$1
  shift
  if "$@" >"$out/log" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED $what:"
    head -20 "$out/log"
  fi
}

check "meson install" meson install -C "$build" --no-rebuild --destdir "$out/root"
pc=$(find "$out/root" -name rustproof.pc | head -1)
lib=$(dirname "$(find "$out/root" -name 'librustproof.so' | head -1)")
bin=$(dirname "$(find "$out/root" -type f -path '*/bin/rustproof' | head -1)")
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR LD_LIBRARY_PATH
PKG_CONFIG_PATH=$(dirname "$pc") PKG_CONFIG_SYSROOT_DIR="$out/root" LD_LIBRARY_PATH="$lib"
check "rustproof --version" "$bin/rustproof" --version
check "cargo-rustproof is a link to it" test "$(readlink -f "$bin/cargo-rustproof")" = "$bin/rustproof"

check "manual page" grep -q '^.SH NAME' "$out"/root/usr/*/share/man/man1/rustproof.1
check "completions" test -s "$(find "$out/root" -path '*bash-completion/completions/rustproof')"

cat >"$out/client.c" <<'END'
#include <rustproof/rustproof.h>
#include <stdio.h>
#include <string.h>
int main(int argc, char **argv)
{
    rustproof_error err;
    rustproof_report *report = NULL;
    rustproof_context *context = rustproof_context_new(NULL, &err);
    if (context == NULL || argc != 2)
        return 9;
    if (rustproof_audit_path(context, argv[1], &report, &err) != RUSTPROOF_OK)
        return 8;
    size_t n = rustproof_report_targets(report);
    size_t results = n ? rustproof_target_results(report, 0) : 0;
    printf("%s %zu %zu\n", rustproof_version(), n, results);
    rustproof_report_free(report);
    rustproof_context_free(context);
    return n == 1 && results > 20 && strlen(rustproof_version()) > 0 ? 0 : 7;
}
END
# shellcheck disable=SC2046
check "a client with the shared library" cc "$out/client.c" -o "$out/shared" $(pkg-config --cflags --libs rustproof)
check "runs" "$out/shared" "$bin/rustproof"
# shellcheck disable=SC2046
check "a client with the static library" cc "$out/client.c" -o "$out/static" $(pkg-config --cflags rustproof) \
  "$lib/librustproof.a" $(pkg-config --libs-only-other --libs-only-l --static rustproof | sed 's/-lrustproof//')
check "runs" "$out/static" "$bin/rustproof"
internal() { ! nm -D --defined-only "$lib/librustproof.so" | awk '{print $3}' | grep -vE '^(rustproof_|$)'; }
check "the shared library exports the public names only" internal
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
