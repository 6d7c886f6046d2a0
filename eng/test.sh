#!/usr/bin/env bash
# Restores, builds and runs every test, end-to-end and browser ones included, and closes with "N passed, N failed".
# Arguments go to the test runner: eng/test.sh -class AiStack.Tests.Contracts.IdTests
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

log=artifacts/test-output/test.log
mkdir -p "$(dirname "$log")"

say() { printf '\n== %s\n' "$*"; }

# What the tests use besides .NET and Node.js. Missing at a desk, their tests are skipped with the reason; in CI that is
# a failure.
install() { # command-or-file, Debian package
    command -v "$1" >/dev/null || compgen -G "$1" >/dev/null && return
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "Installing $2"
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2"; } \
            >>"$log" 2>&1 || echo "$2 could not be installed; the tests that need it say so."
    else
        echo "$2 is missing, and installing it needs root; the tests that need it say so."
    fi
}

fail() { # message
    printf '%s\n' "$1"
    echo "0 passed, 1 failed"
    exit 1
}

: >"$log"
install '/usr/lib/postgresql/*/bin/initdb' postgresql
# The headless shell, which is a third of the work, or else the whole browser.
command -v chromium >/dev/null || install chromium-headless-shell chromium-headless-shell
command -v chromium-headless-shell >/dev/null || install chromium chromium

say "Building"
dotnet build AiStack.sln --nologo -v quiet -clp:NoSummary || fail "The build failed."

if [ -f AiStack.Tests/Clients/package-lock.json ]; then
    say "Fetching the npm clients"
    (cd AiStack.Tests/Clients && npm ci --no-audit --no-fund --silent) || fail "npm ci failed in AiStack.Tests/Clients."
fi

say "Preparing the built-in embedder's word vectors (once a machine)"
dotnet artifacts/bin/AiStack.Retrieval/debug/AiStack.Retrieval.dll prepare \
    || fail "The word vectors could not be prepared."

say "Testing"
dotnet artifacts/bin/AiStack.Tests/debug/AiStack.Tests.dll -noColor -noLogo "$@" 2>&1 | tee -a "$log"
status=${PIPESTATUS[0]}

# The runner's summary: "AiStack.Tests  Total: 6, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0, Time: 2.866s"
summary=$(grep -E 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+' "$log" | tail -1)
count() { sed -nE "s/.*$1: ([0-9]+).*/\1/p" <<<"$summary"; }
total=$(count Total) errors=$(count Errors) failed=$(count Failed) skipped=$(count Skipped) not_run=$(count 'Not Run')
[ -n "$total" ] || fail "The test runner ended with $status and no summary."

failed=$((failed + errors))
passed=$((total - failed - skipped - not_run))
[ "$status" = 0 ] || [ "$failed" -gt 0 ] || failed=1 # It broke outside a test.
if [ "$((passed + failed))" = 0 ]; then
    fail "No test ran."
fi

# What failed, by name and reason, once more at the end: the log above is long.
if [ "$failed" -gt 0 ]; then
    say "Failed"
    awk '/ \[FAIL\]$/ { print; left = 12; next } left > 0 && /^      / { print; left-- ; next } { left = 0 }' "$log"
fi

echo
echo "$passed passed, $failed failed$([ "$skipped" = 0 ] || echo ", $skipped skipped")"
[ "$failed" = 0 ]
