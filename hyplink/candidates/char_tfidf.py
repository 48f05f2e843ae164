"""Candidates by TF-IDF of character n-grams.

The values are those of scikit-learn's `TfidfVectorizer(analyzer="char_wb", sublinear_tf=True)`, as the tests check.
scikit-learn itself is not used because importing it takes longer than loading the whole linker.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain

import numpy as np
import numpy.typing as npt
from scipy import sparse

from hyplink.arrays import Indices, Scores
from hyplink.candidates.lexical import Ranked, RowsOfConcepts, best_names, best_per_concept, stacked
from hyplink.names.normal_forms import normal_text

LENGTHS = (3, 4)
"""Lengths of the n-grams, in characters."""

TEXTS_KEPT = 1 << 14
"""Size of the cache of ranked texts."""


@dataclass(frozen=True)
class CharNgrams:
    """Compares mentions with names by the cosine of their TF-IDF-weighted character n-grams.

    Names are compared in normal form, so that case, spelling variants and plurals make no difference.

    Attributes:
        concepts: the concept index of each name, int64 (names,), ascending.
        ngrams: the columns, in alphabetical order.
        rarity: the inverse document frequency of each n-gram, float32 (ngrams,).
        weights: of the n-grams of each name, float32 (names, ngrams), rows of length 1.
    """

    concepts: Indices
    ngrams: Sequence[str]
    rarity: npt.NDArray[np.float32]
    weights: sparse.csr_matrix

    @classmethod
    def from_names(cls, names: Iterable[tuple[str, int]]) -> "CharNgrams":
        """The n-grams of names.

        Args:
            names: (name, concept index); texts of annotated mentions may join them.
        """
        rows = sorted({(concept, _compared(name)) for name, concept in names})
        texts = [name for _, name in rows]
        ngrams = sorted({ngram for text in texts for ngram in ngrams_of(text)})
        counts = _counts(texts, {ngram: column for column, ngram in enumerate(ngrams)})
        held = np.bincount(counts.indices, minlength=len(ngrams)).astype(np.float32)
        rarity = np.log(np.float32(len(rows) + 1) / (held + 1)) + np.float32(1)
        concepts = np.array([concept for concept, _ in rows], dtype=np.int64)
        return CharNgrams(concepts, ngrams, rarity, _weighted(counts, rarity))

    def compare(self, mention_texts: Sequence[str], mentions: Indices, concepts: Indices) -> Scores:
        """The similarity (c,) of mentions and concepts, pair by pair; 0 where a concept has no name.

        Args:
            mention_texts: the words of each mention.
            mentions: the mention's row of each pair, int64 (c,).
            concepts: the concept index of each pair, int64 (c,).
        """
        similarity = np.zeros(len(concepts))
        pairs, rows = self._rows.of(concepts)
        if len(pairs):
            queries = self._queries(map(_compared, mention_texts))
            shared = np.asarray(queries[mentions[pairs]].multiply(self.weights[rows]).sum(1)).ravel()
            np.maximum.at(similarity, pairs, shared)
        return np.minimum(similarity, 1.0)

    def _queries(self, texts: Iterable[str]) -> sparse.csr_matrix:
        return _weighted(_counts(texts, self._column_of), self.rarity)

    @cached_property
    def _column_of(self) -> dict[str, int]:
        return {ngram: column for column, ngram in enumerate(self.ngrams)}

    @cached_property
    def _rows(self) -> RowsOfConcepts:
        return RowsOfConcepts(self.concepts)


@dataclass(frozen=True)
class CharTfidf(CharNgrams):
    """Concepts by the cosine of TF-IDF-weighted character n-grams between the mention and each name.

    Attributes:
        postings: the transpose of `weights`, by which the names with an n-gram are found.
    """

    postings: sparse.csr_matrix

    @classmethod
    def from_names(cls, names: Iterable[tuple[str, int]]) -> "CharTfidf":
        """The index of names, as in `CharNgrams`."""
        of_names = CharNgrams.from_names(names)
        weights = of_names.weights
        return cls(of_names.concepts, of_names.ngrams, of_names.rarity, weights, weights.T.tocsr())

    def rank(self, mention_texts: Sequence[str], k: int) -> Ranked:
        """The k best concepts of each mention; names that share no n-gram with it are left out."""
        if len(self._ranked) > TEXTS_KEPT:
            self._ranked.clear()
        texts = [_compared(text) for text in mention_texts]
        # Another thread may clear the cache at any moment, so the answer is made of what was looked up once.
        ranked = {text: self._ranked.get((text, k)) for text in texts}
        new = [text for text, found in ranked.items() if found is None]
        queries = self._queries(new)
        for i, text in enumerate(new):
            ranked[text] = self._ranked[text, k] = self._rank_one(queries[i], k)
        return stacked([found for text in texts if (found := ranked[text])], k)

    def _rank_one(self, query: sparse.csr_matrix, k: int) -> tuple[Indices, Scores]:
        scores = np.zeros(len(self.concepts), dtype=np.float32)
        postings = self.postings
        starts = postings.indptr
        for feature, weight in zip(query.indices, query.data, strict=True):
            column = slice(starts[feature], starts[feature + 1])
            scores[postings.indices[column]] += weight * postings.data[column]
        rows = best_names(scores, self.concepts, k)
        rows = rows[scores[rows] > 0]
        return best_per_concept(self.concepts[rows], np.minimum(scores[rows].astype(np.float64), 1.0), k)

    @cached_property
    def _ranked(self) -> dict[tuple[str, int], tuple[Indices, Scores]]:
        """Cache of ranked texts by (text, k): the same mentions recur in a corpus."""
        return {}


def _counts(texts: Iterable[str], column_of: Mapping[str, int]) -> sparse.csr_matrix:
    """Counts of known n-grams in each text, float32 (texts, ngrams)."""
    columns, ends = array("i"), array("q", [0])
    for text in texts:
        columns.extend(column_of[ngram] for ngram in ngrams_of(text) if ngram in column_of)
        ends.append(len(columns))
    shape = (len(ends) - 1, len(column_of))
    counts = sparse.csr_matrix((np.ones(len(columns), np.float32), np.array(columns), np.array(ends)), shape)
    counts.sum_duplicates()
    return counts


def _weighted(counts: sparse.csr_matrix, rarity: npt.NDArray[np.float32]) -> sparse.csr_matrix:
    """(1 + log count) · inverse document frequency, in rows of length 1, float32 (texts, ngrams)."""
    weights = (np.log(counts.data) + 1) * rarity[counts.indices]
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    lengths = np.sqrt(np.bincount(rows, weights * weights, minlength=counts.shape[0]))
    values = (weights / lengths[rows]).astype(np.float32)
    return sparse.csr_matrix((values, counts.indices, counts.indptr), shape=counts.shape)


def ngrams_of(text: str) -> Iterator[str]:
    """The n-grams of the words of a text, those of one word after the other."""
    return chain.from_iterable(map(_ngrams_of_word, text.split()))


@lru_cache(maxsize=1 << 16)
def _ngrams_of_word(word: str) -> tuple[str, ...]:
    """The n-grams of a word with a blank before and after it, the shorter ones first."""
    padded = f" {word} "
    return tuple(padded[at : at + length] for length in LENGTHS for at in range(len(padded) - length + 1))


def _compared(name: str) -> str:
    return normal_text(name) or name.casefold()
