"""Mutated files: a few for each harness here, many by `scripts/fuzz.py`; and all that ever failed."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.harnesses import HARNESSES
from tests.fuzz.mutations import LIMIT, Edit, mutated

CORPUS = Path(__file__).parent / "corpus"
FOUND = sorted(path.relative_to(CORPUS).as_posix() for path in CORPUS.glob("*/*"))

numbers = st.integers(0, LIMIT - 1)
edits = st.lists(st.builds(Edit, numbers, numbers, numbers, numbers), min_size=1, max_size=3)


@pytest.fixture(params=HARNESSES)
def harness(request):
    return HARNESSES[request.param]


def test_files_that_are_not_mutated_are_accepted(harness, tmp_path):
    harness.prepare(tmp_path)
    assert {harness.check(tmp_path, seed) for seed in harness.seeds()} == {"accepted"}


def test_mutated_files_are_accepted_or_refused_in_one_line(harness, tmp_path):
    harness.prepare(tmp_path)
    seeds = harness.seeds()

    @settings(max_examples=8, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(numbers, edits)
    def check(choice, changes):
        assert harness.check(tmp_path, mutated(seeds, choice, changes, harness.tokens)) in ("accepted", "refused")

    check()


@pytest.mark.parametrize("name", FOUND)
def test_inputs_that_once_failed_are_accepted_or_refused_in_one_line(name, tmp_path):
    harness = HARNESSES[name.partition("/")[0]]
    harness.prepare(tmp_path)
    assert harness.check(tmp_path, (CORPUS / name).read_bytes()) in ("accepted", "refused")
