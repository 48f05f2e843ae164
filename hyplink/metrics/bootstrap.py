"""Means, and precision with recall, with bootstrap intervals over documents."""

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


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95% interval.

    Attributes:
        value: the figure, or None where it is not defined.
        low: lower end of the interval, or None where there are fewer than two documents.
        high: upper end of the interval, likewise.
    """

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Rates:
    """How much of what was found is right, and how much of what is right was found.

    Attributes:
        precision: share of the found that is right; None where nothing was found.
        recall: share of the right that was found; None where there is nothing to find.
        f1: harmonic mean of the two, 0 where but one is defined; None where neither is.
        n_found: what was found, right or not.
        n_gold: what there is to find.
    """

    precision: Interval
    recall: Interval
    f1: Interval
    n_found: int
    n_gold: int


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


def bootstrap_rates(counts: npt.NDArray[np.int64], *, seed: int = 0, draws: int = DRAWS) -> Rates:
    """Precision, recall and F1 of all documents together, whole documents drawn with replacement for the intervals.

    Args:
        counts: int64 (n_documents, 4): in each document how much of the found is right, how much was found, how much
            of the gold was found, how much gold there is.
        seed: of the draws.
        draws: how many.
    """
    counts = counts.reshape(-1, 4)
    drawn = np.array([times @ counts for times in _draws(len(counts), draws, seed)])  # (draws, 4)
    total = counts.sum(axis=0, keepdims=True)
    precision, recall, f1 = (
        _interval(float(value), draws_of_it, len(counts))
        for value, draws_of_it in zip(rates_of(total)[0], rates_of(drawn).T, strict=True)
    )
    return Rates(precision, recall, f1, n_found=int(total[0, 1]), n_gold=int(total[0, 3]))


def rates_of(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Precision, recall and F1 of each row of counts, float64 (n, 3); NaN where not defined.

    Args:
        counts: int64 (n, 4): how much of the found is right, the found, how much of the gold was found, the gold.
    """
    with np.errstate(invalid="ignore"):
        shares = counts[:, [0, 2]] / counts[:, [1, 3]]
        precision, recall = np.nan_to_num(shares).T
        sums = precision + recall
        f1 = np.where(sums > 0, 2 * precision * recall / sums, np.where(np.isnan(shares).all(axis=1), np.nan, 0.0))
    return np.column_stack([shares, f1])


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
    return Figure(float(total / count), *_ends(means), int(count))


def _interval(value: float, drawn: npt.NDArray[np.float64], n_documents: int) -> Interval:
    if np.isnan(value):
        return Interval(None, None, None)
    return Interval(value, *_ends(drawn)) if n_documents > 1 else Interval(value, None, None)


def _ends(drawn: npt.NDArray[np.float64]) -> tuple[float, float]:
    """The ends of the interval that holds the middle 95% of what was drawn."""
    outside = (1 - COVERAGE) / 2
    low, high = np.nanquantile(drawn, [outside, 1 - outside])
    return float(low), float(high)
