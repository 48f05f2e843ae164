"""How well points of the Poincaré ball represent a hierarchy: ancestor ranking, radius against depth, distances."""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
"""The reported quantiles of the hyperbolic radius."""


@dataclass(frozen=True, slots=True)
class RankMetrics:
    """How highly the true ancestors rank among all concepts by distance.

    Attributes:
        mean_average_precision: mean over concepts of the average precision of their ancestors, nearest first.
        mean_rank: mean over (concept, ancestor) pairs of 1 + the number of other concepts nearer than the ancestor.
        n_concepts: number of query concepts.
    """

    mean_average_precision: float
    mean_rank: float
    n_concepts: int


@dataclass(frozen=True, slots=True)
class EmbeddingMetrics:
    """The metrics of an embedding of a hierarchy.

    Attributes:
        reconstruction: ranking of the (concept, ancestor) pairs used for training.
        prediction: ranking of the held-out pairs; None if none were held out.
        norm_depth_correlation: Spearman's rank correlation of norm and depth; 0 if either is constant.
        sibling_ratio: mean distance of sibling pairs / mean distance of random pairs; 1 if there are no siblings.
        radius_quantiles: hyperbolic radius at `QUANTILES`.
    """

    reconstruction: RankMetrics
    prediction: RankMetrics | None
    norm_depth_correlation: float
    sibling_ratio: float
    radius_quantiles: tuple[float, ...]

    @property
    def summary(self) -> str:
        """The main metrics in one line."""
        ranks = self.reconstruction
        prediction = f", MAP of held-out pairs {self.prediction.mean_average_precision:.3f}" if self.prediction else ""
        return (
            f"MAP {ranks.mean_average_precision:.3f} and mean rank {ranks.mean_rank:.2f} of the ancestors of "
            f"{ranks.n_concepts:,} concepts{prediction}, norm-depth correlation {self.norm_depth_correlation:.2f}, "
            f"sibling distance ratio {self.sibling_ratio:.2f}, "
            f"median radius {self.radius_quantiles[len(self.radius_quantiles) // 2]:.2f}"
        )

    def as_dict(self) -> dict[str, object]:
        """The metrics as JSON values; the radius quantiles are keyed by quantile."""
        metrics: dict[str, object] = asdict(self)
        metrics["radius_quantiles"] = dict(zip(map(str, QUANTILES), self.radius_quantiles, strict=True))
        return metrics


def rank_metrics(nearer: Counts, tied: Counts, starts: Counts) -> RankMetrics:
    """Mean rank and mean average precision from the number of other concepts nearer than each ancestor.

    A tie counts one half, which is its expectation over all orders of the tied concepts.

    Args:
        nearer: int64 (n_pairs,), for each (query, ancestor) pair the number of non-ancestors nearer to the query than
            the ancestor, ascending within a query.
        tied: int64 (n_pairs,), the number of non-ancestors at exactly the same distance.
        starts: int64 (n_queries + 1,); the pairs of query i are starts[i]:starts[i + 1], at least one.
    """
    n_before = nearer + tied / 2
    sizes = np.diff(starts)
    position = np.arange(len(nearer)) - np.repeat(starts[:-1], sizes) + 1  # 1, 2, … within each query
    precisions = position / (position + n_before)
    average_precisions = np.add.reduceat(precisions, starts[:-1]) / sizes
    return RankMetrics(float(average_precisions.mean()), float(n_before.mean()) + 1, len(sizes))


def rank_correlation(a: Floats, b: NDArray[np.generic]) -> float:
    """Spearman's rank correlation of two arrays (n,); 0 if either is constant."""
    if len(a) < 2 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return 0.0
    return float(spearmanr(a, b).statistic)


def radius_quantiles(radii: Floats) -> tuple[float, ...]:
    """The `QUANTILES` of hyperbolic radii (n,)."""
    return tuple(float(radius) for radius in np.quantile(radii, QUANTILES))


def distance_ratio(near: Floats, reference: Floats) -> float:
    """Mean of the near distances / mean of the reference distances; 1 if either is empty or the latter mean is 0."""
    if len(near) == 0 or len(reference) == 0 or reference.mean() == 0:
        return 1.0
    return float(near.mean() / reference.mean())
