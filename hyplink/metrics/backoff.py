"""What a demand for certainty costs and gains: answers that back off to an ancestor, against gold concepts."""

from collections.abc import Sequence
from dataclasses import dataclass

from hyplink.ontology import Ontology


@dataclass(frozen=True, slots=True)
class BackOffPoint:
    """The answers to some mentions under one demand.

    Attributes:
        min_confidence: the demand.
        n_answered: mentions that got an answer other than NIL.
        coverage: their share of all mentions.
        accuracy: the share of the answers that is right; None without any.
        depth_lost: is-a steps from the gold concept up to the answer, mean of the right answers; None without any.
    """

    min_confidence: float
    n_answered: int
    coverage: float
    accuracy: float | None
    depth_lost: float | None


def steps_above_gold(answer: str, gold: frozenset[str], ontology: Ontology) -> int | None:
    """How many is-a steps a right answer lies above the nearest gold concept; None for a wrong answer.

    Right is a gold concept, and every ancestor of one that is no root: a root says nothing.
    """
    if answer in gold:
        return 0
    if ontology.depth(answer) == 0:
        return None
    above = (ontology.ancestors(concept).get(answer) for concept in gold)
    return min((steps for steps in above if steps is not None), default=None)


def back_off_point(
    min_confidence: float, answers: Sequence[str | None], golds: Sequence[frozenset[str]], ontology: Ontology
) -> BackOffPoint:
    """The figures of one demand.

    Args:
        min_confidence: the demand.
        answers: a concept id for each mention, None for NIL.
        golds: its right concepts; where there are none, every answer is wrong.
        ontology: the concepts.
    """
    steps = [
        steps_above_gold(answer, gold, ontology)
        for answer, gold in zip(answers, golds, strict=True)
        if answer is not None
    ]
    right = [each for each in steps if each is not None]
    return BackOffPoint(
        min_confidence,
        len(steps),
        len(steps) / len(answers) if answers else 0.0,
        len(right) / len(steps) if steps else None,
        sum(right) / len(right) if right else None,
    )
