#!/usr/bin/env bash
# Makes sure that what a build needs is on this machine, and installs only what is missing.
# Safe to repeat: on a machine that has everything it changes nothing and prints one line.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Each command, and the Debian package that brings it. `scripts/setup.sh tests` brings the browser
# that the tests drive, the PostgreSQL and Redis servers that they start for themselves, and what makes
# the machine fail under a server as well.
needed=(cc:build-essential pkg-config:pkg-config curl:curl git:git node:nodejs npm:npm)
for=${1:-build}
if [[ $for == tests ]]; then
  needed+=("${CHROMIUM:-chromium}:chromium" postgres:postgresql redis-server:redis-server
    strace:strace faketime:faketime mkfs.ext4:e2fsprogs mount:mount)
fi

# Debian keeps the server's programs of each version in a folder of their own, and those of
# administration where an ordinary user does not look.
PATH=$PATH:/usr/sbin:/sbin
for folder in /usr/lib/postgresql/*/bin; do
  PATH=$PATH:$folder
done

missing_packages() {
  local pair
  for pair in "${needed[@]}"; do
    command -v "${pair%%:*}" >/dev/null || echo "${pair#*:}"
  done
  # What scripts/tools.sh brings lives in private folders of Python's.
  if [[ $for == tests ]] && ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
    echo python3-venv
  fi
}

install_packages() {
  if ! command -v apt-get >/dev/null; then
    echo "setup: please install with this system's package manager: $*" >&2
    exit 1
  fi
  local as_root=()
  if [[ $(id -u) -ne 0 ]]; then
    echo "setup: asking for root by sudo, only to install: $*" >&2
    as_root=(sudo)
  fi
  echo "setup: installing $* (C compiler for the embedded SQLite, curl to ask a server whether it is ready, node to build the pages)" >&2
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

check_rust() {
  local wanted found
  wanted=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)
  if ! command -v cargo >/dev/null; then
    echo "setup: Rust is missing. Install $wanted or newer: https://www.rust-lang.org/tools/install" >&2
    exit 1
  fi
  found=$(cargo --version | awk '{ print $2 }')
  if [[ $(printf '%s\n' "$wanted" "$found" | sort -V | head -n 1) != "$wanted" ]]; then
    echo "setup: cargo is $found, but $wanted or newer is needed. Cure: rustup update stable" >&2
    exit 1
  fi
  echo "setup: cargo $found and all packages are here" >&2
}

mapfile -t missing < <(missing_packages)
if [[ ${#missing[@]} -gt 0 ]]; then
  install_packages "${missing[@]}"
fi
check_rust
