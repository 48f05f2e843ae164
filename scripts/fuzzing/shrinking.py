"""Makes a failing input smaller."""

from fuzzing.workers import Outcome, outcome_of
from tests.fuzz.harness import Harness

TRIES = 150
"""Inputs tried for one failure; each has a process of its own."""


def shrunk(harness: Harness, data: bytes, outcome: Outcome) -> bytes:
    """A shorter input with the same outcome, found by leaving out pieces of halving length."""
    tries, size = 0, len(data) // 2
    while size and tries < TRIES:
        place = 0
        while place < len(data) and tries < TRIES:
            shorter = data[:place] + data[place + size :]
            tries += 1
            if outcome_of(harness, shorter) == outcome:
                data = shorter
            else:
                place += size
        size //= 2
    return data
