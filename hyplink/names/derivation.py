"""Families of words that differ in their ending alone, learned from an ontology's own names.

`Patellar dysplasia` and `Dysplastic patella` name one concept. That is one witness that `-ia` and `-tic` are endings of
one word, and so are `-a` and `-ar`. An ending pair that enough words show, and few concepts are told apart by, is
believed of words for which there is no witness too: of all the ontology's, and of those that only a text has.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

MIN_ROOTS = 3
"""A pair of endings is believed when at least so many words show it …"""

MIN_AGREEMENT = 0.8
"""… and when, of all the pairs of words that differ in it alone, at least so great a share tell no concepts apart."""

_LEAST_ROOT = 4
_LEAST_ROOT_WITHOUT_WITNESS = 5
_LONGEST_ENDING = 4
_LONGEST_ADDITION = 2

_Pair = tuple[str, str]


@dataclass(frozen=True)
class Families:
    """Which words are one word but for their ending.

    Attributes:
        root_of: for each word of the ontology that has relatives, the one that stands for its family.
        endings: for an ending, those that it may be exchanged for, the surest first.
        known: the words of the ontology.
    """

    root_of: Mapping[str, str]
    endings: Mapping[str, Sequence[str]]
    known: frozenset[str]

    @classmethod
    def from_names(cls, names: Iterable[tuple[Sequence[str], str]]) -> "Families":
        """The families of the words of names.

        Args:
            names: (the name's stems, concept id).
        """
        names = list(names)
        words_of: dict[str, set[str]] = defaultdict(set)
        for stems, concept_id in names:
            words_of[concept_id].update(word for word in stems if word.isalpha())
        together = Counter(pair for words in words_of.values() for pair in _relatives(words))
        known = frozenset(word for words in words_of.values() for word in words)
        relatives = list(_relatives(known))
        apart = _told_apart(names, _firsts(relatives))
        exchanged = _believed_endings(together, apart)
        pairs = {
            pair: (exchanged.get(_endings_of(pair), 0), together[pair])
            for pair in relatives
            if together[pair] >= apart[pair] and (_endings_of(pair) in exchanged or _witnessed(pair, together[pair]))
            if together[pair] or _shared(pair) >= _LEAST_ROOT_WITHOUT_WITNESS
        }
        return cls(_roots(pairs), _by_ending(exchanged), known)

    def root(self, word: str) -> str:
        """The word that stands for the family of a stem; the stem itself where it has no relatives."""
        if word in self.root_of or word in self.known:
            return self.root_of.get(word, word)
        for length in range(min(_LONGEST_ENDING, len(word) - _LEAST_ROOT_WITHOUT_WITNESS), -1, -1):
            beginning = word[: len(word) - length]
            for ending in self.endings.get(word[len(word) - length :], ()):
                if beginning + ending in self.known:
                    return self.root_of.get(beginning + ending, beginning + ending)
        return word

    def roots(self, stems: Iterable[str]) -> tuple[str, ...]:
        """The words that stand for the families of stems."""
        return tuple(map(self.root, stems))


def _relatives(words: Iterable[str]) -> Iterator[_Pair]:
    """The pairs of words, in alphabetical order, that have a beginning in common and short endings."""
    by_beginning: dict[str, list[str]] = defaultdict(list)
    for word in words:
        if len(word) >= _LEAST_ROOT and word.isalpha():
            by_beginning[word[:_LEAST_ROOT]].append(word)
    for alike in by_beginning.values():
        for pair in combinations(sorted(alike), 2):
            short, long = sorted(map(len, _endings_of(pair)))
            if long <= (_LONGEST_ENDING if short else _LONGEST_ADDITION):
                yield pair


def _shared(pair: _Pair) -> int:
    """How many letters two words have in common from the start."""
    least = min(map(len, pair))
    return next((i for i in range(least) if pair[0][i] != pair[1][i]), least)


def _endings_of(pair: _Pair) -> _Pair:
    shared = _shared(pair)
    return pair[0][shared:], pair[1][shared:]


def _firsts(pairs: Iterable[_Pair]) -> dict[str, list[str]]:
    """The second words of pairs by the first."""
    seconds: dict[str, list[str]] = defaultdict(list)
    for first, second in pairs:
        seconds[first].append(second)
    return seconds


def _witnessed(pair: _Pair, together: int) -> bool:
    """Whether a pair with endings of its own is believed: two concepts show it, and most of the word is shared."""
    shared = _shared(pair)
    return together > 1 and shared > max(map(len, pair)) - shared


def _told_apart(names: Iterable[tuple[Sequence[str], str]], relatives: Mapping[str, Sequence[str]]) -> Counter[_Pair]:
    """How often two related words alone, each first in alphabetical order, tell names of different concepts apart."""
    concepts: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for stems, concept_id in names:
        concepts[tuple(stems)].add(concept_id)
    apart: Counter[_Pair] = Counter()
    for stems, ids in concepts.items():
        for i, word in enumerate(stems):
            for other in relatives.get(word, ()):
                twin = concepts.get((*stems[:i], other, *stems[i + 1 :]))
                apart[word, other] += twin is not None and twin.isdisjoint(ids)
    return apart


def _believed_endings(together: Mapping[_Pair, int], apart: Mapping[_Pair, int]) -> dict[_Pair, int]:
    """How many words show each pair of endings that is believed."""
    shown = Counter(_endings_of(pair) for pair in together)
    denied = Counter(_endings_of(pair) for pair, n in apart.items() if n)
    return {endings: n for endings, n in shown.items() if n >= MIN_ROOTS and n >= MIN_AGREEMENT * (n + denied[endings])}


def _by_ending(exchanged: Mapping[_Pair, int]) -> dict[str, list[str]]:
    by_ending: dict[str, list[str]] = defaultdict(list)
    for (first, second), _ in sorted(exchanged.items(), key=lambda item: (-item[1], item[0])):
        by_ending[first].append(second)
        by_ending[second].append(first)
    return dict(by_ending)


def _roots(pairs: Mapping[_Pair, tuple[int, int]]) -> dict[str, str]:
    """Families around one word each, the surest pairs first; a word joins one only by a pair with its root."""
    root_of: dict[str, str] = {}
    for (first, second), _ in sorted(pairs.items(), key=lambda item: (-item[1][0], -item[1][1], item[0])):
        if first not in root_of and second not in root_of:
            root_of[first] = root_of[second] = first
        elif root_of.get(first) == first and second not in root_of:
            root_of[second] = first
        elif root_of.get(second) == second and first not in root_of:
            root_of[first] = second
    return root_of
