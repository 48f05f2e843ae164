"""Concepts by BM25 of the words of their names.

Robertson and Zaragoza, "The probabilistic relevance framework: BM25 and beyond", 2009. A document is one name; words
are compared by their stems.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np
from scipy import sparse

from hyplink.arrays import Indices, Scores
from hyplink.candidates.lexical import Ranked, best_names, best_per_concept, stacked
from hyplink.names.normal_forms import order_free

K1, B = 1.2, 0.75


@dataclass(frozen=True)
class Bm25:
    """Ranks concepts by their best name.

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
        norms = np.repeat(K1 * (1 - B + B * lengths / max(lengths.mean(), 1e-12)), np.diff(counts.indptr))
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
