"""Exact binomial confidence intervals, which hold for few mentions and for shares of 0 and 1."""

from scipy.special import betaincinv

CONFIDENCE_LEVEL = 0.95


def clopper_pearson(total: float, n: int) -> tuple[float, float]:
    """The 95% confidence interval of a mean of values in [0, 1].

    It is that of Clopper and Pearson (The use of confidence or fiducial limits illustrated in the case of the binomial,
    Biometrika 26, 1934). Values between 0 and 1 vary less than shares of the same mean, so it is wide enough for them.

    Args:
        total: the sum of the values.
        n: their number, at least 1.
    """
    tail = (1 - CONFIDENCE_LEVEL) / 2
    low = 0.0 if total <= 0 else float(betaincinv(total, n - total + 1, tail))
    high = 1.0 if total >= n else float(betaincinv(total + 1, n - total, 1 - tail))
    return low, high


def envelope(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """The shortest interval that contains both."""
    return min(one[0], other[0]), max(one[1], other[1])
