"""Features of mentions that tell whether their concept is among the candidates, below one of them, or absent."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

from hyplink.arrays import Indices, Scores, segment_starts
from hyplink.candidates.features import FEATURES as CANDIDATE_FEATURES
from hyplink.candidates.features import Candidates
from hyplink.candidates.name_sources import NameSources
from hyplink.ontology import Ontology
from hyplink.placement.contained_names import contained_names
from hyplink.placement.hierarchy import Hierarchy

OF_BEST = (
    "exact_name",
    "normal_name",
    "reordered_name",
    "own_name",
    "tfidf",
    "tfidf_lead",
    "cosine",
    "cosine_lead",
    "ball",
    "words_left_over",
    "words_left_out",
    "words_most_similar",
    "label_tfidf",
    "part_tfidf",
    "head_word",
)
"""The candidate features that are those of the best candidate."""

MOST = ("tfidf", "cosine", "ball", "words_left_over", "head_word")
"""The candidate features whose greatest value among the candidates is a feature."""

GEOMETRY = ("distance", "distance_lead", "radius", "radius_of_best", "rise")
"""The features that come from the points of the ball."""

RELATION_FEATURES = (
    "confidence",
    "score",
    "lead",
    "entropy",
    *OF_BEST,
    *(f"most_{name}" for name in MOST),
    *GEOMETRY,
    "depth",
    "has_children",
    "mass_below",
    "mass_beside",
    "contained",
    "suffix",
    "n_words",
)
"""The columns of a mention's features.

- `confidence`, `score`: of the best candidate, the former 0 without a calibration; `lead`: of its score over the next;
  `entropy`: of the ranker's scores.
- features named as those of candidates: of the best candidate; `most_…`: the greatest of any candidate.
- `distance`: of the best candidate's point from that of the mention; `distance_lead`: how much farther it is than the
  nearest candidate's; `radius`, `radius_of_best`: the distances of both points from the origin, and `rise` their
  difference.
- `depth`, `has_children`: of the best candidate; `mass_below`, `mass_beside`: the sum of the ranker's probabilities of
  candidates below it, and below one of its parents.
- `contained`, `suffix`: the share of the mention's words that are a name, anywhere or at its end; `n_words`: their
  number.
"""

CONSIDERED = 10
"""How many of the best candidates have their probabilities added up."""


@dataclass(frozen=True)
class RelationFeatures:
    """Computes the features of mentions from their scored candidates.

    Attributes:
        ontology: the concepts.
        names: indices of their names.
    """

    ontology: Ontology
    names: NameSources

    def features(
        self,
        texts: Sequence[str],
        candidates: Candidates,
        scores: Scores,
        probabilities: Scores,
        radii: tuple[Scores, Scores] | None,
        named: NDArray[np.bool_] | None = None,
    ) -> Scores:
        """The features of mentions that have candidates, float64 (n, len(RELATION_FEATURES)).

        Args:
            texts: the words of each mention that has candidates.
            candidates: of the mentions.
            scores: the ranker's log-probability of each candidate (c,).
            probabilities: the calibrated probability of each (c,).
            radii: distances from the origin of the points of the mentions, (n,), and of the concepts, (n_concepts,);
                None where there are no points.
            named: which candidates rank before all others, bool (c,).
        """
        starts = segment_starts(candidates.mentions)
        sizes = np.diff(starts, append=len(scores))
        unnamed = np.zeros(len(scores), dtype=bool) if named is None else ~named
        order = np.lexsort((-scores, unnamed, candidates.mentions))
        best = order[starts]
        found = {"confidence": np.nan_to_num(probabilities[best]), "score": scores[best]}
        second = order[np.minimum(starts + 1, len(order) - 1)]
        found["lead"] = np.where(sizes > 1, scores[best] - scores[second], 10.0).clip(-10, 10)
        shares = np.exp(scores)
        found["entropy"] = -np.add.reduceat(xlogy(shares, shares), starts)
        columns = {name: candidates.features[:, CANDIDATE_FEATURES.index(name)] for name in OF_BEST}
        found |= {name: column[best] for name, column in columns.items()}
        found |= {f"most_{name}": np.maximum.reduceat(columns[name], starts) for name in MOST}
        concepts = candidates.concepts[best]
        found |= self._geometry(candidates, best, starts, radii)
        found["depth"] = self._hierarchy.depths[concepts].astype(np.float64)
        found["has_children"] = np.array([bool(self._hierarchy.children[each]) for each in concepts.tolist()], float)
        found |= self._masses(candidates.concepts, shares, order, starts, sizes)
        found |= self._contained(texts)
        return np.stack([found[name] for name in RELATION_FEATURES], axis=1)

    @cached_property
    def _hierarchy(self) -> Hierarchy:
        return Hierarchy(self.ontology)

    def _geometry(
        self, candidates: Candidates, best: Indices, starts: Indices, radii: tuple[Scores, Scores] | None
    ) -> dict[str, Scores]:
        if candidates.distances is None or radii is None:
            return {name: np.zeros(len(best)) for name in GEOMETRY}
        of_mentions, of_concepts = radii
        distance, radius = candidates.distances[best], of_concepts[candidates.concepts[best]]
        nearest = np.minimum.reduceat(candidates.distances, starts)
        values = (distance, nearest - distance, of_mentions, radius, of_mentions - radius)
        return dict(zip(GEOMETRY, values, strict=True))

    def _masses(
        self, concepts: Indices, shares: Scores, order: Indices, starts: Indices, sizes: Indices
    ) -> dict[str, Scores]:
        below, beside = np.zeros(len(starts)), np.zeros(len(starts))
        for row, (start, size) in enumerate(zip(starts.tolist(), sizes.tolist(), strict=True)):
            chosen = order[start : start + min(size, CONSIDERED)]
            first, *_ = found = concepts[chosen].tolist()
            parents = set(self._hierarchy.parents[first])
            for concept, share in zip(found, shares[chosen].tolist(), strict=True):
                above = self._hierarchy.ancestors(concept)
                below[row] += share * (first in above)
                beside[row] += share * (not parents.isdisjoint(above))
        return {"mass_below": below, "mass_beside": beside}

    def _contained(self, texts: Sequence[str]) -> dict[str, Scores]:
        found = [contained_names(text, self.names.exact) for text in texts]
        return {
            "contained": np.array([each.longest for each in found]),
            "suffix": np.array([each.longest_suffix for each in found]),
            "n_words": np.array([float(each.n_words) for each in found]),
        }
