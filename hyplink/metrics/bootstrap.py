"""Means, precision, recall and F1 with bootstrap confidence intervals that resample whole documents.

The intervals are percentile intervals (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13).
Documents are the sampling unit because mentions of one document are not independent. The bootstrap cannot show more
variation than the sample has: four right answers would have the interval 1–1. So an interval of a share also contains
the exact binomial one (`exact`), as if mentions were independent; of many mentions it is the narrower one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hyplink.metrics.exact import CONFIDENCE_LEVEL, clopper_pearson, envelope

N_RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class MeanEstimate:
    """A mean over mentions with its 95% confidence interval.

    Attributes:
        value: the mean; None if no mention has a value.
        low: lower end of the interval; None if fewer than two documents have a value.
        high: upper end of the interval; None in the same case.
        n_mentions: number of mentions that have a value.
    """

    value: float | None
    low: float | None
    high: float | None
    n_mentions: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """A metric with its 95% confidence interval.

    Attributes:
        value: the metric; None if it is undefined.
        low: lower end of the interval; None if there are fewer than two documents.
        high: upper end of the interval; None in the same case.
    """

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class PrecisionRecallF1:
    """Precision, recall and F1 with their intervals.

    Attributes:
        precision: correct predictions / predictions; undefined without predictions.
        recall: gold items that were found / gold items; undefined without gold items.
        f1: harmonic mean of both; 0 if only one of them is defined, undefined if neither is.
        n_found: number of predictions, correct or not.
        n_gold: number of gold items.
    """

    precision: Estimate
    recall: Estimate
    f1: Estimate
    n_found: int
    n_gold: int


def bootstrap_means(
    values: npt.NDArray[np.float64],
    documents: npt.NDArray[np.int64],
    *,
    shares: Sequence[bool] | None = None,
    seed: int = 0,
    n_resamples: int = N_RESAMPLES,
) -> list[MeanEstimate]:
    """The mean of each column with its confidence interval.

    A column of equal values that are no shares has no interval: nothing is known of their variation.

    Args:
        values: float64 (n_mentions, n_metrics); NaN where a metric is undefined for a mention.
        documents: int64 (n_mentions,), a number that identifies the document of each mention.
        shares: whether each column has values in [0, 1]; None if none has.
        seed: random seed of the resampling.
        n_resamples: number of bootstrap samples.
    """
    shares = shares or [False] * values.shape[1]
    _, rows = np.unique(documents, return_inverse=True)
    n_documents = int(rows.max()) + 1 if rows.size else 0
    defined = ~np.isnan(values)
    totals = np.zeros((n_documents, 2, values.shape[1]))  # the sum and the count of each document and metric
    np.add.at(totals[:, 0], rows, np.where(defined, values, 0.0))
    np.add.at(totals[:, 1], rows, defined)
    resampled = np.array(
        [np.tensordot(times, totals, axes=1) for times in document_counts(n_documents, seed, n_resamples)]
    )
    with np.errstate(invalid="ignore"):
        means = resampled[:, 0] / resampled[:, 1]  # (n_resamples, n_metrics), NaN for a sample without any value
    return [_mean_estimate(totals[..., i], means[:, i], is_share) for i, is_share in enumerate(shares)]


def bootstrap_precision_recall(
    counts: npt.NDArray[np.int64], *, seed: int = 0, n_resamples: int = N_RESAMPLES
) -> PrecisionRecallF1:
    """Micro-averaged precision, recall and F1 over all documents, with confidence intervals.

    Args:
        counts: int64 (n_documents, 4): for each document the number of correct predictions, of predictions, of gold
            items found and of gold items.
        seed: random seed of the resampling.
        n_resamples: number of bootstrap samples.
    """
    counts = counts.reshape(-1, 4)
    resampled = np.array(
        [times @ counts for times in document_counts(len(counts), seed, n_resamples)]
    )  # (n_resamples, 4)
    total = counts.sum(axis=0, keepdims=True)
    precision, recall, f1 = (
        _estimate(float(value), resampled_values, len(counts), exact)
        for value, resampled_values, exact in zip(
            precision_recall_f1(total)[0], precision_recall_f1(resampled).T, _exact_intervals(total[0]), strict=True
        )
    )
    return PrecisionRecallF1(precision, recall, f1, n_found=int(total[0, 1]), n_gold=int(total[0, 3]))


def paired_difference(
    values: npt.NDArray[np.float64], others: npt.NDArray[np.float64], documents: npt.NDArray[np.int64], *, seed: int = 0
) -> Estimate:
    """The mean of values minus the mean of others, of the same mentions, with its confidence interval over documents.

    Where all differences are equal, the interval is the exact one of as many values in [−1, 1].

    Args:
        values: float64 (n_mentions,), in [0, 1].
        others: of the other system, float64 (n_mentions,), in [0, 1].
        documents: int64 (n_mentions,), a number that identifies the document of each mention.
        seed: random seed of the resampling.
    """
    differences = values - others
    [mean] = bootstrap_means(differences[:, None], documents, seed=seed)
    if mean.value is None or mean.low is not None or len(np.unique(documents)) < 2:
        return Estimate(mean.value, mean.low, mean.high)
    low, high = clopper_pearson(float(((differences + 1) / 2).sum()), len(differences))
    return Estimate(mean.value, 2 * low - 1, 2 * high - 1)


def paired_estimate(difference: float, resampled: npt.NDArray[np.float64]) -> Estimate:
    """A difference of a metric of two systems, from its values in the same bootstrap samples, float64 (n_resamples,).

    It has no interval where the samples do not vary.
    """
    if np.isnan(difference):
        return Estimate(None, None, None)
    low, high = _percentile_interval(resampled)
    return Estimate(difference, low, high) if low < high else Estimate(difference, None, None)


def precision_recall_f1(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Precision, recall and F1 of each row of counts, float64 (n, 3); NaN where undefined.

    Args:
        counts: int64 (n, 4): correct predictions, predictions, gold items found, gold items.
    """
    with np.errstate(invalid="ignore"):
        ratios = counts[:, [0, 2]] / counts[:, [1, 3]]
        precision, recall = np.nan_to_num(ratios).T
        sums = precision + recall
        f1 = np.where(sums > 0, 2 * precision * recall / sums, np.where(np.isnan(ratios).all(axis=1), np.nan, 0.0))
    return np.column_stack([ratios, f1])


def _exact_intervals(total: npt.NDArray[np.int64]) -> list[tuple[float, float]]:
    """The exact intervals of precision and recall, and that of F1 which follows: the harmonic means of their ends."""
    n_correct, n_predicted, n_found, n_gold = total.tolist()
    precision, recall = (
        clopper_pearson(hits, n) if n else (0.0, 1.0) for hits, n in ((n_correct, n_predicted), (n_found, n_gold))
    )
    ends = ((p, r) for p, r in zip(precision, recall, strict=True))
    low, high = (2 * p * r / (p + r) if p + r else 0.0 for p, r in ends)
    return [precision, recall, (low, high)]


def document_counts(n_documents: int, seed: int, n_resamples: int = N_RESAMPLES) -> Iterator[npt.NDArray[np.int64]]:
    """For each bootstrap sample the number of times each document is in it, int64 (n_documents,)."""
    rng = np.random.default_rng(seed)
    for _ in range(n_resamples):
        yield np.bincount(rng.integers(max(n_documents, 1), size=n_documents), minlength=n_documents)


def _mean_estimate(totals: npt.NDArray[np.float64], means: npt.NDArray[np.float64], is_share: bool) -> MeanEstimate:
    """The estimate of one column from sums and counts, (n_documents, 2), and resampled means, (n_resamples,)."""
    total, count = totals.sum(axis=0) if len(totals) else (0.0, 0)
    if not count:
        return MeanEstimate(None, None, None, 0)
    if np.count_nonzero(totals[:, 1]) < 2:
        return MeanEstimate(float(total / count), None, None, int(count))
    interval = _percentile_interval(means)
    if is_share:
        interval = envelope(interval, clopper_pearson(float(total), int(count)))
    low, high = interval if interval[0] < interval[1] else (None, None)
    return MeanEstimate(float(total / count), low, high, int(count))


def _estimate(
    value: float, resampled: npt.NDArray[np.float64], n_documents: int, exact: tuple[float, float]
) -> Estimate:
    if np.isnan(value) or n_documents < 2:
        return Estimate(None if np.isnan(value) else value, None, None)
    return Estimate(value, *envelope(_percentile_interval(resampled), exact))


def _percentile_interval(resampled: npt.NDArray[np.float64]) -> tuple[float, float]:
    """The ends of the central 95% of the resampled values."""
    tail = (1 - CONFIDENCE_LEVEL) / 2
    low, high = np.nanquantile(resampled, [tail, 1 - tail])
    return float(low), float(high)
