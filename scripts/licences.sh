#!/usr/bin/env bash
# Looks at everything that is built from elsewhere, by the rules of deny.toml: licences, banned
# crates and sources, without a network. `scripts/licences.sh advisories` asks for known holes: of
# the current database of RustSec, or of the snapshot in PAIDAN_TRIAL_DATA/rustsec where there is one.
# `scripts/licences.sh planted` says that a crate of ours has a hole, and sees that it is refused.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

deny=$(scripts/tools.sh cargo-deny)
# Also what only other systems or features would build: it is looked at too, and not from afar.
cargo fetch --locked --quiet

# A snapshot has to look like the clone that the tool would have made for itself.
lay_out() { # snapshot, folder
  local clone=$2/advisory-db-3157b0e258782691
  rm -rf "$2"
  mkdir -p "$clone"
  tar -xzf "$1" -C "$clone"
  if [[ ! -d $clone/crates ]]; then
    # One folder around it all.
    local inner=("$clone"/*/)
    mv "${inner[0]}"/* "$clone"
  fi
  git -C "$clone" init --quiet
  git -C "$clone" add --all
  git -C "$clone" -c user.name=snapshot -c user.email=snapshot@localhost commit --quiet -m snapshot
  : >"$clone/.git/FETCH_HEAD"
}

# A database of one hole, in a crate that every lock file of ours has, is asked for like any other.
refuses_a_planted_hole() {
  local folder=$PWD/target/planted-hole told
  rm -rf "$folder"
  mkdir -p "$folder/db/crates/serde" "$folder/rustsec"
  cat >"$folder/db/crates/serde/RUSTSEC-2026-9999.md" <<'ADVISORY'
```toml
[advisory]
id = "RUSTSEC-2026-9999"
package = "serde"
date = "2026-01-01"

[versions]
patched = []
```

# A hole that is made up
ADVISORY
  tar -czf "$folder/rustsec/advisory-db.tar.gz" -C "$folder" db
  if told=$(PAIDAN_TRIAL_DATA=$folder scripts/licences.sh advisories 2>&1); then
    echo "licences: a planted hole was let through" >&2
    return 1
  fi
  if ! grep -q RUSTSEC-2026-9999 <<<"$told"; then
    printf 'licences: refused, but not for the planted hole:\n%s\n' "$told" >&2
    return 1
  fi
  echo "licences: a planted hole is refused"
}

if [[ ${1:-} == planted ]]; then
  refuses_a_planted_hole
  exit
fi
if [[ ${1:-} != advisories ]]; then
  exec "$deny" --locked --offline check --hide-inclusion-graph bans licenses sources
fi
snapshot=${PAIDAN_TRIAL_DATA:-}/rustsec/advisory-db.tar.gz
if [[ ! -f $snapshot ]]; then
  exec "$deny" --locked check --hide-inclusion-graph advisories
fi
echo "licences: known holes of the snapshot $snapshot" >&2
lay_out "$snapshot" "$PWD/target/advisories"
config=$PWD/target/advisories/deny.toml
sed "s|^\[advisories\]|&\ndb-path = \"$PWD/target/advisories\"|" deny.toml >"$config"
exec "$deny" --locked --offline --config "$config" check --hide-inclusion-graph advisories
