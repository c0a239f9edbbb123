#!/usr/bin/env bash
# Feeds everything that reads what others wrote with what nobody would write: scripts/fuzz.sh, or
# scripts/fuzz.sh bodies frames for some targets. An input that breaks something stays in
# fuzz/artifacts, and the last lines say how to play it again.
#
#   FUZZ_RUNS=5000000   inputs of all targets together
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
# Parts of the whole, by how many inputs a target takes in a second: a whole house behind its doors
# takes a thousand, what goes through files some thousands, a decoder more than ten thousand.
part_of() {
  case $1 in
    doors) echo 1 ;;
    days | tiles) echo 4 ;;
    *) echo 15 ;;
  esac
}
parts=0
for target in "${targets[@]}"; do
  parts=$((parts + $(part_of "$target")))
done
runs=${FUZZ_RUNS:-5000000}

# No sanitizer: there is no unsafe code of ours to look at, and it is twice as quick without.
options=(--sanitizer none --release)
nice "$fuzz" build "${options[@]}"

memory=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
trap 'rm -rf "$memory"' EXIT
broken=()
for target in "${targets[@]}"; do
  share=$(((runs * $(part_of "$target") + parts - 1) / parts))
  export FUZZ_SEEDS=$PWD/fuzz/corpus/$target
  mkdir -p "$FUZZ_SEEDS"
  python3 fuzz/seeds.py "$target" "$FUZZ_SEEDS"
  printf '▸ %s, %d inputs\n' "$target" "$share"
  TMPDIR=$memory nice "$fuzz" run "${options[@]}" "$target" -- \
    -runs="$share" -timeout="${LONGEST_S:-2}" -max_len=8192 -rss_limit_mb=1024 -print_final_stats=1 2>&1 |
    tee "target/fuzz-$target.log" |
    grep --line-buffered '^stat::\|INITED\|DONE\|SUMMARY\|panicked\|ERROR\|Reproduce' || true
  grep -q '\bDONE ' "target/fuzz-$target.log" || broken+=("$target")
done
if [[ ${#broken[@]} -gt 0 ]]; then
  printf 'fuzz: broken: %s\n' "${broken[*]}" >&2
  exit 1
fi
