#!/usr/bin/env bash
# The long forms of the tests that break the system: hours instead of minutes. Each part prints what
# it played and its minutes; docs/reliability.md keeps the figures of the last whole run.
#
#   KILLS=1000      how often the server is killed under load
#   CUTS=300        how often its disk loses power, a flush fails, the disk is full, the wire is cut
#   DATABASE=100    how often the power of a PostgreSQL server goes, how often it is stopped and stands
#                   still, and how often a paused owner wakes up beside the next one
#   SEEDS=2000      how many cities the swarm plays; FROM=1 the first of them
#   BASKETS=1000000 how many baskets are sourced, whose parts must sum to what was ordered
#   REQUESTS=20000  how many questions a server is asked by its own document
#   FUZZ_RUNS=5000000  how many inputs the decoders are given, all together
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
  PAIDAN_ROUNDS=$rounds cargo test --workspace --test "$file" -- --nocapture "$@"
}

part swarm "${CARGO_TARGET_DIR:-target}/release/simulator" swarm --seeds "${SEEDS:-2000}" --from "${FROM:-1}"
part baskets "${CARGO_TARGET_DIR:-target}/release/simulator" sourcing --way planner --baskets "${BASKETS:-1000000}"
part kills system_test "${KILLS:-1000}" crash
part faults system_test "${CUTS:-300}" faults
part wire system_test "${CUTS:-300}" postgres again_and_again
part database system_test "${DATABASE:-100}" database
part owners system_test "${DATABASE:-100}" postgres a_paused_server
part sockets scripts/test.sh sockets
part questions env REQUESTS="${REQUESTS:-20000}" scripts/questions.sh
part fuzz env FUZZ_RUNS="${FUZZ_RUNS:-5000000}" scripts/fuzz.sh
part licences scripts/licences.sh
part advisories scripts/licences.sh advisories
printf '\n%s' "$table"
exit "$failed"
