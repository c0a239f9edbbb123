#!/usr/bin/env bash
# What a user would pick instead, doing the same work in the same run on this machine:
#   moving_index   Redis GEO                 (redis-server from Debian)
#   assignment     scipy                     (from PyPI, into target/peers)
#   place_http     fastify + pg, PostgreSQL  (from npm and Debian, synchronous_commit on)
# Names choose some: scripts/bench-peers.sh assignment. RUNS=1 takes each figure once. Everything is
# started here on free ports of the loopback with folders of its own, and ended with the run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

peers=$PWD/target/peers
mkdir -p "$peers"
started=()
folder=$(mktemp -d)
finish() {
  local process
  for process in "${started[@]}"; do
    kill "$process" 2>/dev/null && wait "$process" 2>/dev/null || true
  done
  rm -rf "$folder"
}
trap finish EXIT

install() {
  local as_root=()
  [[ $(id -u) -eq 0 ]] || as_root=(sudo)
  echo "bench-peers: installing $*" >&2
  "${as_root[@]}" apt-get update -qq
  # Not to be started by the system: the benches start their own.
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
    apt-get install -y -qq --no-install-recommends "$@"
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# wait_for SECONDS COMMAND…: until the command succeeds.
wait_for() {
  local left=$((10 * $1))
  shift
  until "$@" >/dev/null 2>&1; do
    ((left-- > 0)) || { echo "bench-peers: this never succeeded: $*" >&2; exit 1; }
    sleep 0.1
  done
}

redis_peer() {
  command -v redis-server >/dev/null || install redis-server
  local port
  port=$(free_port)
  redis-server --port "$port" --bind 127.0.0.1 --dir "$folder" --save '' --appendonly no >"$folder/redis.log" &
  started+=($!)
  wait_for 10 redis-cli -p "$port" ping
  export PAIDAN_PEER_REDIS=127.0.0.1:$port
  echo "bench-peers: $(redis-server --version | awk '{ print "Redis", $3 }')" >&2
}

scipy_peer() {
  if [[ ! -x $peers/python/bin/python ]]; then
    python3 -c 'import ensurepip' 2>/dev/null || install python3-venv
    python3 -m venv "$peers/python"
    "$peers/python/bin/pip" install --quiet numpy scipy
  fi
  export PAIDAN_PEER_PYTHON=$peers/python/bin/python
  echo "bench-peers: scipy $("$PAIDAN_PEER_PYTHON" -c 'import scipy; print(scipy.__version__)')" >&2
}

# as_user COMMAND…: PostgreSQL refuses to run as root.
as_user() {
  if [[ $(id -u) -eq 0 ]]; then
    runuser -u nobody -- "$@"
  else
    "$@"
  fi
}

shop_peer() {
  local programs database port
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || install postgresql
  programs=$(dirname "$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1)")
  database=$(free_port)
  mkdir "$folder/postgres"
  if [[ $(id -u) -eq 0 ]]; then
    chmod 711 "$folder"
    chown nobody "$folder/postgres"
  fi
  as_user "$programs/initdb" -D "$folder/postgres/data" -U paidan -A trust >"$folder/initdb.log"
  as_user "$programs/postgres" -D "$folder/postgres/data" -p "$database" -h 127.0.0.1 \
    -k "$folder/postgres" -c synchronous_commit=on >"$folder/postgres.log" 2>&1 &
  started+=($!)
  wait_for 20 "$programs/psql" -h 127.0.0.1 -p "$database" -U paidan -d postgres -c 'SELECT 1'
  mkdir -p "$peers/fastify-pg"
  cp benches/peers/fastify-pg/* "$peers/fastify-pg/"
  [[ -d $peers/fastify-pg/node_modules ]] || (cd "$peers/fastify-pg" && npm install --silent --no-audit --no-fund)
  port=$(free_port)
  DATABASE_URL=postgres://paidan@127.0.0.1:$database/postgres \
    node "$peers/fastify-pg/server.mjs" "$port" >"$folder/shop.log" 2>&1 &
  started+=($!)
  wait_for 20 grep -q listening "$folder/shop.log"
  export PAIDAN_PEER_SHOP=127.0.0.1:$port
  echo "bench-peers: node $(node --version), $("$programs/postgres" --version)" >&2
}

names=("$@")
[[ $# -gt 0 ]] || names=(moving_index assignment place_http)
for name in "${names[@]}"; do
  case $name in
    moving_index) redis_peer ;;
    assignment) scipy_peer ;;
    place_http) shop_peer ;;
    *)
      echo "bench-peers: no peer for $name; there are moving_index, assignment, place_http" >&2
      exit 2
      ;;
  esac
done
scripts/bench.sh "${names[@]}"
