#!/usr/bin/env bash
# What the other scripts share. Sourced, never run: where things are, how the two binaries are
# called, and how a server is started, asked and stopped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

VAR=var
DATA=$VAR/city               # the journal, the keys and the HQ token
PID_FILE=$VAR/paidan.pid     # the server that is alive now; `make crash` replaces it
ADDRESS_FILE=$VAR/paidan.address
LOG_FILE=$VAR/paidan.log
REPORT=$VAR/report
BINARIES=${CARGO_TARGET_DIR:-target}/demo

# Members' log-in codes are shown to whoever asks, unless the caller says where they are sent.
export PAIDAN_CODE_SENDER=${PAIDAN_CODE_SENDER-sandbox}

# --- How the binaries are called: every flag that a script passes stands here. -------------------

build_binaries() { cargo build --profile demo -p gateway -p simulator --bins; }

# Replaces the shell, so that the pid of the shell is the pid of the server.
exec_server() { # address:port, further flags
  local address=$1
  shift
  exec "$BINARIES/paidan" serve --listen "$address" --data "$DATA" "$@"
}

simulator() { # verb, further flags
  local verb=$1
  shift
  exec "$BINARIES/simulator" "$verb" --server "http://$(<"$ADDRESS_FILE")" --token-file "$DATA/hq.token" "$@"
}

# The city of the demo has no night, whenever somebody looks at it.
seed_city() { simulator seed --awake; }
# The server starts this far behind the wall and runs fast until it has caught up; the player of
# the history ends with that. 3,000 s at 60 times the pace of the wall are 51 s.
CATCH_UP=(--time-scale 60 --catch-up-s "${HISTORY_S:-3000}")
play_history() { simulator run --awake --fast; }
play_live() { simulator run --awake --html "$REPORT.html" --json "$REPORT.json" "$@"; }

# --- Telling what happens. -----------------------------------------------------------------------

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "error: $*"
  exit 1
}

step() { # what it is, then the command; the last line of a step says its seconds
  local what=$1 began=$SECONDS
  shift
  say "▸ $what"
  "$@"
  say "  done in $((SECONDS - began)) s"
}

# --- The server. ---------------------------------------------------------------------------------

free_port() {
  local port
  for _ in {1..50}; do
    port=$((20000 + RANDOM % 12000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
  fail "no free loopback port between 20000 and 32000 in 50 tries"
}

# The pid of the living server. A pid that now belongs to something else does not count, nor does
# a dead process that nobody has collected yet.
server_pid() {
  local pid
  [[ -s $PID_FILE ]] || return 1
  pid=$(<"$PID_FILE")
  kill -0 "$pid" 2>/dev/null || return 1
  if [[ -r /proc/$pid/stat ]]; then
    [[ $(<"/proc/$pid/stat") == *"(paidan) "[!Z]* ]] || return 1
  fi
  echo "$pid"
}

# In a process group of its own: Ctrl-C in the terminal is for the script, which stops the server
# last and cleanly, and a server that was started again outlives the script that did it.
start_server() { # address:port, further flags
  mkdir -p "$VAR"
  echo "$1" >"$ADDRESS_FILE"
  set -m
  exec_server "$@" >>"$LOG_FILE" 2>&1 </dev/null &
  set +m
  echo "$!" >"$PID_FILE"
  disown "$!"
  wait_until_ready "http://$1"
}

wait_until_ready() { # url
  for _ in {1..300}; do
    curl -fsS --max-time 2 "$1/readyz" >/dev/null 2>&1 && return 0
    kill -0 "$(<"$PID_FILE")" 2>/dev/null || break
    sleep 0.1
  done
  say "the last lines of $LOG_FILE:"
  tail -n 20 "$LOG_FILE" >&2
  fail "the server at $1 did not become ready"
}

# Also the work of an exit trap, where a bare `return` would hand on the status from before the trap.
stop_server() {
  local pid
  if ! pid=$(server_pid); then
    rm -f "$PID_FILE" "$ADDRESS_FILE"
    return 0
  fi
  say "▸ stopping the server (pid $pid)"
  kill -TERM "$pid"
  for _ in {1..300}; do
    if ! server_pid >/dev/null; then
      rm -f "$PID_FILE" "$ADDRESS_FILE"
      return 0
    fi
    sleep 0.1
  done
  kill -KILL "$pid"
  rm -f "$PID_FILE" "$ADDRESS_FILE"
  fail "the server did not drain within 30 s and was killed; what it was doing is in $LOG_FILE"
}
