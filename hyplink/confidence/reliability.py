"""How far confidences can be trusted: judged on mentions whose meaning is known."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from hyplink.candidates.examples import Example
from hyplink.candidates.features import Candidates
from hyplink.confidence.backoff import Doubt, backed_off, doubts_of
from hyplink.confidence.calibration import Calibration, Uncalibrated
from hyplink.metrics.backoff import back_off_point
from hyplink.metrics.calibration import calibration_metrics
from hyplink.ontology import Ontology
from hyplink.ranking.ranker import Ranker

DEMANDS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
"""The confidences that the back-off is measured at."""


def doubts_about(
    candidates: Candidates, ranker: Ranker, calibration: Calibration | Uncalibrated, ontology: Ontology
) -> list[Doubt]:
    """The doubt about each of the mentions that candidates were gathered for, in order."""
    scores = ranker.scores(candidates)
    return doubts_of(candidates, scores, calibration.probabilities(candidates, scores), ontology)


def trust_figures(
    examples: Sequence[Example],
    doubts: Sequence[Doubt],
    calibration: Calibration | Uncalibrated,
    ontology: Ontology,
    *,
    seed: int = 0,
) -> dict[str, Any]:
    """The calibration of the links, and what back-off makes of them, ready for JSON; composite mentions are left out.

    Without a calibration, why there is none.

    Args:
        examples: mentions of documents that the calibration has not seen.
        doubts: about each.
        calibration: what made the probabilities, if anything.
        ontology: the concepts.
        seed: of the noise floor.
    """
    if isinstance(calibration, Uncalibrated):
        return {"basis": None, "reason": calibration.reason}
    single = [row for row, example in enumerate(examples) if len(example.gold) == 1]
    golds = [frozenset(examples[row].gold[0]) for row in single]
    told = [doubts[row] for row in single]
    confidences = np.array([doubt.probability for doubt in told])
    right = np.array([doubt.best in gold for doubt, gold in zip(told, golds, strict=True)], dtype=bool)
    points = [
        back_off_point(least, [backed_off(doubt, least, ontology).concept for doubt in told], golds, ontology)
        for least in DEMANDS
    ]
    return {
        "basis": calibration.basis,
        "calibration": asdict(calibration_metrics(confidences, right, seed=seed)) if single else None,
        "back_off": [asdict(point) for point in points],
    }
