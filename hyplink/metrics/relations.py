"""Metrics of relations (exact, broader, none) and of the parents proposed for concepts that an ontology lacks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hyplink.metrics.backoff import steps_above_gold
from hyplink.metrics.calibration import calibration_metrics
from hyplink.ontology import Ontology

N_RELATIONS = 3
"""Exact, broader and none, in this order."""

THRESHOLDS = 60
"""How many thresholds on the confidence are tried."""


@dataclass(frozen=True, slots=True)
class RelationMetrics:
    """Classification metrics of the relations exact, broader and none.

    Attributes:
        confusion: the number of mentions by right relation (row) and given relation (column).
        macro_f1: the mean F1 of the relations.
        accuracy: the share of the mentions with the right relation.
        expected_calibration_error, noise_floor: of the probability of the given relation.
        none_auroc: the probability that a mention that the ontology has nothing for gets a greater probability of
            `none` than one of another relation; None without either kind.
        none_f1: of the relation `none`.
        thresholds_macro_f1: of the two thresholds on the confidence that are best on these mentions: exact above both,
            broader between them, none below.
        thresholds_none_auroc: as `none_auroc`, by minus the confidence.
    """

    confusion: tuple[tuple[int, ...], ...]
    macro_f1: float
    accuracy: float
    expected_calibration_error: float
    noise_floor: float
    none_auroc: float | None
    none_f1: float
    thresholds_macro_f1: float
    thresholds_none_auroc: float | None


@dataclass(frozen=True, slots=True)
class PlacementMetrics:
    """How well the direct parents of missing concepts are ranked.

    Attributes:
        n_mentions: number of names.
        mean_reciprocal_rank: of the first direct parent.
        hits_at_1, hits_at_5: the share of the names with a direct parent among the first.
        tree_distance: from the first answer to the nearest direct parent.
        too_high: the share of the names whose first answer is an ancestor of a direct parent.
        steps_too_high: how many steps above, on average of these.
        wrong_branch: the share whose first answer is neither a direct parent nor above one.
    """

    n_mentions: int
    mean_reciprocal_rank: float
    hits_at_1: float
    hits_at_5: float
    tree_distance: float
    too_high: float
    steps_too_high: float
    wrong_branch: float


def relation_metrics(
    right: NDArray[np.int64],
    probabilities: NDArray[np.float64],
    confidences: NDArray[np.float64],
    *,
    seed: int = 0,
) -> RelationMetrics:
    """The metrics of one or more mentions.

    Args:
        right: the right relation of each, int64 (n,).
        probabilities: of each relation, float64 (n, 3).
        confidences: of the best candidate, float64 (n,).
        seed: of the noise floor.
    """
    given = probabilities.argmax(1)
    confusion = np.bincount(right * N_RELATIONS + given, minlength=N_RELATIONS**2).reshape(N_RELATIONS, -1)
    calibration = calibration_metrics(probabilities.max(1), given == right, seed=seed)
    return RelationMetrics(
        tuple(map(tuple, confusion.tolist())),
        float(_f1(confusion).mean()),
        float((given == right).mean()),
        calibration.expected_calibration_error,
        calibration.noise_floor,
        _auroc(right == N_RELATIONS - 1, probabilities[:, -1]),
        float(_f1(confusion)[-1]),
        _best_thresholds(right, confidences),
        _auroc(right == N_RELATIONS - 1, -confidences),
    )


def is_right_answer(given: int, concept: str | None, right: int, gold: frozenset[str], ontology: Ontology) -> bool:
    """Whether a relation with its concept is a right answer.

    `exact` is right if the concept is a gold concept of a mention annotated as exact, and `none` for a mention
    annotated so. `broader` is right if the concept is an ancestor of what is meant other than a root, be that in the
    ontology or not; of a missing concept any gold concept is an ancestor.

    Args:
        given: the index of the given relation.
        concept: its concept; None for `none`.
        right: the index of the annotated relation.
        gold: the gold concepts of an exact mention, the direct parents of a missing concept; empty for `none`.
        ontology: the concepts.
    """
    exact, broader, _ = range(N_RELATIONS)
    if given != broader or concept is None:
        return given == right and (given != exact or concept in gold)
    steps = steps_above_gold(concept, gold, ontology)
    return steps is not None and (steps > 0 or right == broader)


def placement_metrics(
    rankings: Sequence[Sequence[str]], golds: Sequence[Collection[str]], ontology: Ontology
) -> PlacementMetrics:
    """The metrics of one or more names.

    Args:
        rankings: the ids of the answers for each name, best first; an answer that is left out has the rank infinity.
        golds: the ids of the direct parents of each.
        ontology: the concepts.
    """
    ranks = np.array([_first_right(ranking, gold) for ranking, gold in zip(rankings, golds, strict=True)])
    firsts = [(ranking[0], gold) for ranking, gold in zip(rankings, golds, strict=True) if ranking]
    above = [steps for first, gold in firsts if (steps := _steps_above(first, gold, ontology)) is not None]
    too_high = [steps for steps in above if steps]
    distances = [min(ontology.tree_distance(first, each) for each in gold) for first, gold in firsts]
    return PlacementMetrics(
        len(ranks),
        float((1 / ranks).mean()),
        float((ranks <= 1).mean()),
        float((ranks <= 5).mean()),
        float(np.mean(distances)) if distances else 0.0,
        len(too_high) / len(ranks),
        float(np.mean(too_high)) if too_high else 0.0,
        1 - len(above) / len(ranks),
    )


def _first_right(ranking: Sequence[str], gold: Collection[str]) -> float:
    return next((float(rank) for rank, each in enumerate(ranking, start=1) if each in gold), np.inf)


def _steps_above(answer: str, gold: Collection[str], ontology: Ontology) -> int | None:
    """The number of steps from the nearest gold concept up to the answer; None if it is above none of them."""
    steps = [found[answer] for each in gold if answer in (found := ontology.ancestors(each))]
    return min(steps, default=None)


def _f1(confusion: NDArray[np.int64]) -> NDArray[np.float64]:
    right = np.diag(confusion)
    f1: NDArray[np.float64] = 2 * right / np.maximum(confusion.sum(0) + confusion.sum(1), 1)
    return f1


def _auroc(is_positive: NDArray[np.bool_], scores: NDArray[np.float64]) -> float | None:
    """The probability that a positive has a greater score than a negative; equal scores count half (Mann-Whitney)."""
    positives, negatives = scores[is_positive], np.sort(scores[~is_positive])
    if not len(positives) or not len(negatives):
        return None
    below, up_to = (np.searchsorted(negatives, positives, side=side) for side in ("left", "right"))
    return float((below + up_to).mean() / (2 * len(negatives)))


def _best_thresholds(right: NDArray[np.int64], confidences: NDArray[np.float64]) -> float:
    """The greatest macro-F1 of two thresholds on the confidence."""
    tried = np.unique(np.quantile(confidences, np.linspace(0, 1, THRESHOLDS)))
    best = 0.0
    for high in [*tried.tolist(), np.inf]:
        for low in tried[tried <= high].tolist():
            given = np.where(confidences >= high, 0, np.where(confidences >= low, 1, 2))
            confusion = np.bincount(right * N_RELATIONS + given, minlength=N_RELATIONS**2).reshape(N_RELATIONS, -1)
            best = max(best, float(_f1(confusion).mean()))
    return best
