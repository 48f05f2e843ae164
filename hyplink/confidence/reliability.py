"""Reliability of confidences, measured on annotated mentions."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from hyplink.candidates.examples import Example
from hyplink.candidates.features import Candidates
from hyplink.confidence.backoff import Posterior, backed_off, posteriors_of
from hyplink.confidence.calibration import Calibration, Uncalibrated
from hyplink.metrics.backoff import back_off_point
from hyplink.metrics.calibration import calibration_metrics
from hyplink.ontology import Ontology
from hyplink.ranking.ranker import Ranker

DEMANDS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
"""The demanded confidences at which back-off is measured."""


def posteriors_about(
    candidates: Candidates, ranker: Ranker, calibration: Calibration | Uncalibrated, ontology: Ontology
) -> list[Posterior]:
    """The posterior of each mention that has candidates, in order."""
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
    """Calibration and back-off metrics as JSON, without composite mentions; the reason if there is no calibration.

    Args:
        examples: mentions of documents that the calibration was not fitted on.
        posteriors: of the examples.
        calibration: of the run.
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
        "basis": calibration.source,
        "calibration": asdict(calibration_metrics(confidences, right, seed=seed)) if single else None,
        "back_off": [asdict(point) for point in points],
    }
