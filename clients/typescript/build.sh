#!/bin/sh
# Compile src/ into dist/. OUT (a folder) writes it elsewhere, to compare.
set -eu
cd "$(dirname "$0")"
npx --yes --package typescript@5.9.3 tsc --outDir "${OUT:-dist}"
