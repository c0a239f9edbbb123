#!/usr/bin/env bash
# Asks a server of its own everything that its OpenAPI document promises, and much that it does not,
# as headquarters: no question may be answered by an error of the server's. The server, its data and
# the questions with their answers are under target/questions.
#
#   REQUESTS=2000   at least so many questions
#   SEED=1          the questions are the same for the same document and the same answers
set -euo pipefail
source "$(dirname "$0")/shared.sh"

program=$(scripts/tools.sh schemathesis)
binary=${CARGO_TARGET_DIR:-target}/debug/paidan
folder=$PWD/target/questions
address=127.0.0.1:$(free_port)
rm -rf "$folder"
mkdir -p "$folder"

printf 'listen = "%s"\ndata = "%s"\ncode_sender = "sandbox"\nperson_requests_per_s = 100000\n' \
  "$address" "$folder/data" >"$folder/paidan.toml"
"$binary" serve --config "$folder/paidan.toml" >"$folder/server.log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true' EXIT
for _ in {1..300}; do
  curl -fsS --max-time 2 "http://$address/readyz" >/dev/null 2>&1 && break
  kill -0 "$server" 2>/dev/null || fail "the server did not start: $folder/server.log"
  sleep 0.1
done

# Examples and edges of everything first; what is left of the number is drawn, evenly among the doors.
token=$(<"$folder/data/hq.token")
doors=$(curl -fsS "http://$address/openapi.json" |
  python3 -c 'import json, sys; print(sum(len(item) for item in json.load(sys.stdin)["paths"].values()))')
each=$(((${REQUESTS:-2000} + doors - 1) / doors))
say "questions: $doors doors, $each drawn questions for each"
failed=0
"$program" run "http://$address/openapi.json" \
  --header "Authorization: Bearer $token" \
  --phases examples,coverage,fuzzing --max-examples "$each" --seed "${SEED:-1}" \
  --checks not_a_server_error --continue-on-failure --workers 2 --warnings off \
  --generation-database none --request-timeout 20 --suppress-health-check all \
  --report ndjson --report-ndjson-path "$folder/questions.ndjson" || failed=1

# Whatever was asked, the server lives, has recorded nothing that breaks a rule, and has not panicked.
kill -0 "$server" || fail "the server is gone: $folder/server.log"
curl -fsS "http://$address/readyz" >/dev/null || fail "the server is not ready any more"
if grep -n 'panicked\|"level":"ERROR"\| ERROR ' "$folder/server.log" >&2; then
  fail "the server complained: $folder/server.log"
fi
exit "$failed"
