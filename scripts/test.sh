#!/usr/bin/env bash
# Installs hyplink with its development tools in .venv and runs the checks and tests; stops at the first that fails.
#
#   bash scripts/test.sh         the checks, and all tests but the slow ones
#   bash scripts/test.sh --all   the slow tests too: whole documentation pages, kills, browsers
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

case ${1:-} in
    '') tests=() ;;
    --all) tests=(-m '') ;;
    *)
        printf 'test: unknown argument %s; give --all or nothing\n' "$1" >&2
        exit 2
        ;;
esac

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
MYPYPATH=scripts:scripts/studies check mypy scripts/*.py scripts/studies/*.py
check lint-imports
NO_MKDOCS_2_WARNING=1 check mkdocs build --strict --quiet
check pytest -n 2 --dist loadgroup "${tests[@]}"
