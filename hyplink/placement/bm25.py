"""Concepts by BM25 of the words of their names.

Robertson and Zaragoza, "The probabilistic relevance framework: BM25 and beyond", 2009. A document is one name; words
are compared by their stems.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
from scipy import sparse

from hyplink.arrays import Indices, Scores
from hyplink.candidates.lexical import Ranked, best_names, best_per_concept, stacked
from hyplink.names.normal_forms import order_free

K1, B = 1.2, 0.75


class Bm25:
    """Ranks concepts by their best name.

    Args:
        names: (name, concept index).
    """

    def __init__(self, names: Iterable[tuple[str, int]]) -> None:
        rows = sorted({(concept, order_free(name)) for name, concept in names})
        bags = [Counter(stems) for _, stems in rows]
        self.concepts: Indices = np.array([concept for concept, _ in rows], dtype=np.int64)
        self.column_of = {word: column for column, word in enumerate(sorted(set(chain.from_iterable(bags))))}
        counts = _counts(bags, self.column_of)
        n_with = np.bincount(counts.indices, minlength=len(self.column_of))
        self.rarity: Scores = np.log1p((len(rows) - n_with + 0.5) / (n_with + 0.5))
        lengths = np.asarray(counts.sum(1)).ravel()
        norms = np.repeat(K1 * (1 - B + B * lengths / max(lengths.mean(), 1e-12)), np.diff(counts.indptr))
        weights = self.rarity[counts.indices] * counts.data * (K1 + 1) / (counts.data + norms)
        self._by_word = sparse.csr_matrix((weights, counts.indices, counts.indptr), counts.shape).T.tocsr()

    def rank(self, texts: Sequence[str], k: int) -> Ranked:
        """The k best concepts of each text, by scores of at least 0; concepts without a common word are left out."""
        queries = _counts([Counter(order_free(text)) for text in texts], self.column_of)
        scores = (queries @ self._by_word).tocsr()
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
        columns = (self.column_of.get(word) for word in order_free(text))
        return sum(unknown if column is None else float(self.rarity[column]) for column in columns)


def _counts(bags: Sequence[Counter[str]], column_of: dict[str, int]) -> sparse.csr_matrix:
    """The counts of known words in each bag, float64 (bags, words)."""
    known = [[(column_of[word], n) for word, n in sorted(bag.items()) if word in column_of] for bag in bags]
    columns = np.array([column for each in known for column, _ in each], dtype=np.int64)
    counts = np.array([n for each in known for _, n in each], dtype=np.float64)
    return sparse.csr_matrix((counts, columns, np.cumsum([0, *map(len, known)])), (len(bags), len(column_of)))
