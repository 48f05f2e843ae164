"""Candidates by TF-IDF of character n-grams.

The values are those of scikit-learn's `TfidfVectorizer(analyzer="char_wb", sublinear_tf=True)`, as the tests check.
scikit-learn itself is not used because importing it takes longer than loading the whole linker.
"""

import math
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain

import numpy as np
import numpy.typing as npt
from scipy import sparse

from hyplink.arrays import Indices, Scores
from hyplink.candidates.lexical import Ranked, RowsOfConcepts, insert_best, stacked
from hyplink.names.normal_forms import normal_text
from hyplink.poincare.compiled import compiled

LENGTHS = (3, 4)
"""Lengths of the n-grams, in characters."""

TEXTS_KEPT = 1 << 14
"""Size of the cache of ranked texts."""

POSTINGS_PER_COMPARISON = 160
"""Postings that are read in the time in which a query is compared with a name."""

ROWS_AT_A_TIME = 1 << 16
"""Names whose n-grams are weighted at a time, to bound memory."""

ROUNDING = 1e-5
"""More than the rounding error of a sum of float32 products."""

SparseRows = tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.float32]]
"""A sparse matrix by rows: where each row starts, the column of each value, the values."""


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
        concepts = np.array([concept for concept, _ in rows], dtype=np.int64)
        ngrams = sorted({ngram for _, text in rows for ngram in ngrams_of(text)})
        counts = _counts((text for _, text in rows), {ngram: column for column, ngram in enumerate(ngrams)})
        del rows  # of millions of names, gigabytes
        held = np.bincount(counts.indices, minlength=len(ngrams)).astype(np.float32)
        rarity = np.log(np.float32(len(concepts) + 1) / (held + 1)) + np.float32(1)
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
        concepts, scores = np.full(k, -1), np.full(k, -np.inf)
        if k and query.nnz:
            of_ngrams = self.postings.indptr, self.postings.indices, self.postings.data
            of_names = self.weights.indptr, self.weights.indices, self.weights.data
            fill_most_similar(query.indices, query.data, of_ngrams, of_names, self.concepts, concepts, scores)
        return concepts, scores

    @cached_property
    def _ranked(self) -> dict[tuple[str, int], tuple[Indices, Scores]]:
        """Cache of ranked texts by (text, k): the same mentions recur in a corpus."""
        return {}


@compiled
def fill_most_similar(
    ngrams: npt.NDArray[np.int32],
    weights: npt.NDArray[np.float32],
    of_ngrams: SparseRows,
    of_names: SparseRows,
    concepts: Indices,
    best: Indices,
    scores: Scores,
) -> None:
    """Fills in the concepts whose names are most similar to a query.

    The n-grams are taken from the rarest to the most common one. What those that are left can add to a cosine is at
    most the length of their part of the query. Once no other name can be among the best, the postings of the common
    n-grams, which are nearly all postings, are not read: the names that can still be are compared one by one.

    Args:
        ngrams: of the query, (n,).
        weights: of its n-grams, (n,), of length 1.
        of_ngrams: the names of each n-gram.
        of_names: the n-grams of each name; each name's weights are of length 1.
        concepts: the concept index of each name, (names,).
        best: filled with the best concepts, best first, ties by index, (k,).
        scores: filled with their scores, (k,).
    """
    starts, names, values = of_ngrams
    lengths = starts[ngrams + 1] - starts[ngrams]
    similarity = np.zeros(concepts.size, np.float32)  # by the n-grams so far
    found = np.empty(min(lengths.sum(), concepts.size), np.int64)
    n_found, n_possible, n_left, left = 0, 0, lengths.sum(), np.float32(1)
    next_check = np.float32(0.5)  # before, the best have a similarity of at most √(1 − left), which is below √left
    for i in np.argsort(lengths):
        for posting in range(starts[ngrams[i]], starts[ngrams[i] + 1]):
            name = names[posting]
            if similarity[name] == 0:
                found[n_found] = name
                n_found += 1
            similarity[name] += weights[i] * values[posting]
        n_left -= lengths[i]
        left = max(np.float32(0), left - weights[i] * weights[i])
        if n_left == 0 or (left < next_check and n_left >= n_found):
            rest = math.sqrt(left) if n_left else 0.0
            n_possible = _possible_first(found[:n_found], similarity, rest, concepts, best, scores)
            if n_left == 0 or (scores[-1] > rest + ROUNDING and n_possible * POSTINGS_PER_COMPARISON <= n_left):
                break
            next_check = left / 2
    starts, ngrams_of_names, values = of_names
    weight_of = np.zeros(of_ngrams[0].size - 1, np.float32)
    weight_of[ngrams] = weights
    for name in found[:n_possible]:
        total = np.float32(0)
        for i in range(starts[name], starts[name + 1]):
            total += weight_of[ngrams_of_names[i]] * values[i]
        similarity[name] = min(np.float32(1), total)
    _fill_best(found[:n_possible], similarity, concepts, best, scores)


@compiled
def _possible_first(
    names: Indices, similarity: npt.NDArray[np.float32], rest: float, concepts: Indices, best: Indices, scores: Scores
) -> int:
    """Moves the names to the front that can be of the best concepts if a similarity grows by up to `rest`.

    Returns:
        how many.
    """
    _fill_best(names, similarity, concepts, best, scores)
    least = scores[-1] - rest - ROUNDING
    n_possible = 0
    for i in range(names.size):
        if similarity[names[i]] >= least:
            names[i], names[n_possible] = names[n_possible], names[i]
            n_possible += 1
    return n_possible


@compiled
def _fill_best(
    names: Indices, similarity: npt.NDArray[np.float32], concepts: Indices, best: Indices, scores: Scores
) -> None:
    """Fills in the best concepts of some names."""
    best[:], scores[:] = -1, -np.inf
    last = best.size - 1
    for name in names:
        likeness = similarity[name]
        if likeness > scores[last] or (likeness == scores[last] and concepts[name] < best[last]):
            insert_best(concepts[name], likeness, best, scores)


def _counts(texts: Iterable[str], column_of: Mapping[str, int]) -> sparse.csr_matrix:
    """Counts of known n-grams in each text, float32 (texts, ngrams)."""
    columns, ends = array("i"), array("q", [0])
    for text in texts:
        columns.extend(column_of[ngram] for ngram in ngrams_of(text) if ngram in column_of)
        ends.append(len(columns))
    shape = (len(ends) - 1, len(column_of))
    indices = np.frombuffer(columns, np.int32)  # not copied: of millions of names, they take gigabytes
    counts = sparse.csr_matrix((np.ones(len(columns), np.float32), indices, np.array(ends)), shape)
    counts.sum_duplicates()
    return counts


def _weighted(counts: sparse.csr_matrix, rarity: npt.NDArray[np.float32]) -> sparse.csr_matrix:
    """(1 + log count) · inverse document frequency, in rows of length 1, float32 (texts, ngrams)."""
    values, starts = np.empty(counts.nnz, np.float32), counts.indptr
    for first in range(0, counts.shape[0], ROWS_AT_A_TIME):
        ends = starts[first : first + ROWS_AT_A_TIME + 1]
        block = slice(ends[0], ends[-1])
        weights = (np.log(counts.data[block]) + 1) * rarity[counts.indices[block]]
        rows = np.repeat(np.arange(len(ends) - 1), np.diff(ends))
        lengths = np.sqrt(np.bincount(rows, weights * weights, minlength=len(ends) - 1))
        values[block] = weights / lengths[rows]
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
