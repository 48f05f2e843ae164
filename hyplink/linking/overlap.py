"""How far a mention and a name have the same words, whatever their order: rare words count for more.

Words are compared by their stems. Where the ontology's own names use two words for one another (`tumor` and
`neoplasm`), or have a word without need, as `wording` finds, so does the comparison.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from scipy import sparse

from hyplink.linking.lexical import Indices, RowsOfConcepts, Scores
from hyplink.linking.logit import firsts
from hyplink.linking.normalise import normal_name, order_free
from hyplink.linking.word_habits import Bag, WordHabits
from hyplink.linking.wording import interchangeable_words, needless_words

BLOCK = 1 << 18
"""Pairs of a mention and a wording that are compared at a time, so that memory does not grow with their number."""


class Overlap(NamedTuple):
    """How mentions compare with that wording of a concept which is most like them, each float64 (c,).

    A word weighs as much as it is rare among the wordings, and as annotated text shows it to tell concepts apart (see
    `WordHabits`); most alike is the greatest share of shared weight (Dice).

    Attributes:
        left_over: minus the weight of the mention's words that the wording lacks.
        left_out: minus the weight of the wording's words that the mention lacks.
        likest: 1 where no other candidate of the mention is more alike, else 0; 0 where no word is shared.
    """

    left_over: Scores
    left_out: Scores
    likest: Scores


class WordOverlap:
    """Compares mentions with the wordings of concepts, word by word."""

    def __init__(self, texts: Sequence[str], concepts: Indices, annotated: Sequence[bool]) -> None:
        """Index wordings.

        Args:
            texts: the words of each.
            concepts: the concept index of each, int64 (n,).
            annotated: whether each is a mention of annotated text, not a name.
        """
        order = np.argsort(concepts, kind="stable")
        stems = [_stems(texts[row]) for row in order]
        owners = concepts[order].tolist()
        named = [(words, str(concept)) for words, concept in zip(stems, owners, strict=True)]
        self._head_of = interchangeable_words(named) | dict.fromkeys(needless_words(named), "")
        bags = [self._bag(words) for words in stems]
        times = Counter(word for bag in bags for word in bag)
        self._column = {word: column for column, word in enumerate(times)}
        self._rarity = np.log1p(len(bags) / np.array([*times.values(), 1.0]))  # the last: of a word not seen
        self._words = self._matrix(bags)
        self._habits = self._habits_of(bags, owners, [annotated[row] for row in order])
        self._in_mention = self._rarity[:-1] * [self._habits.of_mention(word) for word in times]
        self._in_name = self._rarity[:-1] * [self._habits.of_name(word) for word in times]
        self._totals = self._words @ self._in_name
        self._rows = RowsOfConcepts(concepts[order])

    def _habits_of(self, bags: Sequence[Bag], concepts: Sequence[int], annotated: Sequence[bool]) -> WordHabits:
        mentions, names = set(), defaultdict(list)
        for bag, concept, is_mention in zip(bags, concepts, annotated, strict=True):
            if is_mention:
                mentions.add((bag, concept))
            else:
                names[concept].append(bag)

        def likeness(bag: Bag, other: Bag) -> float:
            return 2 * self._rarity_of(bag & other) / (self._rarity_of(bag) + self._rarity_of(other))

        return WordHabits.of(mentions, names, likeness)

    def _rarity_of(self, bag: Bag) -> float:
        return float(sum(self._rarity[self._column.get(word, -1)] for word in bag))

    def compare(self, texts: Sequence[str], mentions: Indices, concepts: Indices) -> Overlap:
        """Compares the mentions and concepts of pairs; a concept without a wording has no word in common.

        Args:
            texts: the words of each mention.
            mentions: the mention's row of each pair, int64 (c,), ascending.
            concepts: the concept index of each pair, int64 (c,).
        """
        bags = [self._bag(_stems(text)) for text in texts]
        totals = np.array([sum(map(self._weight_in_mention, bag)) for bag in bags])
        pairs, wordings = self._rows.of(concepts)
        of_mention, of_name = self._shared(self._matrix(bags), mentions[pairs], wordings)
        all_words = totals[mentions[pairs]] + self._totals[wordings]
        likeness = (of_mention + of_name) / np.maximum(all_words, 1e-12)
        best = _best_of_each(pairs, likeness)
        left_over, left_out, greatest = -totals[mentions], np.zeros(len(concepts)), np.zeros(len(concepts))
        left_over[pairs[best]] += of_mention[best]
        left_out[pairs[best]] = of_name[best] - self._totals[wordings[best]]
        greatest[pairs[best]] = likeness[best]
        return Overlap(left_over, left_out, _are_greatest(greatest, mentions))

    def _shared(self, words: sparse.csr_matrix, mentions: Indices, wordings: Indices) -> tuple[Scores, Scores]:
        """The weight of the words that mentions and wordings share, pair by pair: as a mention's and as a name's."""
        of_mention, of_name = np.zeros(len(mentions)), np.zeros(len(mentions))
        for at in range(0, len(mentions), BLOCK):
            block = slice(at, at + BLOCK)
            both = words[mentions[block]].multiply(self._words[wordings[block]]).tocsr()
            of_mention[block], of_name[block] = both @ self._in_mention, both @ self._in_name
        return of_mention, of_name

    def _weight_in_mention(self, word: str) -> float:
        column = self._column.get(word)
        return float(self._rarity[-1] * self._habits.usually_named if column is None else self._in_mention[column])

    def _bag(self, stems: Iterable[str]) -> Bag:
        """The words that stand for stems, needless ones left out unless all are."""
        stems = frozenset(stems)
        return frozenset(self._head_of.get(word, word) for word in stems) - {""} or stems

    def _matrix(self, bags: Sequence[Bag]) -> sparse.csr_matrix:
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


def _are_greatest(scores: Scores, groups: Indices) -> Scores:
    """1 where a score is above 0 and the greatest of its group, else 0; groups are ascending."""
    if not len(scores):
        return scores
    first = firsts(groups)
    greatest = np.repeat(np.maximum.reduceat(scores, first), np.diff(first, append=len(groups)))
    return ((scores > 0) & (scores >= greatest - 1e-9)).astype(np.float64)
