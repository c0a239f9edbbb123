#!/usr/bin/env bash
# Feeds everything that reads what others wrote with what nobody would write: scripts/fuzz.sh, or
# scripts/fuzz.sh bodies frames for some targets. An input that breaks something stays in
# fuzz/artifacts, and the last lines say how to play it again.
#
#   FUZZ_RUNS=5000000   inputs of all targets together, an equal part for each
#   LONGEST_S=2         an input that takes longer has broken something
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fuzz=$(scripts/tools.sh cargo-fuzz)
# Instrumented code, with the compiler that builds everything else.
export RUSTC_BOOTSTRAP=1
export CARGO_TARGET_DIR=$PWD/target/fuzz
# The very versions that are built in.
cp Cargo.lock fuzz/Cargo.lock

targets=("$@")
if [[ $# -eq 0 ]]; then
  mapfile -t targets < <(cd fuzz/fuzz_targets && printf '%s\n' *.rs | sed 's/\.rs$//')
fi
runs=$((${FUZZ_RUNS:-5000000} / ${#targets[@]}))
# No sanitizer: there is no unsafe code of ours to look at, and it is twice as quick without.
options=(--sanitizer none --release)
nice "$fuzz" build "${options[@]}"

memory=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
trap 'rm -rf "$memory"' EXIT
for target in "${targets[@]}"; do
  mkdir -p "fuzz/corpus/$target"
  python3 fuzz/seeds.py "$target" "fuzz/corpus/$target"
  printf '▸ %s, %d inputs\n' "$target" "$runs"
  TMPDIR=$memory nice "$fuzz" run "${options[@]}" "$target" -- \
    -runs="$runs" -timeout="${LONGEST_S:-2}" -max_len=4096 -rss_limit_mb=1024 -print_final_stats=1 2>&1 |
    tee "target/fuzz-$target.log" | grep --line-buffered '^stat::\|SUMMARY\|panicked\|ERROR\|Reproduce'
  grep -q '^stat::number_of_executed_units' "target/fuzz-$target.log"
done
