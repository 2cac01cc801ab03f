#!/usr/bin/env bash
# Runs every fuzz target for a while, 10s, or a number of inputs, 20000x: fuzz.sh [TIME] [PACKAGE ...]
set -euo pipefail
time=${1:-10s}
shift || true
for package in ${@:-$(go list ./...)}; do
  for target in $(go test -list '^Fuzz' "$package" | grep '^Fuzz' || true); do
    echo "fuzz $package $target"
    go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 1x "$package"
  done
done
