#!/usr/bin/env bash
# Builds the web pages into gateway/web/dist, from which the server takes them. Only what changed is
# done again: on a second run it does nothing and says nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../gateway/web"

# What Vite and its friends ask for.
oldest=20.19

if ! command -v npm >/dev/null; then
  echo "pages: npm is missing. Cure: install node $oldest or newer (https://nodejs.org)" >&2
  exit 1
fi
found=$(node --version)
if [[ $(printf '%s\n' "$oldest" "${found#v}" | sort -V | head -n 1) != "$oldest" ]]; then
  echo "pages: node is $found, but $oldest or newer is needed. Cure: https://nodejs.org" >&2
  exit 1
fi

if [[ ! node_modules/.package-lock.json -nt package-lock.json ]]; then
  echo "pages: installing their packages" >&2
  npm ci --no-audit --no-fund --loglevel=error >&2
fi
is_stale() {
  [[ ! -e dist/index.html ]] ||
    [[ -n $(find src public scripts ./*.html ./*.json ./*.ts -newer dist/index.html -print -quit) ]]
}
if is_stale; then
  echo "pages: building them" >&2
  npm run --silent build >&2
fi
