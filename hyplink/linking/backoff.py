"""Less specific and more certain: where it is doubtful which disease of the heart is meant, one of the heart is.

The probability that a mention means a concept or anything below it is the sum over its candidates there, each once. A
root says nothing, so what lies below it does not count for it: it is an answer only where it is meant itself.
"""

from collections.abc import Mapping
from typing import NamedTuple

from hyplink.ontology import Ontology


class Answer(NamedTuple):
    """What is answered under a demand for certainty.

    Attributes:
        concept: its id; None for NIL.
        probability: that the mention means this concept or one below it; 0 for NIL.
        given_up: the best candidate, where the answer is not that.
    """

    concept: str | None
    probability: float
    given_up: str | None


def subtree_probabilities(probabilities: Mapping[str, float], ontology: Ontology) -> dict[str, float]:
    """For each candidate and each ancestor of one, the probability that it or anything below it is meant.

    Args:
        probabilities: of the candidates of one mention, by concept id.
        ontology: says what lies below what.
    """
    totals: dict[str, float] = {}
    for concept, probability in probabilities.items():
        for above in ontology.ancestors(concept):
            if above == concept or ontology.depth(above) > 0:
                totals[above] = totals.get(above, 0.0) + probability
    return totals


def backed_off(subtrees: Mapping[str, float], best: str, least: float, ontology: Ontology) -> Answer:
    """The best candidate, if its subtree is probable enough; else the deepest concept whose subtree is; else NIL.

    Args:
        subtrees: what `subtree_probabilities` gives.
        best: id of the best candidate.
        least: the probability that is demanded.
        ontology: says how deep a concept lies. Of equally deep ones the likeliest is taken, then the least id.
    """
    if subtrees[best] >= least:
        return Answer(best, subtrees[best], None)
    certain = [(-ontology.depth(concept), -total, concept) for concept, total in subtrees.items() if total >= least]
    if not certain:
        return Answer(None, 0.0, best)
    _, total, concept = min(certain)
    return Answer(concept, -total, best)
