#!/usr/bin/env bash
# Fetches public data that benchmarks of quality measure on, into artifacts/bench-data. Nothing of it is committed.
# XQuAD (CC BY-SA 4.0): github.com/google-deepmind/xquad.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mkdir -p artifacts/bench-data/xquad
for language in en de es el ru ro tr ar hi vi th zh; do
    file="artifacts/bench-data/xquad/xquad.$language.json"
    [ -s "$file" ] || curl -fsSL --retry 3 -o "$file" \
        "https://raw.githubusercontent.com/google-deepmind/xquad/master/xquad.$language.json"
done
echo "export AISTACK_BENCH_XQUAD=$PWD/artifacts/bench-data/xquad"
