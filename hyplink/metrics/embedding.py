"""How well points of the ball hold a hierarchy: ranks of the ancestors, radii and distances against depth."""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
"""The quantiles of the hyperbolic radius that are reported."""


@dataclass(frozen=True, slots=True)
class RankFigures:
    """How near the right concepts are among the wrong ones.

    Attributes:
        mean_average_precision: mean over concepts of the average precision of their ancestors, nearest first.
        mean_rank: mean over pairs of 1 + the number of wrong concepts nearer than the ancestor.
        n_concepts: how many concepts were asked.
    """

    mean_average_precision: float
    mean_rank: float
    n_concepts: int


@dataclass(frozen=True, slots=True)
class EmbeddingFigures:
    """What is known of an embedding of a hierarchy.

    Attributes:
        reconstruction: of the pairs that it was trained on.
        prediction: of the pairs that were held out, else None.
        norm_depth_correlation: Spearman's rank correlation of norm and depth; 0 where either is constant.
        sibling_ratio: mean distance of siblings over mean distance of random concepts; 1 where there are none.
        radius_quantiles: hyperbolic radius at `QUANTILES`.
    """

    reconstruction: RankFigures
    prediction: RankFigures | None
    norm_depth_correlation: float
    sibling_ratio: float
    radius_quantiles: tuple[float, ...]

    @property
    def sentence(self) -> str:
        """The main figures in one line."""
        ranks = self.reconstruction
        prediction = f", MAP of held-out pairs {self.prediction.mean_average_precision:.3f}" if self.prediction else ""
        return (
            f"MAP {ranks.mean_average_precision:.3f} and mean rank {ranks.mean_rank:.2f} of the ancestors of "
            f"{ranks.n_concepts:,} concepts{prediction}, "
            f"norm with depth {self.norm_depth_correlation:.2f}, siblings to random {self.sibling_ratio:.2f}, "
            f"median radius {self.radius_quantiles[len(self.radius_quantiles) // 2]:.2f}"
        )

    def as_dict(self) -> dict[str, object]:
        """The figures as JSON holds them."""
        figures: dict[str, object] = asdict(self)
        figures["radius_quantiles"] = dict(zip(map(str, QUANTILES), self.radius_quantiles, strict=True))
        return figures


def rank_figures(nearer: Counts, tied: Counts, starts: Counts) -> RankFigures:
    """Mean rank and mean average precision from what stands before each right concept.

    A tie counts half: the expectation over all orders of what is tied.

    Args:
        nearer: for each right concept the number of wrong ones that are nearer, int64 (n_pairs,), ascending within a
            concept that is asked.
        tied: the number of wrong ones that are exactly as near.
        starts: int64 (n_asked + 1,): the pairs of the i-th concept asked are starts[i] to starts[i + 1], at least one.
    """
    wrong_before = nearer + tied / 2
    sizes = np.diff(starts)
    place = np.arange(len(nearer)) - np.repeat(starts[:-1], sizes) + 1  # 1, 2, … within each concept
    precisions = place / (place + wrong_before)
    average_precisions = np.add.reduceat(precisions, starts[:-1]) / sizes
    return RankFigures(float(average_precisions.mean()), float(wrong_before.mean()) + 1, len(sizes))


def rank_correlation(a: Floats, b: NDArray[np.generic]) -> float:
    """Spearman's rank correlation; 0 where either side is constant."""
    if len(a) < 2 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return 0.0
    return float(spearmanr(a, b).statistic)


def radius_quantiles(radii: Floats) -> tuple[float, ...]:
    """The hyperbolic radii at `QUANTILES`."""
    return tuple(float(radius) for radius in np.quantile(radii, QUANTILES))


def distance_ratio(near: Floats, reference: Floats) -> float:
    """Mean of some distances over the mean of others; 1 where there are none to compare."""
    if len(near) == 0 or len(reference) == 0 or reference.mean() == 0:
        return 1.0
    return float(near.mean() / reference.mean())
