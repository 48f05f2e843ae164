"""A threshold with a guarantee: Learn-then-Test (Angelopoulos, Bates, Candès, Jordan & Lei, 2021).

Each threshold is a hypothesis, "the errors at this threshold are on average too many", and gets a p-value that holds
for any number of units. The hypotheses are tested in an order that is fixed beforehand, the strictest threshold first,
and each at the full δ until one is not rejected (fixed-sequence testing): with probability at least 1 − δ over the
units, the average errors at every threshold that was rejected are as few as demanded.
"""

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom


def hoeffding_bentkus_p_value(losses: NDArray[np.float64], most: float) -> float:
    """The p-value of "the expected loss exceeds `most`" (Bates et al. 2021, after Hoeffding 1963 and Bentkus 2004).

    Args:
        losses: of independent units, in [0, 1], float64 (n,).
        most: the greatest expected loss that is borne, in (0, 1).
    """
    n, mean = len(losses), float(losses.mean()) if len(losses) else 1.0
    if mean >= most:
        return 1.0
    hoeffding = math.exp(-n * _divergence(mean, most))
    bentkus = math.e * float(binom.cdf(math.ceil(n * mean - 1e-9), n, most))
    return min(hoeffding, bentkus, 1.0)


def binomial_p_value(losses: NDArray[np.float64], most: float) -> float:
    """The exact p-value of "the expected loss exceeds `most`" where each loss (n,) is 0 or 1."""
    return float(binom.cdf(round(losses.sum()), len(losses), most))


def n_rejected(p_values: Iterable[float], delta: float) -> int:
    """How many of the hypotheses, tested one after the other, are rejected before one is not."""
    count = 0
    for p_value in p_values:
        if p_value > delta:
            break
        count += 1
    return count


def _divergence(a: float, b: float) -> float:
    """The Kullback-Leibler divergence of a coin that shows heads with chance a from one with chance b."""
    heads = a * math.log(a / b) if a > 0 else 0.0
    tails = (1 - a) * math.log((1 - a) / (1 - b)) if a < 1 else 0.0
    return heads + tails
