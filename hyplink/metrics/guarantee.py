"""Confidence thresholds with a statistical guarantee: Learn-then-Test (Angelopoulos, Bates, Candès et al., 2021).

For each threshold the null hypothesis "the expected loss at this threshold exceeds the tolerated loss" gets a p-value
that is valid for any number of independent units. The hypotheses are tested in an order fixed in advance, strictest
threshold first, each at the full level δ, until one is not rejected (fixed-sequence testing). With probability at least
1 − δ over the sample, the expected loss is tolerable at every threshold whose hypothesis was rejected.
"""

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom


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


def _bernoulli_divergence(a: float, b: float) -> float:
    """The Kullback-Leibler divergence of Bernoulli(a) from Bernoulli(b)."""
    success = a * math.log(a / b) if a > 0 else 0.0
    failure = (1 - a) * math.log((1 - a) / (1 - b)) if a < 1 else 0.0
    return success + failure
