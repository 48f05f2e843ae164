"""Back-off to an ancestor: a less specific answer with a higher probability.

The probability that a mention means a concept or one of its descendants is the sum over the gold-equivalence groups
with a candidate there, each counted once. A root is uninformative, so descendants do not count for it: it is an answer
only if the mention means the root itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from hyplink.arrays import Scores
from hyplink.candidates.features import Candidates
from hyplink.ontology import Ontology


class Answer(NamedTuple):
    """The answer under a demanded confidence.

    Attributes:
        concept: its id; None for NIL.
        probability: that the mention means this concept or one below it; 0 for NIL.
        given_up: id of the best candidate if the answer is another one, else None.
    """

    concept: str | None
    probability: float
    given_up: str | None


class Posterior(NamedTuple):
    """The posterior distribution of a mention over the hierarchy.

    Attributes:
        best: id of the best candidate.
        probability: of the gold-equivalence group of the best candidate.
        subtrees: for each candidate and each ancestor of one, the probability that it or a concept below it is meant.
    """

    best: str
    probability: float
    subtrees: Mapping[str, float]

    @classmethod
    def from_candidates(
        cls, candidates: Iterable[tuple[str, float, int]], best: str, ontology: Ontology
    ) -> "Posterior":
        """The posterior of one mention, from concept id, probability and gold-equivalence group of its candidates."""
        probability_of, right = defaultdict[int, float](float), defaultdict[int, set[str]](set)
        of_best = -1
        for concept, probability, gold_group in candidates:
            probability_of[gold_group] += probability
            right[gold_group].update(each for each in ontology.ancestors(concept) if ontology.depth(each) > 0)
            right[gold_group].add(concept)
            of_best = gold_group if concept == best else of_best
        totals = defaultdict[str, float](float)
        for gold_group, probability in probability_of.items():
            for concept in right[gold_group]:
                totals[concept] += probability
        return cls(best, probability_of[of_best], totals)


def backed_off(posterior: Posterior, least: float, ontology: Ontology) -> Answer:
    """The best candidate if its subtree is probable enough, else the deepest concept whose subtree is, else NIL.

    Args:
        posterior: of the mention.
        least: the demanded probability.
        ontology: gives depths. Of equally deep concepts the most probable is taken, then the smallest id.
    """
    best, _, subtrees = posterior
    if subtrees[best] >= least:
        return Answer(best, subtrees[best], None)
    certain = [(-ontology.depth(concept), -total, concept) for concept, total in subtrees.items() if total >= least]
    if not certain:
        return Answer(None, 0.0, best)
    _, minus_total, concept = min(certain)
    return Answer(concept, -minus_total, best)


def posteriors_of(candidates: Candidates, scores: Scores, probabilities: Scores, ontology: Ontology) -> list[Posterior]:
    """The posterior of each mention of a batch, in order.

    Args:
        candidates: of the mentions.
        scores: of the candidates, float64 (c,); the greatest is the best.
        probabilities: of the candidates, float64 (c,).
        ontology: the concepts.
    """
    starts = np.flatnonzero(np.diff(candidates.mentions, prepend=-1)).tolist()
    posteriors = []
    for start, end in pairwise([*starts, len(scores)]):
        ids = [ontology.concept_ids[concept] for concept in candidates.concepts[start:end].tolist()]
        gold_groups = candidates.gold_groups[start:end].tolist()
        best = ids[int(scores[start:end].argmax())]
        posteriors.append(
            Posterior.from_candidates(
                zip(ids, probabilities[start:end].tolist(), gold_groups, strict=True), best, ontology
            )
        )
    return posteriors
