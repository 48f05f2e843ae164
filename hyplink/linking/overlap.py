"""How far a mention and a name have the same words, whatever their order: rare words count for more.

Words are compared by their stems. Where the ontology's own names use two words for one another (`tumor` and
`neoplasm`), or have a word without need, as `wording` finds, so does the comparison.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from scipy import sparse

from hyplink.linking.lexical import Indices, RowsOfConcepts, Scores
from hyplink.linking.normalise import normal_name, order_free
from hyplink.linking.wording import interchangeable_words, needless_words

BLOCK = 1 << 18
"""Pairs of a mention and a wording that are compared at a time, so that memory does not grow with their number."""

_Bag = frozenset[str]


class Overlap(NamedTuple):
    """How mentions compare with that wording of a concept which is most like them, each float64 (c,).

    A word weighs as much as it is rare among the wordings; most alike is the greatest share of shared words (Dice).

    Attributes:
        left_over: minus the weight of the mention's words that the wording lacks.
        left_out: minus the weight of the wording's words that the mention lacks.
    """

    left_over: Scores
    left_out: Scores


class WordOverlap:
    """Compares mentions with the wordings of concepts, word by word."""

    def __init__(self, texts: Sequence[str], concepts: Indices) -> None:
        """Index wordings.

        Args:
            texts: the words of each.
            concepts: the concept index of each, int64 (n,).
        """
        order = np.argsort(concepts, kind="stable")
        stems = [_stems(texts[row]) for row in order]
        named = [(words, str(concept)) for words, concept in zip(stems, concepts[order].tolist(), strict=True)]
        self._head_of = interchangeable_words(named) | dict.fromkeys(needless_words(named), "")
        bags = [self._bag(words) for words in stems]
        times = Counter(word for bag in bags for word in bag)
        self._column = {word: column for column, word in enumerate(times)}
        self._weights = np.log1p(len(bags) / np.array([*times.values(), 1.0]))  # the last: of a word not seen
        self._words = self._matrix(bags)
        self._totals = self._words @ self._weights[:-1]
        self._rows = RowsOfConcepts(concepts[order])

    def compare(self, texts: Sequence[str], mentions: Indices, concepts: Indices) -> Overlap:
        """Compares the mentions and concepts of pairs; a concept without a wording has no word in common.

        Args:
            texts: the words of each mention.
            mentions: the mention's row of each pair, int64 (c,).
            concepts: the concept index of each pair, int64 (c,).
        """
        bags = [self._bag(_stems(text)) for text in texts]
        totals = np.array([sum(self._weights[self._column.get(word, -1)] for word in bag) for bag in bags])
        weighted = self._matrix(bags) @ sparse.diags(self._weights[:-1])
        pairs, wordings = self._rows.of(concepts)
        shared = np.zeros(len(pairs))
        for at in range(0, len(pairs), BLOCK):
            block = slice(at, at + BLOCK)
            both = weighted[mentions[pairs[block]]].multiply(self._words[wordings[block]])
            shared[block] = np.asarray(both.sum(1)).ravel()
        all_words = totals[mentions[pairs]] + self._totals[wordings]
        likeness = 2 * shared / np.maximum(all_words, 1e-12)
        best = _best_of_each(pairs, likeness)
        found = Overlap(-totals[mentions], np.zeros(len(concepts)))
        found.left_over[pairs[best]] += shared[best]
        found.left_out[pairs[best]] = shared[best] - self._totals[wordings[best]]
        return found

    def _bag(self, stems: Iterable[str]) -> _Bag:
        """The words that stand for stems, needless ones left out unless all are."""
        stems = frozenset(stems)
        return frozenset(self._head_of.get(word, word) for word in stems) - {""} or stems

    def _matrix(self, bags: Sequence[_Bag]) -> sparse.csr_matrix:
        """Which known words each bag holds, (bags, words) of 0 and 1."""
        rows = [[self._column[word] for word in bag if word in self._column] for bag in bags]
        columns = np.array([column for row in rows for column in row], dtype=np.int64)
        starts = np.cumsum([0, *map(len, rows)])
        return sparse.csr_matrix((np.ones(len(columns)), columns, starts), shape=(len(bags), len(self._column)))


def _stems(text: str) -> tuple[str, ...]:
    return order_free(normal_name(text))


def _best_of_each(groups: Indices, scores: Scores) -> Indices:
    """Where the greatest score of each group stands, the first of equal ones."""
    order = np.lexsort((-scores, groups))
    return order[np.flatnonzero(np.diff(groups[order], prepend=-1))]
