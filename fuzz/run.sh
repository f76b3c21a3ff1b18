#!/bin/bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# Runs every libFuzzer program of BUILD for SECONDS from a copy of its corpus.
#   fuzz/run.sh BUILD SECONDS [TARGET…]
# Beside the number of runs stands the processor time that they had: on a busy machine few runs are
# no sign of a slow target.
# Inputs that crash, leak or hang stay in BUILD/crashes/; what the run learned in BUILD/corpus/.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
build=$1 seconds=$2
shift 2
passed=0 failed=0
TIMEFORMAT=%U
mkdir -p "$build/crashes"
for source in fuzz/fuzz_*.c; do
  target=$(basename "$source" .c) name=${target#*fuzz_}
  [ $# = 0 ] || [[ " $* " == *" $name "* ]] || continue
  [ -x "$build/fuzz/$target" ] || { echo "$target: not built"; failed=$((failed + 1)); continue; }
  mkdir -p "$build/corpus/$name"
  options=(-max_total_time="$seconds" -timeout=5 -rss_limit_mb=2048 -max_len=65536
    -artifact_prefix="$build/crashes/$name-" -print_final_stats=1)
  [ ! -f "fuzz/dict/$name.dict" ] || options+=(-dict="fuzz/dict/$name.dict")
  seeds=()
  [ ! -d "fuzz/corpus/$name" ] || seeds=("fuzz/corpus/$name")
  log="$build/fuzz-$name.log"
  if spent=$({ time "$build/fuzz/$target" "${options[@]}" "$build/corpus/$name" "${seeds[@]}" \
      >"$log" 2>&1 </dev/null; } 2>&1); then
    passed=$((passed + 1))
    verdict="ok"
  else
    failed=$((failed + 1))
    verdict="FAILED, see $log"
  fi
  runs=$(sed -n 's/^stat::number_of_executed_units: //p' "$log")
  echo "$name: $verdict (${runs:-?} runs in $spent s of processor time)"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
