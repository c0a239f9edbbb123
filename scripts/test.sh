#!/usr/bin/env bash
# All tests, or the parts that are named: scripts/test.sh tidy unit. Quick parts come first, and the
# first part that fails ends the run (KEEP_GOING=1 runs the others too). The quick parts are
# format, tidy and clippy; then unit; then pages (their own tests and how large they are); then seeds
# (a hundred small cities under paused time); then every file of tests/tests is a part of its own name (postgres is the whole system on a server that the
# tests start for themselves, in a private folder, and clear away; planted is another build of the
# system, with bugs that the checks must catch); then browser, which drives Chromium through the pages.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

quick=(format tidy clippy)

# Files of the whole system: tests/tests/NAME.rs or tests/tests/NAME/main.rs.
system_parts() {
  local path
  for path in tests/tests/*.rs tests/tests/*/main.rs; do
    [[ -e $path ]] || continue
    path=${path#tests/tests/}
    path=${path%.rs}
    path=${path%/main}
    [[ $path == tidy ]] || echo "$path"
  done | sort
}

run_part() {
  case $1 in
    format) cargo fmt --all --check ;;
    clippy) cargo clippy --workspace --all-targets -- -D warnings ;;
    # Without the feature whole-system nothing heavy is built before tidy can answer.
    tidy) RUST_BACKTRACE=0 cargo test -p paidan-tests --no-default-features --test tidy ;;
    unit) cargo test --workspace --exclude paidan-tests --no-fail-fast ;;
    pages) scripts/pages.sh && npm --prefix gateway/web run --silent test && npm --prefix gateway/web run --silent sizes ;;
    # All binaries, as the parts before have built them: one crate alone would be built with other features.
    browser) scripts/pages.sh && cargo build --workspace --bins && npm --prefix gateway/web run --silent browser ;;
    # A hundred small cities, each with troubles of its own draw; `make soak` plays thousands.
    seeds) cargo build --workspace --bins && "${CARGO_TARGET_DIR:-target}/debug/simulator" swarm --seeds 100 ;;
    # A build of its own, with bugs that can be switched on.
    planted) cargo test -p paidan-tests --features planted --test planted ;;
    # The tests of the whole system start the real binaries.
    *) cargo build --workspace --bins && cargo test --workspace --no-fail-fast --test "$1" ;;
  esac
}

minutes() { printf '%d:%02d min' $(($1 / 60)) $(($1 % 60)); }

mapfile -t system < <(system_parts)
all=("${quick[@]}" unit pages seeds "${system[@]}" browser)
parts=("$@")
if [[ $# -eq 0 ]]; then
  parts=("${all[@]}")
elif [[ $* == quick ]]; then
  parts=("${quick[@]}")
fi
for part in "${parts[@]}"; do
  if [[ " ${all[*]} " != *" $part "* ]]; then
    echo "test: there is no part $part. Parts: ${all[*]}, or quick" >&2
    exit 1
  fi
done

table=""
failed=0
for part in "${parts[@]}"; do
  if [[ $failed -ne 0 && -z ${KEEP_GOING:-} ]]; then
    table+=$(printf '  %-18s not run' "$part")$'\n'
    continue
  fi
  printf '\n▸ %s\n' "$part"
  began=$SECONDS
  result=passed
  run_part "$part" || { result=FAILED && failed=1; }
  took=$(minutes $((SECONDS - began)))
  printf '  %s %s in %s\n' "$part" "$result" "$took"
  table+=$(printf '  %-18s %-7s %s' "$part" "$result" "$took")$'\n'
done
printf '\n%s  %-18s %-7s %s\n' "$table" "all" "" "$(minutes "$SECONDS")"
exit "$failed"
