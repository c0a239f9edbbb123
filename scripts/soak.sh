#!/usr/bin/env bash
# The long forms of the tests that break the system: hours instead of minutes. Each part prints what
# it played and its minutes; docs/reliability.md keeps the figures of the last whole run.
#
#   ROUNDS=300      how often each fault of the machine is played
#   KILLS=1000      how often the server is killed under load
#   SEEDS=2000      how many cities the swarm plays; FROM=1 the first of them
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/setup.sh tests
cargo build --workspace --bins
cargo build --release -p simulator --bin simulator

failed=0
table=""
part() { # name, command…
  local name=$1 began=$SECONDS result=passed
  shift
  printf '\n▸ %s\n' "$name"
  "$@" || { result=FAILED && failed=1; }
  table+=$(printf '  %-10s %-7s %d min' "$name" "$result" "$(((SECONDS - began) / 60))")$'\n'
}

system_test() { # rounds, name of the file, further arguments
  local rounds=$1 file=$2
  shift 2
  PAIDAN_ROUNDS=$rounds cargo test --workspace --test "$file" -- "$@"
}

part swarm "${CARGO_TARGET_DIR:-target}/release/simulator" swarm --seeds "${SEEDS:-2000}" --from "${FROM:-1}"
part kills system_test "${KILLS:-1000}" crash
part faults system_test "${ROUNDS:-300}" faults
part cuts system_test "${ROUNDS:-300}" postgres again_and_again
printf '\n%s' "$table"
exit "$failed"
