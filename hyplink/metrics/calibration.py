"""Calibration metrics of confidences: expected calibration error, its noise floor, Brier score, reliability bins."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

N_BINS = 10
N_SIMULATIONS = 1000


@dataclass(frozen=True, slots=True)
class Bin:
    """A reliability bin: answers of similar confidence.

    Attributes:
        n_mentions: number of answers in the bin.
        confidence: their mean confidence.
        accuracy: share of them that are correct.
    """

    n_mentions: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class CalibrationMetrics:
    """How closely confidences agree with the observed accuracy.

    Attributes:
        n_mentions: number of answers.
        expected_calibration_error: mean of |confidence − accuracy| over the bins, weighted by their size.
        noise_floor: the error to expect from this many answers if the confidences were perfectly calibrated.
        brier_score: mean squared difference between confidence and outcome (Brier 1950); 0 is perfect.
        bins: bins of (nearly) equal size, in ascending order of confidence.
    """

    n_mentions: int
    expected_calibration_error: float
    noise_floor: float
    brier_score: float
    bins: tuple[Bin, ...]


def calibration_metrics(
    confidences: NDArray[np.float64], correct: NDArray[np.bool_], *, seed: int = 0, n_simulations: int = N_SIMULATIONS
) -> CalibrationMetrics:
    """The calibration metrics of one or more answers.

    The bins hold equal numbers of answers, up to rounding (Nguyen & O'Connor, "Posterior calibration and exploratory
    analysis for natural language processing models", EMNLP 2015). The noise floor is the mean error over simulated
    outcomes in which each answer is correct with a probability equal to its confidence.

    Args:
        confidences: float64 (n,), in [0, 1].
        correct: bool (n,).
        seed: random seed of the simulations.
        n_simulations: number of simulations.
    """
    order = np.argsort(confidences, kind="stable")
    confidences, correct = confidences[order], correct[order]
    starts = _bin_starts(len(order))
    uniform = np.random.default_rng(seed).random((n_simulations, len(order)))
    errors = _calibration_errors(confidences, np.concatenate([correct[None], uniform < confidences]), starts)
    sizes = np.diff(starts, append=len(order))
    bins = zip(
        sizes.tolist(),
        (np.add.reduceat(confidences, starts) / sizes).tolist(),
        (np.add.reduceat(correct.astype(float), starts) / sizes).tolist(),
        strict=True,
    )
    return CalibrationMetrics(
        len(order),
        float(errors[0]),
        float(errors[1:].mean()),
        float(np.mean((confidences - correct) ** 2)),
        tuple(Bin(*each) for each in bins),
    )


def expected_calibration_error(confidences: NDArray[np.float64], correct: NDArray[np.bool_]) -> float:
    """The error of `calibration_metrics` alone, for float64 (n,) confidences of one or more answers."""
    order = np.argsort(confidences, kind="stable")
    return float(_calibration_errors(confidences[order], correct[order][None], _bin_starts(len(order)))[0])


def _bin_starts(n: int) -> NDArray[np.int64]:
    """The first answer of each bin, int64 (n_bins,)."""
    return np.unique(np.linspace(0, n, min(N_BINS, n) + 1).astype(np.int64))[:-1]


def _calibration_errors(
    confidences: NDArray[np.float64], outcomes: NDArray[np.bool_], starts: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The expected calibration error of each row of outcomes.

    Args:
        confidences: float64 (n,), ascending.
        outcomes: bool (m, n).
        starts: int64 (n_bins,), the first answer of each bin.

    Returns:
        float64 (m,).
    """
    gaps = np.add.reduceat(confidences - outcomes, starts, axis=1)  # (m, n_bins), bin size × (confidence − accuracy)
    errors: NDArray[np.float64] = np.abs(gaps).sum(axis=1) / len(confidences)
    return errors
