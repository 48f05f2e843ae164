"""Less specific and more certain: where it is doubtful which disease of the heart is meant, one of the heart is.

The probability that a mention means a concept or anything below it is the sum over the meanings that have a candidate
there, each once. A root says nothing, so what lies below it does not count for it: it is an answer only where it is
meant itself.
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
    """What is answered under a demand for certainty.

    Attributes:
        concept: its id; None for NIL.
        probability: that the mention means this concept or one below it; 0 for NIL.
        given_up: id of the best candidate, where the answer is not that.
    """

    concept: str | None
    probability: float
    given_up: str | None


class Posterior(NamedTuple):
    """What a mention may mean.

    Attributes:
        best: id of the best candidate.
        probability: of the best candidate itself, or one of the same meaning.
        subtrees: for each candidate and each ancestor of one, the probability that it or a concept below it is meant.
    """

    best: str
    probability: float
    subtrees: Mapping[str, float]

    @classmethod
    def from_candidates(
        cls, candidates: Iterable[tuple[str, float, int]], best: str, ontology: Ontology
    ) -> "Posterior":
        """The doubt about one mention, from the concept id, the probability and the meaning of its candidates."""
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
    """The best candidate, if its subtree is probable enough; else the deepest concept whose subtree is; else NIL.

    Args:
        posterior: about the mention.
        least: the probability that is demanded.
        ontology: says how deep a concept lies. Of equally deep ones the likeliest is taken, then the least id.
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
    """The doubt about each mention of a batch, in order.

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
