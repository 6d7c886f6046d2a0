#!/usr/bin/env bash
# Restores, builds and runs every test, end-to-end and browser ones included, and closes with "N passed, N failed".
# What failed runs once more, by itself: what passes then counts as passed, and is listed as unstable.
# Arguments go to the test runner: eng/test.sh -class AiStack.Tests.Contracts.IdTests
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

log=artifacts/test-output/test.log
again=artifacts/test-output/again.log
max_again=25 # Methods. More than that failing is no instability.
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

install tesseract tesseract-ocr
install dovecot dovecot-imapd
install git git
install '/usr/share/fonts/truetype/*/*Serif*.ttf' fonts-dejavu-core # Letters for the pages that tests draw.

say "Building"
dotnet build AiStack.sln --nologo -v quiet -clp:NoSummary || fail "The build failed."

if [ -f AiStack.Tests/Clients/package-lock.json ]; then
    say "Fetching the npm clients"
    (cd AiStack.Tests/Clients && npm ci --no-audit --no-fund --silent) || fail "npm ci failed in AiStack.Tests/Clients."
fi

say "Preparing the built-in embedder's word vectors (once a machine)"
dotnet artifacts/bin/AiStack.Retrieval/debug/AiStack.Retrieval.dll prepare \
    || fail "The word vectors could not be prepared."

say "Preparing the models of text recognition (once a machine)"
dotnet artifacts/bin/AiStack.Ingest/debug/AiStack.Ingest.dll prepare || fail "The models could not be prepared."

run() { # log, arguments of the runner
    dotnet artifacts/bin/AiStack.Tests/debug/AiStack.Tests.dll "${@:2}" -noColor -noLogo 2>&1 | tee -a "$1"
    return "${PIPESTATUS[0]}"
}

# The summaries of runs: "AiStack.Tests  Total: 6, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0, Time: 2.866s"
summaries() { grep -E 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+' "$1"; }

# The names of the tests that ended so, by a log: "    AiStack.Tests.Contracts.IdTests.An_id_is_read [FAIL]"
ended() { sed -nE "s/^ +(.*) \[($2)\]$/\1/p" "$1"; } # log, FAIL or SKIP or both

# The lines of the first list that are in the second; with -v those that are not.
those() { grep . <<<"$1" | grep -Fx "${@:3}" -f <(printf '%s\n' "${2:-no test has this name}"); }

# What these tests said when they failed, below their names.
reasons() { # names, logs
    names=$1 awk '
        BEGIN { count = split(ENVIRON["names"], list, "\n"); for (i = 1; i <= count; i++) wanted[list[i]] = 1 }
        / \[FAIL\]$/ { name = $0; gsub(/^ +| \[FAIL\]$/, "", name); left = (name in wanted) ? 12 : 0 }
        / \[FAIL\]$/ && left { print "    " name; next }
        left && /^      / { print; left--; next }
        { left = 0 }' "${@:2}"
}

say "Testing"
local_models='AiStack.Tests.Serving.GenAi.*'
runs=1
if [ $# -gt 0 ]; then
    run "$log" "$@"
    status=$?
else
    # With how long each took, which a log does not say.
    run "$log" -class- "$local_models" -xml artifacts/test-output/test.xml
    status=$?
    # In a process of their own, as Serving has it: docs/decisions/0049 says why.
    runs=2
    run "$log" -class "$local_models" || status=$?
fi

[ "$(summaries "$log" | wc -l)" = "$runs" ] || fail "The test runner ended with $status and no summary."
count() { summaries "$log" | sed -nE "s/.*$1: ([0-9]+).*/\1/p" | awk '{ sum += $1 } END { print sum }'; }
total=$(count Total) errors=$(count Errors) failed=$(count Failed) skipped=$(count Skipped) not_run=$(count 'Not Run')
[ "$((total - skipped - not_run))" -gt 0 ] || fail "No test ran."

failures=$(ended "$log" FAIL)
unstable=""
methods=$(sed 's/(.*//' <<<"$failures" | sort -u) # A theory as a whole: its rows have no filter.
if [ -n "$failures" ] && [ "$(wc -l <<<"$methods")" -le "$max_again" ]; then
    say "Testing once more what failed"
    : >"$again"
    # shellcheck disable=SC2046 # A name of a method has nothing in it that a shell reads.
    run "$again" -parallelMode none $(printf -- '-method %s ' $methods)
    if [ -n "$(summaries "$again")" ]; then
        first=$failures
        failures=$(those "$first" "$(ended "$again" 'FAIL|SKIP')")
        unstable=$(those "$first" "$failures" -v; those "$(ended "$again" FAIL)" "$first" -v)
        failed=$(grep -c . <<<"$failures")
    fi
fi

failed=$((failed + errors))
passed=$((total - failed - skipped - not_run))
[ "$status" = 0 ] || [ "$failed" -gt 0 ] || [ -n "$unstable" ] || failed=1 # It broke outside a test.

# What failed, by name and reason, once more at the end: the log above is long.
if [ "$failed" -gt 0 ]; then
    say "Failed"
    reasons "$failures" "$log"
fi

if [ -n "$unstable" ]; then
    say "Unstable"
    reasons "$unstable" "$log" "$again"
fi

echo
echo "$passed passed, $failed failed$([ "$skipped" = 0 ] || echo ", $skipped skipped")"
[ "$failed" = 0 ]
