"""Concepts that a surface form does not mean: annotators have rejected links of it to them."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np

from hyplink.candidates.lexical import Ranked
from hyplink.names.corrections import Corrections, key_of
from hyplink.ontology import Ontology

Pairs = list[tuple[int, int]]


@dataclass(frozen=True)
class RejectedConcepts:
    """The rejected concepts of surface forms.

    Attributes:
        by_key: concept indices by the key of a surface form (`names.corrections`).
    """

    by_key: Mapping[str, AbstractSet[int]]

    @classmethod
    def from_corrections(cls, corrections: Corrections, ontology: Ontology) -> "RejectedConcepts":
        """The concepts that corrections reject."""
        rejected = corrections.rejected.items()
        return cls({key: frozenset(map(ontology.index_of.__getitem__, concepts)) for key, concepts in rejected})

    def pairs(self, texts: Sequence[str], most: int) -> Pairs:
        """The (row, concept) pairs of texts that are rejected.

        Args:
            texts: surface forms.
            most: of a surface form with as many rejected concepts or more, none is rejected, so that some are left.
        """
        if not self.by_key:
            return []
        found = ((row, self.by_key.get(key_of(text), frozenset[int]())) for row, text in enumerate(texts))
        return [(row, concept) for row, concepts in found if len(concepts) < most for concept in concepts]


NOTHING_REJECTED = RejectedConcepts({})


def without(ranked: Ranked, rejected: Pairs) -> Ranked:
    """The ranked candidates without some (mention, concept) pairs; the candidates behind them move up."""
    if not rejected:
        return ranked
    concepts, scores = ranked.concepts.copy(), ranked.scores.copy()
    for mention, concept in rejected:
        left = concepts[mention] != concept
        n_left = int(left.sum())
        concepts[mention, :n_left], scores[mention, :n_left] = concepts[mention, left], scores[mention, left]
        concepts[mention, n_left:], scores[mention, n_left:] = -1, -np.inf
    return Ranked(concepts, scores)
