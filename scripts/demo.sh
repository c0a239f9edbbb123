#!/usr/bin/env bash
# The living demo: builds, starts a server on a free loopback port with its data in ./var, fills a
# city, plays some history fast, then lets the city live at real pace until Ctrl-C.
#
#   ONCE=1    end after the report, with its exit code (so it is without a terminal)
#   KEEP=1    go on with the city of the last demo instead of a new one
#   LIVE=20s  how long the city lives when it ends by itself; HISTORY_S=3000 how many
#             seconds of history are played at 60 times the pace
set -euo pipefail
source "$(dirname "$0")/shared.sh"

ends_by_itself=${ONCE:-}
[[ -t 1 ]] || ends_by_itself=1
player=""

# The simulator runs in a process group of its own, so that it hears each Ctrl-C once, from here.
play() {
  local code=0
  set -m
  "$@" &
  player=$!
  set +m
  wait "$player" || code=$?
  # A signal to this script ends the wait early: the simulator is still writing its report.
  while [[ $code -gt 128 ]] && kill -0 "$player" 2>/dev/null; do
    code=0
    wait "$player" || code=$?
  done
  player=""
  return "$code"
}

on_signal() {
  if [[ -z $player ]]; then
    exit 130
  fi
  kill -INT "$player" 2>/dev/null || true
}

finish() {
  local code=$?
  trap '' INT TERM HUP
  if [[ -n $player ]]; then
    kill -TERM "$player" 2>/dev/null || true
  fi
  stop_server || code=1
  if [[ -e $REPORT.html ]]; then
    say "the report is in $REPORT.html"
  fi
  exit "$code"
}

refuse_a_second_demo() {
  local pid
  if pid=$(server_pid); then
    fail "a server is already living in ./$VAR (pid $pid): stop its demo first, or kill $pid"
  fi
}

# The city of the last demo is kept beside the new one, for whoever still wants to look at it.
make_room() {
  mkdir -p "$VAR"
  : >"$LOG_FILE"
  rm -f "$REPORT".*
  if [[ -z ${KEEP:-} && -d $DATA ]]; then
    rm -rf "$DATA.before"
    mv "$DATA" "$DATA.before"
  fi
}

live() {
  if [[ -n $ends_by_itself ]]; then
    step "the city lives for ${LIVE:-20s}" play play_live --for "${LIVE:-20s}"
    return
  fi
  local code=0
  say "▸ the city lives at real pace: Ctrl-C ends it with a report"
  play play_live || code=$?
  # 130 says that a person ended it, which is how a living demo ends.
  [[ $code -eq 130 ]] || return "$code"
}

scripts/setup.sh
refuse_a_second_demo
make_room
step "building the pages" scripts/pages.sh
step "building (minutes the first time, seconds after)" build_binaries

trap finish EXIT
trap on_signal INT TERM HUP
address=127.0.0.1:$(free_port)
if [[ -e $DATA/.seeded ]]; then
  step "starting the server at http://$address" start_server "$address"
else
  step "starting the server at http://$address, its clock behind" \
    start_server "$address" "${CATCH_UP[@]}"
  step "filling a city" play seed_city
  step "playing its history in fast time" play play_history
  touch "$DATA/.seeded"
fi
live
