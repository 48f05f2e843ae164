#!/usr/bin/env bash
# From a fresh clone to links in text: sets hyplink up in .venv, trains it on the Disease Ontology and the NCBI Disease
# corpus in data/disease, and links an example text. A second call goes on from what is there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

run=runs/disease
text=data/disease/example.txt

say() { printf '\n==> %s\n' "$*" >&2; }

bash scripts/setup.sh
PATH=$PWD/.venv/bin:$PATH

say "hyplink run $run --config configs/disease.yaml"
hyplink run "$run" --config configs/disease.yaml

say "the text to link, $text:"
cat "$text"

say "hyplink link $run $text --output-format tsv | cut -f 1-6,11"
hyplink link "$run" "$text" --output-format tsv | cut -f 1-6,11

say "done; link your own text with: .venv/bin/hyplink link $run FILE"
