"""Means with bootstrap intervals over documents."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

DRAWS = 1000
COVERAGE = 0.95


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over mentions with its 95% interval.

    Attributes:
        value: the mean, or None where there is nothing to average.
        low: lower end of the interval, or None where there are fewer than two documents.
        high: upper end of the interval, likewise.
        n_mentions: mentions that the mean is over.
    """

    value: float | None
    low: float | None
    high: float | None
    n_mentions: int


def bootstrap_means(
    values: npt.NDArray[np.float64], documents: npt.NDArray[np.int64], *, seed: int = 0, draws: int = DRAWS
) -> list[Figure]:
    """The mean of each column with its percentile interval, whole documents drawn with replacement.

    Mentions of one document are alike, so documents and not mentions are the units that are drawn (the percentile
    interval of Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13).

    Args:
        values: float64 (n_mentions, n_figures); NaN where a mention has no such figure.
        documents: int64 (n_mentions,), the document of each mention, any numbering.
        seed: of the draws.
        draws: how many.
    """
    _, rows = np.unique(documents, return_inverse=True)
    n_documents = int(rows.max()) + 1 if rows.size else 0
    known = ~np.isnan(values)
    totals = np.zeros((n_documents, 2, values.shape[1]))  # a sum and a count for each document and figure
    np.add.at(totals[:, 0], rows, np.where(known, values, 0.0))
    np.add.at(totals[:, 1], rows, known)
    drawn = np.array([np.tensordot(counts, totals, axes=1) for counts in _draws(n_documents, draws, seed)])
    with np.errstate(invalid="ignore"):
        means = drawn[:, 0] / drawn[:, 1]  # (draws, n_figures), NaN for a draw without any such mention
    return [_figure(totals[..., column], means[:, column]) for column in range(values.shape[1])]


def _draws(n_documents: int, draws: int, seed: int) -> Iterator[npt.NDArray[np.int64]]:
    """For each draw how often each document is in it, (n_documents,)."""
    rng = np.random.default_rng(seed)
    for _ in range(draws):
        yield np.bincount(rng.integers(max(n_documents, 1), size=n_documents), minlength=n_documents)


def _figure(totals: npt.NDArray[np.float64], means: npt.NDArray[np.float64]) -> Figure:
    """The figure of one column: `totals` (n_documents, 2) sums and counts, `means` (draws,)."""
    total, count = totals.sum(axis=0) if len(totals) else (0.0, 0)
    if not count:
        return Figure(None, None, None, 0)
    if np.count_nonzero(totals[:, 1]) < 2:
        return Figure(float(total / count), None, None, int(count))
    outside = (1 - COVERAGE) / 2
    low, high = np.nanquantile(means, [outside, 1 - outside])
    return Figure(float(total / count), float(low), float(high), int(count))
