"""Candidate concepts of mentions by the vectors of their names, as a source like those of `lexical`.

A mention's vector is compared with the vectors of all names, by cosine.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from hyplink.arrays import Indices, Scores
from hyplink.candidates.lexical import Ranked, RowsOfConcepts, best_names, best_per_concept, stacked

SIMILARITIES = 1 << 24
"""Pairs of a mention's and a name's vector compared at a time, which bounds memory."""


@dataclass(frozen=True)
class NearestNameVectors:
    """Concepts by the cosine between the mention's vector and the vectors of their names.

    Attributes:
        vectors: of the names, float32 (names, dim), of length 1; a zero vector is near nothing.
        concepts: the concept index of each, int64 (names,), ascending.
    """

    vectors: npt.NDArray[np.float32]
    concepts: Indices

    @classmethod
    def from_vectors(cls, vectors: npt.NDArray[np.float32], concepts: Indices) -> "NearestNameVectors":
        """The index of name vectors.

        Args:
            vectors: (names, dim) float32, one row a name, of any length.
            concepts: (names,) int64, the concept index of each name.
        """
        order = np.argsort(concepts, kind="stable")
        return cls(_unit_rows(vectors[order]), concepts[order])

    def rank(self, vectors: npt.NDArray[np.float32], k: int) -> Ranked:
        """The k best concepts of each mention.

        Args:
            vectors: (mentions, dim) float32.
            k: how many.
        """
        vectors, at_a_time = _unit_rows(vectors), max(1, SIMILARITIES // max(1, len(self.vectors)))
        blocks = (vectors[at : at + at_a_time] @ self.vectors.T for at in range(0, len(vectors), at_a_time))
        return stacked([self._rank_one(row, k) for similarities in blocks for row in similarities], k)

    def compare(self, vectors: npt.NDArray[np.float32], mentions: Indices, concepts: Indices) -> Scores:
        """The similarity (c,) of mentions and concepts, pair by pair; -1 where a concept has no name.

        Args:
            vectors: of the mentions, (n, dim) float32.
            mentions: the mention's row of each pair, int64 (c,).
            concepts: the concept index of each pair, int64 (c,).
        """
        similarity = np.full(len(concepts), -1.0)
        pairs, rows = self._rows.of(concepts)
        unit = _unit_rows(vectors)[mentions[pairs]]
        np.maximum.at(similarity, pairs, np.einsum("ij,ij->i", unit, self.vectors[rows]))
        return similarity

    def _rank_one(self, similarities: npt.NDArray[np.float32], k: int) -> tuple[Indices, Scores]:
        rows = best_names(similarities, self.concepts, k)
        return best_per_concept(self.concepts[rows], similarities[rows].astype(np.float64), k)

    @cached_property
    def _rows(self) -> RowsOfConcepts:
        return RowsOfConcepts(self.concepts)


def _unit_rows(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: npt.NDArray[np.float32] = (vectors / np.where(norms > 0, norms, 1)).astype(np.float32, copy=False)
    return unit
