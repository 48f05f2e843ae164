"""Accuracy and coverage of links that back off to an ancestor when the best candidate is too uncertain."""

from collections.abc import Sequence
from dataclasses import dataclass

from hyplink.ontology import Ontology


@dataclass(frozen=True, slots=True)
class BackOffPoint:
    """The metrics of a set of answers at one confidence threshold.

    Attributes:
        min_confidence: the threshold.
        n_answered: number of mentions whose answer is not NIL.
        coverage: n_answered divided by the number of mentions.
        accuracy: share of the answers that are correct; None if there are none.
        depth_lost: mean number of is-a steps from the gold concept up to the answer, over the correct answers; None if
            there are none.
    """

    min_confidence: float
    n_answered: int
    coverage: float
    accuracy: float | None
    depth_lost: float | None


def steps_above_gold(answer: str, gold: frozenset[str], ontology: Ontology) -> int | None:
    """The number of is-a steps from the nearest gold concept up to the answer, or None if the answer is incorrect.

    An answer is correct if it is a gold concept or an ancestor of one. A root counts only if it is itself a gold
    concept, because as an ancestor it carries no information.
    """
    if answer in gold:
        return 0
    if ontology.depth(answer) == 0:
        return None
    steps_up = (ontology.ancestors(concept).get(answer) for concept in gold)
    return min((steps for steps in steps_up if steps is not None), default=None)


def back_off_point(
    min_confidence: float, answers: Sequence[str | None], golds: Sequence[frozenset[str]], ontology: Ontology
) -> BackOffPoint:
    """Coverage, accuracy and lost depth of the answers given at one confidence threshold.

    Args:
        min_confidence: the threshold.
        answers: the answered concept id of each mention, None for NIL.
        golds: the gold concepts of each mention; if a set is empty, any answer is incorrect.
        ontology: the concepts.
    """
    steps = [
        steps_above_gold(answer, gold, ontology)
        for answer, gold in zip(answers, golds, strict=True)
        if answer is not None
    ]
    correct = [each for each in steps if each is not None]
    return BackOffPoint(
        min_confidence,
        len(steps),
        len(steps) / len(answers) if answers else 0.0,
        len(correct) / len(steps) if steps else None,
        sum(correct) / len(correct) if correct else None,
    )
