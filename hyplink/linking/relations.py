"""The relation of each mention to the ontology, and the broader concept where its own is missing.

A mention that is, in normal form, a name of the best candidate is not computed anything for, nor is a word of the
lexicon.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from hyplink.arrays import Indices, Scores
from hyplink.candidates.surface_forms import Vectors
from hyplink.confidence.calibration import are_names, best_candidates
from hyplink.linking.scored_candidates import ScoredCandidates
from hyplink.mentions.spans import MentionSpan
from hyplink.placement.model import chosen_candidates, concept_radii, radii_of
from hyplink.placement.placer import Placer
from hyplink.placement.relation import RELATIONS, Relation, RelationModel
from hyplink.placement.relation_features import RelationFeatures


class Broader(NamedTuple):
    """The most specific concept that subsumes a mention, by index, and the probability that it is a direct parent."""

    concept: int
    probability: float


class MentionRelation(NamedTuple):
    """The relation of a mention to the ontology.

    Attributes:
        relation: the most probable one.
        probabilities: of each of `RELATIONS`; None for a mention that was not searched.
        broader: the broader concept; None for another relation.
    """

    relation: Relation
    probabilities: tuple[float, float, float] | None
    broader: Broader | None = None


@dataclass(frozen=True)
class RelationFinder:
    """Finds the relations of mentions.

    Attributes:
        model: gives their probabilities.
        features: of mentions.
        placer: gives the broader concepts.
    """

    model: RelationModel
    features: RelationFeatures
    placer: Placer

    def relations(
        self,
        spans: Sequence[MentionSpan],
        scored: ScoredCandidates,
        vectors_of: Callable[[Sequence[int]], Vectors],
    ) -> list[MentionRelation]:
        """The relation of each mention.

        Args:
            spans: the mentions.
            scored: their candidates.
            vectors_of: gives the vectors of the mentions at some rows in their context, float32 (n, dim).
        """
        certain = MentionRelation("exact", None)
        found = [certain] * len(spans)
        best = best_candidates(scored.candidates.mentions, scored.scores, scored.named)
        mentions = scored.candidates.mentions[best]
        of_name = self.model.of_names
        others = (1 - of_name) / (len(RELATIONS) - 1)
        plain = MentionRelation("exact", (of_name, others, others))
        for row in mentions[are_names(scored.candidates)[best]].tolist():
            found[row] = plain
        rows = self._uncertain(spans, scored, best)
        if not len(rows):
            return found
        vectors = vectors_of(rows.tolist())
        probabilities = self._probabilities(spans, scored, vectors, rows)
        for row, each in zip(rows.tolist(), probabilities.tolist(), strict=True):
            found[row] = MentionRelation(RELATIONS[int(np.argmax(each))], tuple(each))
        below = [i for i, row in enumerate(rows.tolist()) if found[row].relation == "broader"]
        texts = [spans[rows[i]].passage.mention for i in below]
        parents = self.placer.best_parents(texts, vectors[below]) if below else []
        for row, parent in zip(rows[below].tolist(), parents, strict=True):
            found[row] = found[row]._replace(broader=Broader(*parent))
        return found

    def _uncertain(self, spans: Sequence[MentionSpan], scored: ScoredCandidates, best: Indices) -> Indices:
        """The rows of the mentions whose relation is computed: neither names, nor a lexicon's words, nor unsearched."""
        mentions = scored.candidates.mentions
        n_candidates = np.bincount(mentions, minlength=len(spans))
        rows = mentions[best]
        unsearched = (n_candidates[rows] == 1) & scored.named[best]
        words = np.array([spans[row].use is not None for row in rows.tolist()], dtype=bool)
        uncertain: Indices = rows[~are_names(scored.candidates)[best] & ~unsearched & ~words]
        return uncertain

    @cached_property
    def _concept_radii(self) -> Scores | None:
        return concept_radii(self.placer.features.regressor)

    def _probabilities(
        self, spans: Sequence[MentionSpan], scored: ScoredCandidates, vectors: Vectors, rows: Indices
    ) -> Scores:
        chosen = np.isin(scored.candidates.mentions, rows)
        radii = radii_of(self.placer.features.regressor, vectors, self._concept_radii)
        features = self.features.features(
            [spans[row].passage.mention for row in rows.tolist()],
            chosen_candidates(scored.candidates, chosen),
            scored.scores[chosen],
            scored.probabilities[chosen],
            radii,
            scored.named[chosen],
        )
        return self.model.probabilities(features)
