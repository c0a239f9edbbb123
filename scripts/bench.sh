#!/usr/bin/env bash
# All benches, or those that are named: scripts/bench.sh journal. Each prints its question, its
# workload and its floor. Close other programs first: the figures are of this machine, now.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/setup.sh
chosen=()
for name in "$@"; do
  chosen+=(--bench "$name")
done
if [[ $# -eq 0 ]]; then
  chosen=(--benches)
fi
cargo bench -p paidan-benches "${chosen[@]}"
