"""Estimates the accuracy of links from a stratified random sample of them that a person checked.

Links are divided into strata by confidence, and a simple random sample is drawn without replacement from each. The
share of right links is then estimated by Σ W_h·p̂_h, with W_h the share of all links that stratum h holds, which is
unbiased whatever the confidences are worth (Cochran, *Sampling Techniques*, 3rd ed., 1977, sections 5.3 and 5.5).
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Z = 1.959963984540054
"""The 97.5% point of the normal distribution: intervals hold with a probability of 95%."""

EDGES = (0.5, 0.8, 0.9, 0.97)
"""Confidences at which strata begin, besides 0."""

LEAST_IN_STRATUM = 5
"""Links drawn from a stratum at least, or all that it has."""

SHRINKAGE = 0.75
"""How far the accuracy that a confidence promises is moved towards ½ to plan a sample: other text may be harder."""


class Estimate(NamedTuple):
    """A share with its 95% interval."""

    value: float
    low: float
    high: float

    @property
    def margin(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2


class Stratum(NamedTuple):
    """The links of a range of confidence: how many there are, and how many were checked and right."""

    n_links: int
    n_checked: int
    n_right: int


def strata_of(confidences: NDArray[np.float64]) -> NDArray[np.int64]:
    """The stratum of each link, int64 (n,), from 0; links without a confidence (NaN) have a stratum of their own."""
    strata = np.searchsorted(EDGES, confidences, side="right").astype(np.int64) + 1
    return np.where(np.isnan(confidences), 0, strata)


def sample_sizes(counts: Sequence[int], expected: Sequence[float], margin: float) -> list[int]:
    """The number of links to draw from each stratum so that the interval is expected to reach `margin` to each side.

    Neyman's allocation: strata whose links are right or wrong with more variance get more.

    Args:
        counts: the links of each stratum.
        expected: the mean confidence of each stratum; NaN where it is not known.
        margin: the wanted half width of the interval.
    """
    n = np.array(counts, dtype=np.float64)
    promised = np.nan_to_num(np.array(expected, dtype=np.float64), nan=0.5)
    p = promised + SHRINKAGE * (0.5 - promised)
    deviations = np.sqrt(p * (1 - p))
    weights = n / n.sum()
    total = (weights * deviations).sum() ** 2 / ((margin / Z) ** 2 + (weights * deviations**2).sum() / n.sum())
    drawn = np.ceil(total * weights * deviations / (weights * deviations).sum())
    return [int(min(size, max(LEAST_IN_STRATUM, each))) for size, each in zip(n, drawn, strict=True)]


def expected_margin(counts: Sequence[int], expected: Sequence[float], sizes: Sequence[int]) -> float:
    """The half width of the interval that samples of these sizes are expected to give."""
    total, variance = sum(counts), 0.0
    for n, promise, size in zip(counts, expected, sizes, strict=True):
        p = 0.5 if math.isnan(promise) else promise + SHRINKAGE * (0.5 - promise)
        variance += (n / total) ** 2 * p * (1 - p) / size * (1 - size / n)
    return Z * math.sqrt(variance)


def stratified_share(strata: Sequence[Stratum]) -> Estimate:
    """The share of right links among all links, with a 95% interval.

    The interval is Wilson's with the effective sample size p(1-p)/V of the stratified design (Yan and Su, "Stratified
    Wilson and Newcombe confidence intervals for multiple binomial proportions", 2010). In V each p̂_h is smoothed with
    one right and one wrong link, so that a stratum without an error is not taken for one that cannot have any.

    Args:
        strata: those that have links; each has at least one checked.
    """
    total = sum(each.n_links for each in strata)
    value = sum(each.n_links / total * each.n_right / each.n_checked for each in strata)
    variance = 0.0
    for each in strata:
        p = (each.n_right + 1) / (each.n_checked + 2)
        left = 1 - each.n_checked / each.n_links  # finite population correction
        variance += (each.n_links / total) ** 2 * p * (1 - p) / each.n_checked * left
    if variance == 0:  # every link was checked
        return Estimate(value, value, value)
    smoothed = sum(each.n_links / total * (each.n_right + 1) / (each.n_checked + 2) for each in strata)
    effective = smoothed * (1 - smoothed) / variance
    centre = (value + Z**2 / (2 * effective)) / (1 + Z**2 / effective)
    half = Z / (1 + Z**2 / effective) * math.sqrt(value * (1 - value) / effective + Z**2 / (4 * effective**2))
    return Estimate(value, max(0.0, centre - half), min(1.0, centre + half))


def recall_from_passages(
    right: Estimate, corrected: Estimate, n_links: int, n_missed: Sequence[int], n_passages: int
) -> Estimate:
    """The share of mentions that were found and linked right, with a 95% interval (delta method).

    Mentions are the right links, the links of mentions to a wrong concept, and those that were missed.

    Args:
        right: the share of right links.
        corrected: the share of links that are of a mention, but to a wrong concept.
        n_links: links of all text.
        n_missed: missed mentions in each of the passages that were read, a random sample of all passages.
        n_passages: passages of all text.
    """
    counts = np.array(n_missed, dtype=np.float64)
    spread = float(counts.std(ddof=1)) if len(counts) > 1 else 0.0
    spread = max(spread, math.sqrt(1 / len(counts)))  # none in few passages does not mean none anywhere
    error_missed = n_passages * spread * math.sqrt((1 - len(counts) / n_passages) / len(counts))
    found, others = right.value * n_links, n_passages * float(counts.mean()) + corrected.value * n_links
    error_found, error_others = right.margin / Z * n_links, math.hypot(error_missed, corrected.margin / Z * n_links)
    total = found + others
    if not total:
        return Estimate(0.0, 0.0, 1.0)
    half = Z * math.hypot(others * error_found, found * error_others) / total**2
    return Estimate(found / total, max(0.0, found / total - half), min(1.0, found / total + half))


def threshold_for(
    confidences: NDArray[np.float64], right: NDArray[np.bool_], weights: NDArray[np.float64], accuracy: float
) -> float | None:
    """The lowest confidence at which the checked links from it on are right to a wanted share, or None.

    Args:
        confidences: of the checked links, float64 (n,).
        right: whether each is right, bool (n,).
        weights: how many links each stands for, float64 (n,): n_links / n_checked of its stratum.
        accuracy: the wanted share.
    """
    known = ~np.isnan(confidences)
    order = np.argsort(-confidences[known], kind="stable")
    sorted_confidences, w = confidences[known][order], weights[known][order]
    shares = np.cumsum(w * right[known][order]) / np.cumsum(w)
    is_last = np.append(sorted_confidences[1:] != sorted_confidences[:-1], True)  # of links of one confidence
    reached = np.flatnonzero((shares >= accuracy) & is_last)
    return float(sorted_confidences[reached[-1]]) if reached.size else None
