#!/usr/bin/env bash
# Kills the living demo's server in the middle of its work (kill -9), starts it again on the same
# data and address, and prints what it held before and after. Run it beside `make demo`.
set -euo pipefail
source "$(dirname "$0")/shared.sh"

# Gauges of what is alive; counters begin again at zero with every process, so they prove nothing.
counted='^paidan_live_'

counts() { # of the server at this address
  curl -fsS --max-time 5 "http://$1/metrics" | grep -E "$counted" | sort
}

pid=$(server_pid) || fail "no demo is living in ./$VAR: start \`make demo\` in another terminal first"
address=$(<"$ADDRESS_FILE")

before=$(counts "$address") || fail "http://$address/metrics has no line that begins with ${counted#^}"
say "▸ kill -9 $pid"
kill -KILL "$pid"
while server_pid >/dev/null; do sleep 0.05; done
step "starting it again at http://$address" start_server "$address"
after=$(counts "$address")

printf '%-44s %12s %12s\n' "" before after
join -a 1 -a 2 -e - -o 0,1.2,2.2 <(echo "$before") <(echo "$after") |
  while read -r name was is; do printf '%-44s %12s %12s\n' "$name" "$was" "$is"; done
say "orders that came in between the two readings make the difference: the city went on living"
