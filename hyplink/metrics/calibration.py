"""Whether confidences keep their word: of the answers given with confidence 0.9, nine in ten should be right."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 10
DRAWS = 1000


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of like confidence.

    Attributes:
        n_mentions: how many.
        confidence: their mean confidence.
        accuracy: the share of them that is right.
    """

    n_mentions: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class CalibrationFigures:
    """How well confidences fit what came true.

    Attributes:
        n_mentions: how many answers.
        expected_calibration_error: mean distance between confidence and accuracy over the bins, weighted by size.
        noise_floor: what that error would be on average were every confidence true: so many answers cannot show less.
        brier_score: mean squared distance between confidence and outcome (Brier 1950); 0 is perfect.
        bins: of equal mass, the least confident first.
    """

    n_mentions: int
    expected_calibration_error: float
    noise_floor: float
    brier_score: float
    bins: tuple[Bin, ...]


def calibration_figures(
    confidences: NDArray[np.float64], right: NDArray[np.bool_], *, seed: int = 0, draws: int = DRAWS
) -> CalibrationFigures:
    """The calibration of at least one answer.

    Bins hold equally many answers, as far as that goes (Nguyen & O'Connor, "Posterior calibration and exploratory
    analysis for natural language processing models", EMNLP 2015). The noise floor is the mean error of `draws`
    corpora in which each answer is right by chance, with its confidence as the chance.

    Args:
        confidences: float64 (n,), in [0, 1].
        right: bool (n,).
        seed: of the draws.
        draws: how many.
    """
    order = np.argsort(confidences, kind="stable")
    confidences, right = confidences[order], right[order]
    starts = np.unique(np.linspace(0, len(order), min(BINS, len(order)) + 1).astype(int))[:-1]
    chance = np.random.default_rng(seed).random((draws, len(order)))
    errors = _errors(confidences, np.concatenate([right[None], chance < confidences]), starts)
    sizes = np.diff(starts, append=len(order))
    bins = zip(
        sizes.tolist(),
        (np.add.reduceat(confidences, starts) / sizes).tolist(),
        (np.add.reduceat(right.astype(float), starts) / sizes).tolist(),
        strict=True,
    )
    return CalibrationFigures(
        len(order),
        float(errors[0]),
        float(errors[1:].mean()),
        float(np.mean((confidences - right) ** 2)),
        tuple(Bin(*each) for each in bins),
    )


def _errors(
    confidences: NDArray[np.float64], outcomes: NDArray[np.bool_], starts: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The expected calibration error (m,) of m rows of outcomes (m, n) by the bins that begin at `starts`."""
    gaps = np.add.reduceat(confidences - outcomes, starts, axis=1)  # (m, bins), each the bin's size times its gap
    errors: NDArray[np.float64] = np.abs(gaps).sum(axis=1) / len(confidences)
    return errors
