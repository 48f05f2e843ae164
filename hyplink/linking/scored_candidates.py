"""The scored candidates of mentions, and their order."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hyplink.arrays import Scores
from hyplink.candidates.features import Candidates


class ScoredCandidates(NamedTuple):
    """The candidates of some mentions with their scores.

    Attributes:
        candidates: of all the mentions.
        scores: the log-probability of each, float64 (c,).
        probabilities: the calibrated probability of each, float64 (c,); NaN without a calibration, and for the only
            candidate of a mention that was not searched and is not a plain name.
        named: which of them rank before all others, because their names were found in the text, bool (c,).
    """

    candidates: Candidates
    scores: Scores
    probabilities: Scores
    named: NDArray[np.bool_]


class Option(NamedTuple):
    """A candidate of a mention; the smallest is the best: a name found in the text ranks before all others."""

    is_unnamed: bool
    minus_score: float
    concept: int
    distance: float
    probability: float
    gold_group: int


def options_of(scored: ScoredCandidates, n_mentions: int) -> list[list[Option]]:
    """The candidates of each mention, best first."""
    candidates, scores, probabilities, named = scored
    distances = np.full(scores.shape, np.nan) if candidates.distances is None else candidates.distances
    options: list[list[Option]] = [[] for _ in range(n_mentions)]
    columns = (~named, -scores, candidates.concepts, distances, probabilities, candidates.gold_groups)
    made = map(Option, *(each.tolist() for each in columns))
    for row, option in zip(candidates.mentions.tolist(), made, strict=True):
        options[row].append(option)
    for each in options:
        each.sort()
    return options
