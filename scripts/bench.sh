#!/usr/bin/env bash
# All benches, or those that are named: scripts/bench.sh placement round. Each prints its question,
# its workload and its floor, and then how long it took; RUNS=1 takes each figure once instead of
# five times. Close other programs first: the figures are of this machine, now.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/setup.sh
names=("$@")
if [[ $# -eq 0 ]]; then
  for file in benches/benches/*.rs; do
    names+=("$(basename "$file" .rs)")
  done
fi
chosen=()
for name in "${names[@]}"; do
  chosen+=(--bench "$name")
done

# Ten thousand sockets need as many open files, on both sides.
ulimit -n "$(ulimit -Hn)"

echo "bench: building ${names[*]}" >&2
cargo bench --quiet -p paidan-benches "${chosen[@]}" --no-run
for name in "${names[@]}"; do
  began=$SECONDS
  cargo bench --quiet -p paidan-benches --bench "$name"
  echo "bench: $name took $((SECONDS - began)) s" >&2
done
