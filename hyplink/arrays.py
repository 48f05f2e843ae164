"""Array types, and operations on segments: runs of consecutive rows that belong to one mention."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]
"""Row numbers or concept indices."""

Scores = NDArray[np.float64]
"""Scores, features, weights or probabilities."""

LARGEST = 1e9
"""No trained weight is as large; products of a few larger numbers could overflow."""


def are_moderate(arrays: Iterable[NDArray[np.float64]]) -> bool:
    """Whether all numbers of arrays are finite and at most `LARGEST` in size."""
    return all((np.abs(each) <= LARGEST).all() for each in arrays)  # false for NaN


def segment_starts(segments: Indices) -> Indices:
    """The first row of each segment, int64 (n_segments,).

    Args:
        segments: the segment of each row, int64 (n,), ascending and not negative.
    """
    return np.flatnonzero(np.diff(segments, prepend=-1))


def log_softmax(scores: Scores, segments: Indices) -> Scores:
    """The log-probability of each row, float64 (n,): a softmax over each segment of its own.

    Args:
        scores: float64 (n,); higher is more probable.
        segments: the segment of each row, int64 (n,), ascending and not negative.
    """
    if not len(scores):
        return scores
    starts = segment_starts(segments)
    sizes = np.diff(starts, append=len(segments))
    shifted = scores - np.repeat(np.maximum.reduceat(scores, starts), sizes)
    log_probabilities: Scores = shifted - np.repeat(np.log(np.add.reduceat(np.exp(shifted), starts)), sizes)
    return log_probabilities
