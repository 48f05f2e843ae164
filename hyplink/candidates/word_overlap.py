"""Weighted word overlap of mentions and surface forms, independent of word order.

Words are compared by their stems, modulo the synonyms and optional words of the ontology's own names
(`names.synonyms`), for example `tumor` and `neoplasm`.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import NamedTuple

import numpy as np
from scipy import sparse

from hyplink.arrays import Indices, Scores, segment_starts
from hyplink.candidates.lexical import RowsOfConcepts
from hyplink.candidates.word_weights import Bag, WordWeights
from hyplink.names.normal_forms import order_free
from hyplink.names.synonyms import interchangeable_words, optional_words

BLOCK = 1 << 18
"""Pairs of a mention and a surface form compared at a time, which bounds memory."""


class Overlap(NamedTuple):
    """The overlap of mentions with the most similar surface form of a concept, each float64 (c,).

    The weight of a word is its rarity among the surface forms times its probability in `WordWeights`; the most similar
    surface form has the greatest share of common weight (Dice coefficient).

    Attributes:
        left_over: minus the weight of the mention's words that the surface form lacks.
        left_out: minus the weight of the surface form's words that the mention lacks.
        most_similar: 1 if no other candidate of the mention is more similar, else 0; 0 if no word is common.
    """

    left_over: Scores
    left_out: Scores
    most_similar: Scores


@dataclass(frozen=True)
class WordOverlap:
    """Compares mentions with the surface forms of concepts, word by word.

    Attributes:
        head_of: from a word to the representative of its synonyms; empty for an optional word.
        known: the words of the surface forms, in alphabetical order.
        words: 1 where a surface form has a word, (n_surface_forms, n_known).
        concepts: the concept index of each surface form, int64 (n_surface_forms,), ascending.
        in_mention, in_name: the weight of each known word, float64 (known,).
        unknown: the weight of any other word of a mention.
    """

    head_of: Mapping[str, str]
    known: Sequence[str]
    words: sparse.csr_matrix
    concepts: Indices
    in_mention: Scores
    in_name: Scores
    unknown: float

    @classmethod
    def from_surface_forms(cls, texts: Sequence[str], concepts: Indices, annotated: Sequence[bool]) -> "WordOverlap":
        """The index of surface forms.

        Args:
            texts: the words of each.
            concepts: the concept index of each, int64 (n,).
            annotated: whether each is a mention of annotated text, not a name.
        """
        order = np.argsort(concepts, kind="stable")
        # Of millions of names, these take gigabytes: equal ones are one object.
        distinct: dict[tuple[str, ...], tuple[str, ...]] = {}
        stems = [distinct.setdefault(each, each) for each in (order_free(texts[row]) for row in order)]
        owners = concepts[order].tolist()
        head_of = _head_of(stems, owners)
        bag_of = {words: _bag(words, head_of) for words in distinct}
        bags = [bag_of[words] for words in stems]
        del stems, distinct, bag_of
        times = Counter(word for bag in bags for word in bag)
        known = sorted(times)
        rarity = np.log1p(len(bags) / np.array([times[word] for word in known]))
        column_of = {word: column for column, word in enumerate(known)}
        word_weights = _word_weights(
            bags, owners, [annotated[row] for row in order], lambda word: rarity[column_of[word]]
        )
        return cls(
            head_of,
            known,
            _matrix(bags, column_of),
            concepts[order],
            rarity * [word_weights.of_mention(word) for word in known],
            rarity * [word_weights.of_name(word) for word in known],
            float(np.log1p(len(bags))) * word_weights.usually_named,
        )

    def compare(self, texts: Sequence[str], mentions: Indices, concepts: Indices) -> Overlap:
        """Compares the mentions and concepts of pairs; a concept without a surface form has no word in common.

        Args:
            texts: the words of each mention.
            mentions: the mention's row of each pair, int64 (c,), ascending.
            concepts: the concept index of each pair, int64 (c,).
        """
        bags = [_bag(order_free(text), self.head_of) for text in texts]
        totals = np.array([sum(map(self._weight_in_mention, sorted(bag))) for bag in bags], dtype=np.float64)
        pairs, surface_forms = self._rows.of(concepts)
        of_mention, of_name = self._shared(_matrix(bags, self._column_of), mentions[pairs], surface_forms)
        all_words = totals[mentions[pairs]] + self._totals[surface_forms]
        similarity = (of_mention + of_name) / np.maximum(all_words, 1e-12)
        best = _best_of_each(pairs, similarity)
        left_over, left_out, greatest = -totals[mentions], np.zeros(len(concepts)), np.zeros(len(concepts))
        left_over[pairs[best]] += of_mention[best]
        left_out[pairs[best]] = of_name[best] - self._totals[surface_forms[best]]
        greatest[pairs[best]] = similarity[best]
        return Overlap(left_over, left_out, _are_greatest(greatest, mentions))

    def _shared(self, words: sparse.csr_matrix, mentions: Indices, surface_forms: Indices) -> tuple[Scores, Scores]:
        """The common weight of mentions and surface forms, pair by pair: by mention weights and by name weights."""
        of_mention, of_name = np.zeros(len(mentions)), np.zeros(len(mentions))
        for at in range(0, len(mentions), BLOCK):
            block = slice(at, at + BLOCK)
            both = words[mentions[block]].multiply(self.words[surface_forms[block]]).tocsr()
            of_mention[block], of_name[block] = both @ self.in_mention, both @ self.in_name
        return of_mention, of_name

    def _weight_in_mention(self, word: str) -> float:
        column = self._column_of.get(word)
        return self.unknown if column is None else float(self.in_mention[column])

    @cached_property
    def _column_of(self) -> dict[str, int]:
        return {word: column for column, word in enumerate(self.known)}

    @cached_property
    def _totals(self) -> Scores:
        totals: Scores = self.words @ self.in_name
        return totals

    @cached_property
    def _rows(self) -> RowsOfConcepts:
        return RowsOfConcepts(self.concepts)


def _head_of(stems: Sequence[Sequence[str]], concepts: Sequence[int]) -> dict[str, str]:
    """The representative of each word that has synonyms, empty for an optional word."""
    named = [(words, str(concept)) for words, concept in zip(stems, concepts, strict=True)]
    return interchangeable_words(named) | dict.fromkeys(sorted(optional_words(named)), "")


def _word_weights(
    bags: Sequence[Bag], concepts: Sequence[int], annotated: Sequence[bool], rarity: Callable[[str], float]
) -> WordWeights:
    mentions, names = set(), defaultdict(list)
    for bag, concept, is_mention in zip(bags, concepts, annotated, strict=True):
        if is_mention:
            mentions.add((bag, concept))
        else:
            names[concept].append(bag)

    def rarity_of(bag: Bag) -> float:
        return math.fsum(map(rarity, bag))

    def similarity(bag: Bag, other: Bag) -> float:
        return 2 * rarity_of(bag & other) / (rarity_of(bag) + rarity_of(other))

    return WordWeights.from_mentions(mentions, names, similarity)


def _bag(stems: Iterable[str], head_of: Mapping[str, str]) -> Bag:
    """The representatives of stems, without optional words unless all are optional."""
    stems = frozenset(stems)
    return frozenset(head_of.get(word, word) for word in stems) - {""} or stems


def _matrix(bags: Sequence[Bag], column_of: Mapping[str, int]) -> sparse.csr_matrix:
    """1 where a bag has a known word, (n_bags, n_words)."""
    rows = [sorted(column_of[word] for word in bag if word in column_of) for bag in bags]
    columns = np.fromiter(chain.from_iterable(rows), np.int64)
    starts = np.cumsum([0, *map(len, rows)])
    return sparse.csr_matrix((np.ones(len(columns)), columns, starts), shape=(len(bags), len(column_of)))


def _best_of_each(groups: Indices, scores: Scores) -> Indices:
    """The row of the greatest score of each group, the first of equal ones."""
    order = np.lexsort((-scores, groups))
    return order[np.flatnonzero(np.diff(groups[order], prepend=-1))]


def _are_greatest(scores: Scores, groups: Indices) -> Scores:
    """1 where a score is positive and the greatest of its group, else 0; groups are ascending."""
    if not len(scores):
        return scores
    first = segment_starts(groups)
    greatest = np.repeat(np.maximum.reduceat(scores, first), np.diff(first, append=len(groups)))
    return ((scores > 0) & (scores >= greatest - 1e-9)).astype(np.float64)
