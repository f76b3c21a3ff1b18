#!/bin/bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# The benchmarks: prints a Markdown report. See bench/RESULTS.md for the last one kept.
#   bench/run.sh RUSTPROOF [FOLDER…]        folders with ELF files, default: /usr/bin /usr/sbin /usr/lib
set -euo pipefail
rustproof=$(realpath "$1")
shift
[ $# -gt 0 ] || set -- /usr/bin /usr/sbin /usr/lib
exec python3 "$(dirname "$0")/bench.py" "$rustproof" "$@"
