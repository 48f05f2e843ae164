import io
import shutil
import sys
from dataclasses import dataclass

import pytest

from tests.conftest import exit_status_of


@dataclass(frozen=True)
class Answer:
    """The result of a call of hyplink."""

    status: int
    out: str
    err: str


@pytest.fixture
def hyplink(capfd, monkeypatch):
    """Calls hyplink in this process and captures its streams, including the output of C++ libraries."""
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("GITHUB_ACTIONS", "FORCE_COLOR", "PY_COLORS"):
        monkeypatch.delenv(name, raising=False)

    def call(*words, stdin=b""):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capfd.readouterr()
        status = exit_status_of(*words)
        caught = capfd.readouterr()
        return Answer(status, caught.out, caught.err)

    return call


@pytest.fixture
def run(tiny_run, tmp_path):
    """A copy of the tiny run, which tests may change."""
    return shutil.copytree(tiny_run, tmp_path / "run")
