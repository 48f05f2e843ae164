"""Confidence thresholds with a statistical guarantee: Learn-then-Test (Angelopoulos, Bates, Candès et al., 2021).

For each threshold the null hypothesis "the expected loss at this threshold exceeds the tolerated loss" gets a p-value
that is valid for any number of independent units. The hypotheses are tested in an order fixed in advance, strictest
threshold first, each at the full level δ, until one is not rejected (fixed-sequence testing). With probability at least
1 − δ over the sample, the expected loss is tolerable at every threshold whose hypothesis was rejected.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

STARTS = (90, 70, 50)
"""The thresholds, in percent, from which sequences of tests start where the order of confidences is not known."""


def hoeffding_bentkus_p_value(losses: NDArray[np.float64], tolerated: float) -> float:
    """The p-value of "the expected loss exceeds `tolerated`" (Bates et al. 2021, after Hoeffding 1963, Bentkus 2004).

    Args:
        losses: float64 (n,), losses of independent units, in [0, 1].
        tolerated: the tolerated expected loss, in (0, 1).
    """
    n, mean = len(losses), float(losses.mean()) if len(losses) else 1.0
    if mean >= tolerated:
        return 1.0
    hoeffding = math.exp(-n * _bernoulli_divergence(mean, tolerated))
    bentkus = math.e * float(binom.cdf(math.ceil(n * mean - 1e-9), n, tolerated))
    return min(hoeffding, bentkus, 1.0)


def binomial_p_value(losses: NDArray[np.float64], tolerated: float) -> float:
    """The exact p-value of "the expected loss exceeds `tolerated`" for losses (n,) that are 0 or 1."""
    return float(binom.cdf(round(losses.sum()), len(losses), tolerated))


def n_rejected(p_values: Iterable[float], delta: float) -> int:
    """The number of hypotheses rejected at level `delta` before the first that is not, tested in the given order."""
    count = 0
    for p_value in p_values:
        if p_value > delta:
            break
        count += 1
    return count


@dataclass(frozen=True, slots=True)
class FoundThreshold:
    """A threshold whose hypothesis was rejected.

    Attributes:
        least: the lowest confidence of an answer.
        n_units: how many units have an answer.
        p_value: of the hypothesis that the expected loss is too great.
    """

    least: float
    n_units: int
    p_value: float


def lowest_threshold(
    losses_at: Callable[[float], NDArray[np.float64]],
    p_value_of: Callable[[NDArray[np.float64], float], float],
    tolerated: float,
    delta: float,
) -> FoundThreshold | None:
    """The lowest threshold that is shown to suffice; None for none.

    Where it is not known beforehand which confidence is strict, fixed-sequence testing starts from each of `STARTS`, at
    an equal share of the level (Angelopoulos et al. 2021, fixed-sequence testing with several starts), and goes down
    in hundredths.

    Args:
        losses_at: the losses of the units that have an answer at a threshold, float64 (n,) in [0, 1].
        p_value_of: gives the p-value of losses and the tolerated expected loss.
        tolerated: the tolerated expected loss, in (0, 1).
        delta: the level.
    """
    tried: dict[int, FoundThreshold] = {}

    def trial(percent: int) -> FoundThreshold:
        if percent not in tried:
            losses = losses_at(percent / 100)
            tried[percent] = FoundThreshold(percent / 100, len(losses), p_value_of(losses, tolerated))
        return tried[percent]

    found = []
    for start in STARTS:
        count = n_rejected((trial(percent).p_value for percent in range(start, -1, -1)), delta / len(STARTS))
        found += [trial(start - count + 1)] if count else []
    return min(found, key=lambda each: each.least, default=None)


def _bernoulli_divergence(a: float, b: float) -> float:
    """The Kullback-Leibler divergence of Bernoulli(a) from Bernoulli(b)."""
    success = a * math.log(a / b) if a > 0 else 0.0
    failure = (1 - a) * math.log((1 - a) / (1 - b)) if a < 1 else 0.0
    return success + failure
