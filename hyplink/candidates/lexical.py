"""Candidate concepts of mentions by names alone: lexical sources of the linker, and its baselines.

Every source has a method `rank` that gives concept indices and scores of shape (mentions, k), best first, ties by
concept index. Scores are in [0, 1], except that cosines of word vectors may be negative. Rows with fewer than k
candidates are padded with index -1 and score -inf.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

from hyplink.arrays import Indices, Scores
from hyplink.names.normal_forms import normal_text, order_free
from hyplink.poincare.compiled import compiled
from hyplink.string_table import NumbersOfStrings

IN_NORMAL_FORM, IN_ANY_ORDER = 0.9, 0.8
"""The scores of names that are equal in normal form, and in any order of words."""

K1, B = 1.2, 0.75
"""The parameters of BM25."""


class Ranked(NamedTuple):
    """Candidates of a batch of mentions.

    Attributes:
        concepts: (mentions, k) int64, concept indices, -1 where there are no more.
        scores: (mentions, k) float64, -inf where there are no more.
    """

    concepts: Indices
    scores: Scores

    @classmethod
    def empty(cls, n_mentions: int, k: int) -> "Ranked":
        """No candidates."""
        return cls(np.full((n_mentions, k), -1), np.full((n_mentions, k), -np.inf))

    def take(self, rows: Indices) -> "Ranked":
        """The candidates of some rows."""
        return Ranked(self.concepts[rows], self.scores[rows])


def best_per_concept(concepts: Indices, scores: Scores, k: int) -> tuple[Indices, Scores]:
    """The k best concepts of one mention, each with the score of its best name.

    Args:
        concepts: (n,) concept index of each name.
        scores: (n,) score of each name.
        k: how many to keep; the result is padded to k with -1 and -inf.
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


@compiled
def insert_best(concept: int, score: float, concepts: Indices, scores: Scores) -> None:
    """Inserts a concept among the best ones; one that is there already moves up, or stays.

    Args:
        concept: index of the concept.
        score: its score, not below that of the last concept.
        concepts: (k,) the best concepts, best first, ties by index, -1 where there are no more; updated.
        scores: (k,) their scores, -inf where there are no more; updated.
    """
    place = 0
    while place < concepts.size and (
        scores[place] > score or (scores[place] == score and -1 < concepts[place] <= concept)
    ):
        if concepts[place] == concept:
            return
        place += 1
    if place == concepts.size:
        return
    end = place
    while end < concepts.size - 1 and concepts[end] != concept:
        end += 1
    for i in range(end, place, -1):
        concepts[i], scores[i] = concepts[i - 1], scores[i - 1]
    concepts[place], scores[place] = concept, score


class RowsOfConcepts:
    """Looks up the rows of concepts in a table sorted by concept."""

    def __init__(self, concepts: Indices) -> None:
        """Index rows.

        Args:
            concepts: the concept of each row, ascending.
        """
        self._first = np.searchsorted(concepts, np.arange(concepts.max(initial=-1) + 2))

    def of(self, concepts: Indices) -> tuple[Indices, Indices]:
        """All (pair, row) numbers where the row belongs to the concept of the pair, two int64 arrays (n,)."""
        starts, stops = self.ranges(concepts)
        counts = stops - starts
        pairs = np.repeat(np.arange(len(concepts)), counts)
        before = np.cumsum(counts) - counts
        return pairs, np.arange(len(pairs)) + np.repeat(starts - before, counts)

    def ranges(self, concepts: Indices) -> tuple[Indices, Indices]:
        """The first row of each concept and that after its last, two int64 arrays (c,); equal if it has none."""
        last = len(self._first) - 1
        return self._first[np.minimum(concepts, last)], self._first[np.minimum(concepts + 1, last)]


@dataclass(frozen=True)
class ExactNames:
    """Concepts by equal names. Scores: 1 for equal but for letter case, .9 in normal form, .8 in any order of words.

    Attributes:
        spelled, normal, reordered: concepts by case-folded name, by normal form, by sorted stems.
    """

    spelled: NumbersOfStrings
    normal: NumbersOfStrings
    reordered: NumbersOfStrings

    @classmethod
    def from_names(cls, names: Iterable[tuple[str, int]]) -> "ExactNames":
        """The index of names.

        Args:
            names: (name, concept index).
        """
        keys = [(_keys(name), concept) for name, concept in names]
        return cls(*(NumbersOfStrings.from_pairs((each[way], concept) for each, concept in keys) for way in range(3)))

    def rank(self, mention_texts: Sequence[str], k: int) -> Ranked:
        """The k best concepts of each mention; concepts that match equally well share a score."""
        ranked = {text: self._rank_one(text, k) for text in dict.fromkeys(mention_texts)}
        return stacked([ranked[text] for text in mention_texts], k)

    def is_name_of(self, text: str, concepts: Iterable[int]) -> bool:
        """Whether a text is, in normal form, a name of each of some concepts."""
        return set(concepts) <= set(self.normal.get(normal_text(text)))

    def _rank_one(self, text: str, k: int) -> tuple[Indices, Scores]:
        found: dict[int, float] = {}
        ways = (self.spelled, 1.0), (self.normal, IN_NORMAL_FORM), (self.reordered, IN_ANY_ORDER)
        for (concepts_of, score), key in zip(ways, _keys(text), strict=True):
            for concept in concepts_of.get(key):
                found.setdefault(concept, score)
        concepts = np.fromiter(found.keys(), np.int64, len(found))
        return best_per_concept(concepts, np.fromiter(found.values(), np.float64, len(found)), k)


def _keys(name: str) -> tuple[str, str, str]:
    return " ".join(name.casefold().split()), normal_text(name), " ".join(order_free(name))


def best_names(scores: npt.NDArray[np.float32], concepts: Indices, k: int) -> Indices:
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
    for share in (0.85, 0.7, 0.55, 0.4, 0.25, 0.1):
        rows = np.flatnonzero(scores >= share * best)
        if best > 0 and len(rows) >= count:
            return rows[np.argpartition(scores[rows], len(rows) - count)[len(rows) - count :]]
    return np.argpartition(scores, len(scores) - count)[len(scores) - count :]


def stacked(rows: Sequence[tuple[Indices, Scores]], k: int) -> Ranked:
    """The candidates of mentions, each the (k,) concepts and scores of one."""
    if not rows:
        return Ranked(np.empty((0, k), dtype=np.int64), np.empty((0, k), dtype=np.float64))
    return Ranked(np.stack([row[0] for row in rows]), np.stack([row[1] for row in rows]))


@dataclass(frozen=True)
class Bm25:
    """Ranks concepts by BM25 of the words of their best name. A document is one name; words are compared by stems.

    Robertson and Zaragoza, "The probabilistic relevance framework: BM25 and beyond", 2009.

    Attributes:
        concepts: the concept index of each name, int64 (names,).
        words: the stems of the names, in alphabetical order.
        rarity: the inverse document frequency of each word, float64 (words,).
        weights: of the words in each name, float64 (words, names).
    """

    concepts: Indices
    words: Sequence[str]
    rarity: Scores
    weights: sparse.csr_matrix

    @classmethod
    def from_names(cls, names: Iterable[tuple[str, int]]) -> "Bm25":
        """The index of (name, concept index) pairs."""
        rows = sorted({(concept, order_free(name)) for name, concept in names})
        words = sorted(set(chain.from_iterable(stems for _, stems in rows)))
        counts = _counts((stems for _, stems in rows), {word: column for column, word in enumerate(words)})
        n_with = np.bincount(counts.indices, minlength=len(words))
        rarity = np.log1p((len(rows) - n_with + 0.5) / (n_with + 0.5))
        lengths = np.asarray(counts.sum(1)).ravel()
        usual = max(lengths.sum() / max(len(rows), 1), 1e-12)
        norms = np.repeat(K1 * (1 - B + B * lengths / usual), np.diff(counts.indptr))
        weights = rarity[counts.indices] * counts.data * (K1 + 1) / (counts.data + norms)
        by_word = sparse.csr_matrix((weights, counts.indices, counts.indptr), counts.shape).T.tocsr()
        return cls(np.array([concept for concept, _ in rows], np.int64), words, rarity, by_word)

    def rank(self, texts: Sequence[str], k: int) -> Ranked:
        """The k best concepts of each text, by scores of at least 0; concepts without a common word are left out."""
        queries = _counts(map(order_free, texts), self._column_of)
        scores = (queries @ self.weights).tocsr()
        found = []
        for row in range(len(texts)):
            part = slice(scores.indptr[row], scores.indptr[row + 1])
            concepts, values = self.concepts[scores.indices[part]], scores.data[part]
            order = np.argsort(concepts, kind="stable")
            concepts, values = concepts[order], values[order]
            best = best_names(values.astype(np.float32), concepts, k) if len(values) else order
            found.append(best_per_concept(concepts[best], values[best], k))
        return stacked(found, k)

    def weight(self, text: str) -> float:
        """The sum of the rarities of the words of a text, with that of a rare word for an unknown one."""
        unknown = float(np.log1p(2 * len(self.concepts) + 1))
        columns = (self._column_of.get(word) for word in order_free(text))
        return sum(unknown if column is None else float(self.rarity[column]) for column in columns)

    @cached_property
    def _column_of(self) -> dict[str, int]:
        return {word: column for column, word in enumerate(self.words)}


def _counts(texts: Iterable[Sequence[str]], column_of: Mapping[str, int]) -> sparse.csr_matrix:
    """The counts of known words in each text, float64 (texts, words)."""
    columns, counts, ends = array("q"), array("d"), array("q", [0])
    for words in texts:
        for word, n in sorted(Counter(words).items()):
            if word in column_of:
                columns.append(column_of[word])
                counts.append(n)
        ends.append(len(columns))
    shape = (len(ends) - 1, len(column_of))
    return sparse.csr_matrix((np.array(counts), np.array(columns), np.array(ends)), shape)
