#!/usr/bin/env bash
#
# Regenerates bindings/java from native/include/bitnet.h with the jextract on the PATH, or the one that
# JEXTRACT names. bindings/symbols.txt lists what to keep.
set -euo pipefail
cd "$(dirname "$0")/.."

jextract="${JEXTRACT:-jextract}"
command -v "$jextract" > /dev/null || {
  echo "jextract.sh: '$jextract' not found. Get it from https://jdk.java.net/jextract/ and put it on" \
    "the PATH, or name it with JEXTRACT." >&2
  exit 1
}

output="$(mktemp -d)"
trap 'rm -rf "$output"' EXIT
"$jextract" --include-dir native/include --target-package io.github.bitnet4j.bindings \
  --header-class-name BitNetNative --output "$output" @bindings/symbols.txt native/include/bitnet.h

# uint64_t is `unsigned long` on Linux and `unsigned long long` on Windows, where long has 32 bits and
# the mere constant for it would not load. long long has 64 bits everywhere.
find "$output" -name '*.java' -exec \
  sed -i.orig -e '/ C_LONG = /d' -e 's/C_LONG\([^_]\)/C_LONG_LONG\1/g' \
  -e 's/C_LONG$/C_LONG_LONG/' {} +
find "$output" -name '*.orig' -delete

rm -rf bindings/java
mkdir bindings/java
cp -R "$output/." bindings/java
