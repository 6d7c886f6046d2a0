#!/usr/bin/env bash
# Makes the DOCX and PDF documents from the Markdown beside this file. Needs pandoc and chromium.
set -euo pipefail
cd "$(dirname "$0")"
export SOURCE_DATE_EPOCH=1775030400 # 1 April 2026: the same sources give the same DOCX.

# Where each document lies, by department.
declare -A folders=(
  [employee-handbook]=hr [travel-policy]=finance [data-protection-notice]=it [fire-and-evacuation-plan]=safety
  [sustainability-report-2025]=company [skyv-90-product-sheet]=product [kobl-3-hitch-installation]=product
  [recall-notice-kobl-2]=support [battery-safety-sheet-sb-504]=safety [dealer-agreement-summary]=sales
)
page=$(mktemp --suffix=.html)
trap 'rm -f "$page"' EXIT

for source in docx/*.md; do
  name=$(basename "$source" .md)
  pandoc --from markdown-smart "$source" --output "../documents/${folders[$name]}/$name.docx"
done

for source in pdf/*.md; do
  name=$(basename "$source" .md)
  pandoc --from markdown-smart --to html5 --standalone --metadata lang=en --include-in-header <(
    echo "<style>"; cat print.css; echo "</style>"
  ) --template print.html "$source" --output "$page"
  chromium --headless --no-sandbox --disable-gpu --no-pdf-header-footer \
    --print-to-pdf="../documents/${folders[$name]}/$name.pdf" "file://$page" 2> /dev/null
done
