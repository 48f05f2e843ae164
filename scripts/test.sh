#!/usr/bin/env bash
# Sets hyplink up with its development tools in .venv and runs every check and test; stops at the first that fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bash scripts/setup.sh dev
PATH=$PWD/.venv/bin:$PATH
export OMP_NUM_THREADS=1 # the tests run in two processes

check() {
    printf '\n==> %s\n' "$*" >&2
    "$@"
}

check ruff check .
check ruff format --check .
check mypy
check lint-imports
NO_MKDOCS_2_WARNING=1 check mkdocs build --strict --quiet
check pytest -n 2 --dist loadgroup
