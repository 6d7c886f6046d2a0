#!/usr/bin/env bash
# Attacks a stack that runs: every route with wrong keys, too little scope and another project's ids, in two projects
# that it makes for this. Prints what was tried and what came through, and fails when anything did.
# docs/security.md has more.
#
#   export OPENAI_BASE_URL=http://127.0.0.1:5080/v1 OPENAI_API_KEY=sk-aistack-dev-...   # an admin's key
#   bash eng/attack.sh
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

: "${OPENAI_BASE_URL:?Set it to the address of the API, as the stack printed it.}"
: "${OPENAI_API_KEY:?Set it to the key of an admin.}"

dotnet build AiStack.Tests --nologo -v quiet -clp:NoSummary || exit 1
rm -f artifacts/attack.txt
dotnet artifacts/bin/AiStack.Tests/debug/AiStack.Tests.dll -noColor -noLogo -explicit only \
    -method AiStack.Tests.Attack.AttackTests.Attack_the_stack_that_the_environment_names
status=$?
[ ! -f artifacts/attack.txt ] || cat artifacts/attack.txt
exit "$status"
