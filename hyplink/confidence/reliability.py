"""How far confidences can be trusted: judged on mentions whose meaning is known."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from hyplink.candidates.examples import Example
from hyplink.candidates.features import Candidates
from hyplink.confidence.backoff import Posterior, backed_off, posteriors_of
from hyplink.confidence.calibration import Calibration, Uncalibrated
from hyplink.metrics.backoff import back_off_point
from hyplink.metrics.calibration import calibration_figures
from hyplink.ontology import Ontology
from hyplink.ranking.ranker import Ranker

DEMANDS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
"""The confidences that the back-off is measured at."""


def posteriors_about(
    candidates: Candidates, ranker: Ranker, calibration: Calibration | Uncalibrated, ontology: Ontology
) -> list[Posterior]:
    """The doubt about each of the mentions that candidates were gathered for, in order."""
    scores = ranker.scores(candidates)
    return posteriors_of(candidates, scores, calibration.probabilities(candidates, scores), ontology)


def reliability_figures(
    examples: Sequence[Example],
    posteriors: Sequence[Posterior],
    calibration: Calibration | Uncalibrated,
    ontology: Ontology,
    *,
    seed: int = 0,
) -> dict[str, Any]:
    """The calibration of the links, and what back-off makes of them, ready for JSON; composite mentions are left out.

    Without a calibration, why there is none.

    Args:
        examples: mentions of documents that the calibration has not seen.
        posteriors: about each.
        calibration: what made the probabilities, if anything.
        ontology: the concepts.
        seed: of the noise floor.
    """
    if isinstance(calibration, Uncalibrated):
        return {"basis": None, "reason": calibration.reason}
    single = [row for row, example in enumerate(examples) if len(example.gold) == 1]
    golds = [frozenset(examples[row].gold[0]) for row in single]
    told = [posteriors[row] for row in single]
    confidences = np.array([posterior.probability for posterior in told])
    right = np.array([posterior.best in gold for posterior, gold in zip(told, golds, strict=True)], dtype=bool)
    points = [
        back_off_point(least, [backed_off(posterior, least, ontology).concept for posterior in told], golds, ontology)
        for least in DEMANDS
    ]
    return {
        "basis": calibration.basis,
        "calibration": asdict(calibration_figures(confidences, right, seed=seed)) if single else None,
        "back_off": [asdict(point) for point in points],
    }
