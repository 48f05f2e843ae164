"""Candidate concepts of mentions by the vectors of their names, as a source like those of `lexical`.

A mention's vector is compared with the vectors of all names, by cosine. Selecting the best concepts is compiled: with a
million names, sorting even a part of the similarities takes longer than computing them.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from hyplink.arrays import Indices, Scores
from hyplink.candidates.lexical import Ranked, RowsOfConcepts, insert_best
from hyplink.poincare.compiled import compiled

SIMILARITIES = 1 << 24
"""Pairs of a mention's and a name's vector compared at a time, which bounds memory."""

ROWS_AT_A_TIME = 1 << 16
"""Names whose vectors are scaled at a time, to bound memory."""

NAMES_PER_BLOCK = 1024
"""Names of which only the greatest similarity is looked at, unless it is greater than that of the last concept kept."""


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
        unit = vectors[order]  # they may take gigabytes
        for start in range(0, len(unit), ROWS_AT_A_TIME):
            unit[start : start + ROWS_AT_A_TIME] /= _lengths(unit[start : start + ROWS_AT_A_TIME])
        return cls(unit, concepts[order])

    def rank(self, vectors: npt.NDArray[np.float32], k: int) -> Ranked:
        """The k best concepts of each mention.

        Args:
            vectors: (mentions, dim) float32.
            k: how many.
        """
        vectors, ranked = _unit_rows(vectors), Ranked.empty(len(vectors), k)
        at_a_time = max(1, SIMILARITIES // max(1, len(vectors)))
        for start in range(0, len(self.vectors), at_a_time):  # so that each name's vector is read once
            names = slice(start, start + at_a_time)
            fill_best_concepts(vectors @ self.vectors[names].T, self.concepts[names], *ranked)
        return self._compared_again(vectors, ranked)

    def _compared_again(self, vectors: npt.NDArray[np.float32], ranked: Ranked) -> Ranked:
        """The same concepts, compared one by one: the last digits of a product depend on what else is in the batch."""
        rows, columns = np.nonzero(ranked.concepts >= 0)
        ranked.scores[rows, columns] = self.compare(vectors, rows, ranked.concepts[rows, columns])
        order = np.lexsort((ranked.concepts, -ranked.scores))
        return Ranked(np.take_along_axis(ranked.concepts, order, 1), np.take_along_axis(ranked.scores, order, 1))

    def compare(self, vectors: npt.NDArray[np.float32], mentions: Indices, concepts: Indices) -> Scores:
        """The similarity (c,) of mentions and concepts, pair by pair; -1 where a concept has no name.

        Args:
            vectors: of the mentions, (n, dim) float32.
            mentions: the mention's row of each pair, int64 (c,).
            concepts: the concept index of each pair, int64 (c,).
        """
        similarity = np.empty(len(concepts))
        fill_best_similarities(_unit_rows(vectors), mentions, self.vectors, *self._rows.ranges(concepts), similarity)
        return similarity

    @cached_property
    def _rows(self) -> RowsOfConcepts:
        return RowsOfConcepts(self.concepts)


def _unit_rows(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return vectors / _lengths(vectors)


def _lengths(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The length of each vector, (n, 1); 1 for a zero vector."""
    lengths: npt.NDArray[np.float32] = np.linalg.norm(vectors, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    return lengths


@compiled
def fill_best_concepts(
    similarities: npt.NDArray[np.float32], names: Indices, concepts: Indices, scores: Scores
) -> None:
    """Updates the best concepts of each mention, best first, each once with its best name, ties by concept index.

    Args:
        similarities: of mentions and names, (mentions, names).
        names: the concept index of each name, ascending, (names,).
        concepts: the best concepts of the names before these, (mentions, k), -1 where there are no more; updated.
        scores: their scores, (mentions, k), -inf where there are no more; updated.
    """
    n_names, last = names.size, concepts.shape[1] - 1
    for row in range(similarities.shape[0]):
        of_row, best, best_scores = similarities[row], concepts[row], scores[row]
        for start in range(0, n_names if last >= 0 else 0, NAMES_PER_BLOCK):
            stop = min(start + NAMES_PER_BLOCK, n_names)
            if _max(of_row[start:stop]) <= best_scores[last]:
                continue
            for name in range(start, stop):
                if of_row[name] > best_scores[last]:
                    insert_best(names[name], of_row[name], best, best_scores)


@compiled
def fill_best_similarities(
    vectors: npt.NDArray[np.float32],
    mentions: Indices,
    names: npt.NDArray[np.float32],
    starts: Indices,
    stops: Indices,
    similarity: Scores,
) -> None:
    """Fills the greatest dot product of a vector and some rows of a table, pair by pair; -1 where there are no rows.

    The rows are not copied, which for long vectors takes longer than the products do.

    Args:
        vectors: (mentions, dim).
        mentions: the row of `vectors` of each pair, (pairs,).
        names: the table, (names, dim).
        starts: the first row of the table of each pair, (pairs,).
        stops: the row after the last, (pairs,).
        similarity: is filled, (pairs,).
    """
    for pair in range(similarity.size):
        vector = vectors[mentions[pair]]
        best = np.float32(-np.inf if starts[pair] < stops[pair] else -1)
        for row in range(starts[pair], stops[pair]):
            product = np.float32(0)
            for d in range(vector.size):
                product += vector[d] * names[row, d]
            best = max(best, product)
        similarity[pair] = best


@compiled
def _max(similarities: npt.NDArray[np.float32]) -> np.float32:
    maximum = np.float32(-np.inf)
    for i in range(similarities.size):
        maximum = similarities[i] if similarities[i] > maximum else maximum
    return maximum
