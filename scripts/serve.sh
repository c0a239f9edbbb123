#!/usr/bin/env bash
# One server in the foreground with its data in ./var, until Ctrl-C. Flags are handed on:
# scripts/serve.sh --time-scale 60. LISTEN=address:port changes where it listens.
set -euo pipefail
source "$(dirname "$0")/shared.sh"

scripts/setup.sh
step "building the pages" scripts/pages.sh
step "building (minutes the first time, seconds after)" build_binaries
mkdir -p "$VAR"
exec_server "${LISTEN:-127.0.0.1:7878}" "$@"
