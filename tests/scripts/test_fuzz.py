"""The processes of `scripts/fuzz.py` notice every kind of failure."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fuzzing import workers
from fuzzing.shrinking import shrunk
from fuzzing.workers import Outcome, outcome_of, outcomes

from hyplink.errors import InputError
from tests.fuzz.harness import Harness

ROOT = Path(__file__).parents[2]


def _act(path):
    match path.read_bytes():
        case b"refused":
            raise InputError("no")
        case b"crash":
            os.kill(os.getpid(), signal.SIGKILL)
        case b"hang":
            time.sleep(60)
        case b"memory":
            bytearray(2**27)
        case b"two lines":
            error = InputError("no")
            error.args = ("one\ntwo",)
            raise error
        case other if b"raise" in other:
            raise KeyError("x")


HARNESS = Harness("acting", "in", _act, lambda: [b""], (b"x",))


@pytest.fixture(autouse=True)
def _low_limits(monkeypatch):
    monkeypatch.setattr(workers, "SECONDS", 2)
    monkeypatch.setattr(workers, "MEMORY", 2**26)


@pytest.mark.parametrize("kind", ["accepted", "refused", "crash", "hang", "memory"])
def test_what_becomes_of_a_process_is_told(kind):
    assert outcome_of(HARNESS, kind.encode()).kind == kind


def test_inputs_after_a_failure_are_run_as_well():
    inputs = [b"x", b"crash", b"refused", b"raise", b"memory", b"x"]
    kinds = [each.kind for each in outcomes(HARNESS, len(inputs), inputs.__getitem__)]
    assert kinds == ["accepted", "crash", "refused", "traceback", "memory", "accepted"]


def test_a_message_of_several_lines_is_a_failure():
    assert outcome_of(HARNESS, b"two lines").kind == "traceback"


def test_a_failing_input_is_shrunk_to_what_makes_it_fail():
    data = b"much before raise and behind"
    outcome = outcome_of(HARNESS, data)
    assert outcome == Outcome("traceback", outcome.cause)
    assert outcome.cause.startswith("KeyError at ")
    assert shrunk(HARNESS, data, outcome) == b"raise"


def test_the_script_prints_a_row_for_each_harness(tmp_path):
    command = [sys.executable, "scripts/fuzz.py", "run-mode", "run-ranker", "--inputs", "40", "--save", tmp_path]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    rows = [line.split() for line in ended.stdout.splitlines()]
    assert [row[0] for row in rows] == ["harness", "run-mode", "run-ranker", "total"]
    assert [row[1] for row in rows[1:3]] == ["40", "40"]
