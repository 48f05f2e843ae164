#!/usr/bin/env bash
# Makes .venv, a virtual environment in this repository, and installs hyplink there with the versions of constraints.txt.
#
#   bash scripts/setup.sh        what hyplink needs to run
#   bash scripts/setup.sh dev    and what its checks and tests need
#
# A second call does nothing unless pyproject.toml or constraints.txt changed. pip's own settings count: on Linux, point
# PIP_EXTRA_INDEX_URL at PyTorch's index of CPU builds to be spared the libraries for NVIDIA's GPUs (some gigabytes).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

extras=${1:-}
venv=.venv
stamp=$venv/hyplink-setup
sssom=tests/cli/sssom-requirements.txt

say() { printf '==> %s\n' "$*" >&2; }
fail() {
    printf 'setup: %s\n' "$*" >&2
    exit 1
}

is_python_311() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    local candidate
    for candidate in python3 python3.13 python3.12 python3.11 python; do
        if is_python_311 "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    fail "no Python 3.11 or newer found ($(python3 --version 2>/dev/null || echo 'no python3 at all')); install one and run this again"
}

check_tools() {
    command -v git >/dev/null || fail "git is missing; install it and run this again"
    command -v g++ >/dev/null || fail "a C++ compiler is missing (g++, to build fastText); install it and run this again"
}

make_venv() {
    local python
    python=$(find_python)
    say "making the virtual environment $venv with $("$python" --version) ($python)"
    "$python" -m venv --clear "$venv" || fail "$python cannot make virtual environments; on Debian: apt install python3-venv"
}

# What is installed: the extras, and the files that say which versions.
wanted() { printf '%s %s\n' "$1" "$(cat pyproject.toml constraints.txt "$sssom" | git hash-object --stdin)"; }

if [[ -f $stamp ]] && { grep -qxF "$(wanted "$extras")" "$stamp" || grep -qxF "$(wanted dev)" "$stamp"; }; then
    say "hyplink is installed in $venv"
    exit 0
fi

check_tools
if ! is_python_311 "$venv/bin/python" || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    make_venv
fi
say "installing hyplink${extras:+ with its $extras tools} into $venv (some minutes the first time: fastText is compiled)"
rm -f "$stamp"
pip=("$venv/bin/python" -m pip install --quiet --quiet --disable-pip-version-check)
"${pip[@]}" --upgrade --constraint constraints.txt pip
"${pip[@]}" --constraint constraints.txt --build-constraint constraints.txt --editable ".${extras:+[$extras]}"
if [[ $extras == dev ]]; then
    "$venv/bin/python" -m venv "$venv/sssom"
    "$venv/sssom/bin/python" -m pip install --quiet --quiet --disable-pip-version-check --requirement "$sssom"
fi
wanted "$extras" >"$stamp"
say "hyplink is installed in $venv"
