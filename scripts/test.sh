#!/usr/bin/env bash
# All tests, or the parts that are named: scripts/test.sh tidy unit. Quick parts come first, and the
# first part that fails ends the run (KEEP_GOING=1 runs the others too).
#
#   format, tidy, licences (of what we build upon, and where it comes from), clippy: the quick parts
#   unit; sockets (the cases of Autobahn); pages (their own tests and how large they are)
#   seeds: plays that once broke a rule, then a hundred small cities under paused time
#   every file of tests/tests is a part of its own name. postgres and database are the whole system on a
#     server that the tests start for themselves, in a private folder, and clear away; planted is another
#     build of the system, with bugs that the checks must catch, and kill_points one that dies where told
#   browser: drives Chromium through the pages
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

quick=(format tidy licences clippy)

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

# All binaries, with the features that the tests have given the crates: without `--tests`, or of one
# crate alone, nearly everything would be built once more.
binaries() { cargo build --workspace --bins --tests; }

run_part() {
  case $1 in
    format) cargo fmt --all --check ;;
    clippy) cargo clippy --workspace --all-targets -- -D warnings ;;
    # Without the feature whole-system nothing heavy is built before tidy can answer.
    tidy) RUST_BACKTRACE=0 cargo test -p paidan-tests --no-default-features --test tidy ;;
    licences) scripts/licences.sh && scripts/licences.sh planted ;;
    # Of the tests that `unit` has built, one that needs a program from elsewhere.
    sockets)
      PAIDAN_KOSOKU=$(scripts/tools.sh kosoku) \
        cargo test --workspace --exclude paidan-tests --lib autobahn -- --nocapture
      ;;
    unit) cargo test --workspace --exclude paidan-tests --no-fail-fast ;;
    pages) scripts/pages.sh && npm --prefix gateway/web run --silent test && npm --prefix gateway/web run --silent sizes ;;
    browser) scripts/pages.sh && binaries && npm --prefix gateway/web run --silent browser ;;
    # A hundred small cities, each with troubles of its own draw; `make soak` plays thousands.
    seeds) binaries && "${CARGO_TARGET_DIR:-target}/debug/simulator" swarm --seeds 100 --kept tests/kept_plays.txt ;;
    # A build of its own, with bugs that can be switched on.
    planted | kill_points) cargo test -p paidan-tests --features planted --test "$1" ;;
    # The tests of the whole system start the real binaries.
    *) binaries && cargo test --workspace --no-fail-fast --test "$1" ;;
  esac
}

minutes() { printf '%d:%02d min' $(($1 / 60)) $(($1 % 60)); }

mapfile -t system < <(system_parts)
all=("${quick[@]}" unit sockets pages seeds "${system[@]}" browser)
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
