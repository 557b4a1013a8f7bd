#!/bin/sh
# Bundle src/ into the one file that pages load. OUT (a path) writes it elsewhere, to compare.
set -eu
cd "$(dirname "$0")"
out="${OUT:-flywheel-feedback.js}"
npx --yes esbuild@0.28.2 src/flywheel-feedback.js --bundle --minify --format=esm --target=es2022 --charset=utf8 \
  --legal-comments=none --log-level=warning --outfile="$out" \
  --banner:js='/* flywheel-feedback 0.1.0, Apache-2.0; made from src/ by build.sh */'
echo "$out: $(gzip -9c "$out" | wc -c) bytes gzip"
