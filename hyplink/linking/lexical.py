"""Candidate concepts for mentions by their names alone: the baselines, and the linker's lexical evidence.

Three ways with one interface, `rank(mention_texts, k)`: concept indices and scores of shape (mentions, k), best first,
ties by concept index. Scores lie in [0, 1] save for cosines of vectors, which may be negative. Rows with fewer than k
candidates are filled up with index -1 and score -inf.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from hyplink.linking.normalise import normal_name, order_free

Indices = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]

BLOCK = 256
"""Mentions that are compared with all names' vectors at a time, so that memory does not grow with their number."""

_NORMALISED, _ORDER_FREE = 0.9, 0.8


class Ranked(NamedTuple):
    """Candidates of a batch of mentions.

    Attributes:
        concepts: (mentions, k) int64, concept indices, -1 where there are no more.
        scores: (mentions, k) float64, -inf where there are no more.
    """

    concepts: Indices
    scores: Scores

    @classmethod
    def nothing(cls, n_mentions: int, k: int) -> "Ranked":
        """No candidates."""
        return cls(np.full((n_mentions, k), -1), np.full((n_mentions, k), -np.inf))

    def of_rows(self, rows: Indices) -> "Ranked":
        """The candidates of some rows."""
        return Ranked(self.concepts[rows], self.scores[rows])


class CandidateSource(Protocol):
    """Anything that proposes concepts for mentions."""

    def rank(self, mention_texts: Sequence[str], k: int) -> Ranked:
        """The k best concepts of each mention."""


def best_per_concept(concepts: Indices, scores: Scores, k: int) -> tuple[Indices, Scores]:
    """The k best concepts of one mention from scored names: a concept scores as its best name does.

    Args:
        concepts: (n,) concept index of each name.
        scores: (n,) score of each name.
        k: how many to keep; the result is filled up to k with -1 and -inf.
    """
    order = np.lexsort((-scores, concepts))
    concepts, scores = concepts[order], scores[order]
    first = np.ones(len(concepts), dtype=bool)
    first[1:] = concepts[1:] != concepts[:-1]
    concepts, scores = concepts[first], scores[first]
    order = np.lexsort((concepts, -scores))[:k]
    missing = k - len(order)
    return (
        np.concatenate([concepts[order], np.full(missing, -1)]),
        np.concatenate([scores[order], np.full(missing, -np.inf)]),
    )


class RowsOfConcepts:
    """Where the rows of each concept stand among rows that are sorted by concept."""

    def __init__(self, concepts: Indices) -> None:
        """Index rows.

        Args:
            concepts: the concept of each row, ascending.
        """
        self._first = np.searchsorted(concepts, np.arange(concepts.max(initial=-1) + 2))

    def of(self, concepts: Indices) -> tuple[Indices, Indices]:
        """Every row of the concept of every pair: the pair's number and the row's."""
        last = len(self._first) - 1
        starts = self._first[np.minimum(concepts, last)]
        counts = self._first[np.minimum(concepts + 1, last)] - starts
        pairs = np.repeat(np.arange(len(concepts)), counts)
        before = np.cumsum(counts) - counts
        return pairs, np.arange(len(pairs)) + np.repeat(starts - before, counts)


class ExactNames:
    """Concepts that bear the mention as a name: letter case aside (1), by normal form (.9), in any word order (.8)."""

    def __init__(self, names: Iterable[tuple[str, int]]) -> None:
        """Index names.

        Args:
            names: (name, concept index).
        """
        self._tables: tuple[dict[object, set[int]], ...] = ({}, {}, {})
        for name, concept in names:
            for table, key in zip(self._tables, _keys(name), strict=True):
                table.setdefault(key, set()).add(concept)

    def rank(self, mention_texts: Sequence[str], k: int) -> Ranked:
        """The k best concepts of each mention; concepts that match equally well share a score."""
        return _stacked([self._rank_one(text, k) for text in mention_texts], k)

    def _rank_one(self, text: str, k: int) -> tuple[Indices, Scores]:
        found: dict[int, float] = {}
        for table, key, score in zip(self._tables, _keys(text), (1.0, _NORMALISED, _ORDER_FREE), strict=True):
            for concept in table.get(key, ()):
                found.setdefault(concept, score)
        concepts = np.fromiter(found.keys(), np.int64, len(found))
        return best_per_concept(concepts, np.fromiter(found.values(), np.float64, len(found)), k)


class CharTfidf:
    """Concepts by the cosine of TF-IDF-weighted character n-grams between the mention and each name.

    Names are compared by their normal words, so that case, spelling and plural do not count as differences. Built
    anew from the names wherever it is needed: nothing of scikit-learn's is stored.
    """

    def __init__(self, names: Iterable[tuple[str, int]], *, ngrams: tuple[int, int] = (3, 4)) -> None:
        """Index names.

        Args:
            names: (name, concept index); texts of annotated mentions may join them.
            ngrams: lengths of the n-grams in characters, shortest and longest.
        """
        rows = sorted({(concept, _normal_text(name)) for name, concept in names})
        self._concepts = np.array([concept for concept, _ in rows], dtype=np.int64)
        self._rows = RowsOfConcepts(self._concepts)
        self._vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=ngrams, sublinear_tf=True, dtype=np.float32)
        self._names = sparse.csr_matrix(self._vectorizer.fit_transform([name for _, name in rows]))
        self._columns = self._names.tocsc()

    def rank(self, mention_texts: Sequence[str], k: int) -> Ranked:
        """The k best concepts of each mention; names that share no n-gram with it are no candidates."""
        texts = [_normal_text(text) for text in mention_texts]
        distinct = {text: i for i, text in enumerate(dict.fromkeys(texts))}
        if not distinct:
            return _stacked([], k)
        queries = self._vectorizer.transform(distinct)
        ranked = [self._rank_one(queries[i], k) for i in range(len(distinct))]
        return _stacked([ranked[distinct[text]] for text in texts], k)

    def compare(self, mention_texts: Sequence[str], mentions: Indices, concepts: Indices) -> Scores:
        """The similarity (c,) of mentions and concepts, pair by pair; 0 where a concept has no name.

        Args:
            mention_texts: the words of each mention.
            mentions: the mention's row of each pair, int64 (c,).
            concepts: the concept index of each pair, int64 (c,).
        """
        likeness = np.zeros(len(concepts))
        pairs, rows = self._rows.of(concepts)
        if len(pairs):
            queries = self._vectorizer.transform([_normal_text(mention_texts[row]) for row in mentions])
            shared = np.asarray(queries[pairs].multiply(self._names[rows]).sum(1)).ravel()
            np.maximum.at(likeness, pairs, shared)
        return np.minimum(likeness, 1.0)

    def _rank_one(self, query: sparse.csr_matrix, k: int) -> tuple[Indices, Scores]:
        scores = np.zeros(len(self._concepts), dtype=np.float32)
        starts = self._columns.indptr
        for feature, weight in zip(query.indices, query.data, strict=True):
            column = slice(starts[feature], starts[feature + 1])
            scores[self._columns.indices[column]] += weight * self._columns.data[column]
        rows = _best_names(scores, self._concepts, k)
        rows = rows[scores[rows] > 0]
        return best_per_concept(self._concepts[rows], np.minimum(scores[rows].astype(np.float64), 1.0), k)


class NearestNameVectors:
    """Concepts by the cosine between the mention's vector and the vectors of their names."""

    def __init__(self, vectors: npt.NDArray[np.float32], concepts: Indices) -> None:
        """Index name vectors.

        Args:
            vectors: (names, dim) float32, one row a name, of any length; a zero vector is near nothing.
            concepts: (names,) int64, the concept index of each name.
        """
        order = np.argsort(concepts, kind="stable")
        self._vectors = _unit_rows(vectors[order])
        self._concepts = concepts[order]
        self._rows = RowsOfConcepts(self._concepts)

    def rank(self, vectors: npt.NDArray[np.float32], k: int) -> Ranked:
        """The k best concepts of each mention.

        Args:
            vectors: (mentions, dim) float32.
            k: how many.
        """
        vectors = _unit_rows(vectors)
        blocks = (vectors[at : at + BLOCK] @ self._vectors.T for at in range(0, len(vectors), BLOCK))
        return _stacked([self._rank_one(row, k) for similarities in blocks for row in similarities], k)

    def compare(self, vectors: npt.NDArray[np.float32], mentions: Indices, concepts: Indices) -> Scores:
        """The similarity (c,) of mentions and concepts, pair by pair; -1 where a concept has no name.

        Args:
            vectors: of the mentions, (n, dim) float32.
            mentions: the mention's row of each pair, int64 (c,).
            concepts: the concept index of each pair, int64 (c,).
        """
        likeness = np.full(len(concepts), -1.0)
        pairs, rows = self._rows.of(concepts)
        unit = _unit_rows(vectors)[mentions[pairs]]
        np.maximum.at(likeness, pairs, np.einsum("ij,ij->i", unit, self._vectors[rows]))
        return likeness

    def _rank_one(self, similarities: npt.NDArray[np.float32], k: int) -> tuple[Indices, Scores]:
        rows = _best_names(similarities, self._concepts, k)
        return best_per_concept(self._concepts[rows], similarities[rows].astype(np.float64), k)


def _keys(name: str) -> tuple[object, object, object]:
    return " ".join(name.casefold().split()), normal_name(name), order_free(normal_name(name))


def _normal_text(text: str) -> str:
    return " ".join(normal_name(text)) or text.casefold()


def _best_names(scores: npt.NDArray[np.float32], concepts: Indices, k: int) -> Indices:
    """Indices, unordered, of enough of the best names to hold the k best concepts, or of all."""
    count = 8 * k
    while True:
        rows = _top(scores, count)
        if len(rows) == len(scores) or len(np.unique(concepts[rows])) >= k:
            return rows
        count *= 4


def _top(scores: npt.NDArray[np.float32], count: int) -> Indices:
    """Indices of the greatest scores, unordered.

    Most names share little with a mention, and a partition is slow where most scores are equal: those near the best one
    are looked at alone where they are enough.
    """
    if count >= len(scores):
        return np.arange(len(scores))
    best = scores.max()
    for share in (0.6, 0.3, 0.1):
        rows = np.flatnonzero(scores >= share * best)
        if best > 0 and len(rows) >= count:
            return rows[np.argpartition(scores[rows], len(rows) - count)[len(rows) - count :]]
    return np.argpartition(scores, len(scores) - count)[len(scores) - count :]


def _unit_rows(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: npt.NDArray[np.float32] = (vectors / np.where(norms > 0, norms, 1)).astype(np.float32)
    return unit


def _stacked(rows: Sequence[tuple[Indices, Scores]], k: int) -> Ranked:
    if not rows:
        return Ranked(np.empty((0, k), dtype=np.int64), np.empty((0, k), dtype=np.float64))
    return Ranked(np.stack([row[0] for row in rows]), np.stack([row[1] for row in rows]))
