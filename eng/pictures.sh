#!/usr/bin/env bash
# Takes the pictures of the Console that docs/console.md shows: by the test of a newcomer's tour, which makes them on
# its way.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bash eng/test.sh -class AiStack.Tests.Console.TourTests
mkdir -p docs/pictures
cp artifacts/test-output/pictures/*-light.png artifacts/test-output/pictures/overview-dark.png docs/pictures/
