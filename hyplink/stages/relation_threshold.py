"""Finds, on dev data annotated with relations, the least probability of an answer exact, broader or none to rely on.

An answer is a relation together with its concept. The answers with at least this probability have the required accuracy
on later text of the same kind, with a finite-sample guarantee.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hyplink.corpus import read_documents
from hyplink.errors import HyplinkError, InputError
from hyplink.linking.linker import Linker
from hyplink.metrics.guarantee import FoundThreshold, binomial_p_value, hoeffding_bentkus_p_value, lowest_threshold
from hyplink.metrics.relations import is_right_answer
from hyplink.ontology import Ontology
from hyplink.placement.relation import RELATIONS, Relation
from hyplink.run import Run
from hyplink.stages.relations import RelationAnswer, relation_answers

Unit = Literal["documents", "mentions"]


@dataclass(frozen=True, slots=True)
class RelationThreshold:
    """The lowest probability of an answer that was shown to suffice.

    Attributes:
        found: the threshold.
        unit: the exchangeable units, documents or mentions.
        n_mentions: the number of dev mentions that are annotated with a relation.
        n_answered: how many of them have an answer at the threshold, by the relation that was given.
        n_right: how many of these answers are right.
    """

    found: FoundThreshold
    unit: Unit
    n_mentions: int
    n_answered: Mapping[Relation, int]
    n_right: Mapping[Relation, int]


def find_relation_threshold(run: Run, accuracy: float, delta: float, unit: Unit) -> RelationThreshold:
    """The lowest `relation_confidence` that gives the required accuracy, with probability at least 1 - delta.

    Args:
        run: a finished run with dev data that are annotated with relations.
        accuracy: the wanted share of right answers, in (0, 1): of an answered document on average, or of all mentions.
        delta: the risk, over the choice of the dev data, that the threshold does not keep it, in (0, 1).
        unit: the units of dev data that are exchangeable with those to be linked later.

    Raises:
        InputError: no dev mention is annotated with a relation, or the run has learned none.
        HyplinkError: no threshold is shown to suffice.
    """
    linker, data = Linker.from_run(run), run.config.data
    answered = relation_answers(linker, read_documents(data.dev, data.input_format))
    if not answered:
        raise InputError(
            "no dev mention is annotated with a relation; give the table of mentions in data.dev a column `relation`"
        )
    right = [is_right(each, linker.ontology) for each in answered]
    found = lowest_threshold(
        lambda least: losses_of(answered, right, least, unit),
        hoeffding_bentkus_p_value if unit == "documents" else binomial_p_value,
        1 - accuracy,
        delta,
    )
    if found is None:
        raise HyplinkError(
            f"no threshold: on {len(answered):,} dev mentions that are annotated with a relation an accuracy of "
            f"{accuracy:g} cannot be shown at delta {delta:g}; ask for less, or give more dev data"
        )
    kept = [row for row, each in enumerate(answered) if _is_answered(each, found.least)]
    given = Counter(answered[row].link.relation for row in kept)
    correct = Counter(answered[row].link.relation for row in kept if right[row])
    n_given, n_correct = ({name: counts[name] for name in RELATIONS} for counts in (given, correct))
    return RelationThreshold(found, unit, len(answered), n_given, n_correct)


def is_right(answered: RelationAnswer, ontology: Ontology) -> bool:
    """Whether the relation of a link and its concept are right."""
    link = answered.link
    if link.relation is None:
        return False
    given, right = RELATIONS.index(link.relation), RELATIONS.index(answered.relation)
    concepts = {"exact": link.answer, "broader": link.broader, "none": None}
    concept = concepts[link.relation]
    return is_right_answer(given, concept.concept if concept else None, right, answered.gold, ontology)


def losses_of(
    answered: Sequence[RelationAnswer], right: Sequence[bool], least: float, unit: Unit
) -> NDArray[np.float64]:
    """Error rates in [0, 1]: the share of wrong answers of each answered document, or 0 or 1 for each answer.

    Args:
        answered: the answers.
        right: whether each is right.
        least: the probability that an answer has at least; the others do not count.
        unit: documents or mentions.
    """
    wrong = defaultdict[str, list[bool]](list)
    for row, (each, is_correct) in enumerate(zip(answered, right, strict=True)):
        if _is_answered(each, least):
            wrong[each.link.doc if unit == "documents" else str(row)].append(not is_correct)
    return np.array([np.mean(each) for each in wrong.values()], dtype=np.float64)


def _is_answered(answered: RelationAnswer, least: float) -> bool:
    return (answered.link.relation_confidence or 0.0) >= least
