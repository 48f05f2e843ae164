"""Derivational word families, learned from an ontology's own names: words that differ only in their suffix.

`Patellar dysplasia` and `Dysplastic patella` name one concept. That is evidence that `-ia` and `-tic` are suffixes of
one word, and so are `-a` and `-ar`. A pair of suffixes with enough evidence and few counterexamples (names of different
concepts that differ only in it) is applied to all words of the ontology, and to words that only a text has.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

MIN_ROOTS = 3
"""A pair of suffixes is accepted if at least this many words are evidence for it …"""

MIN_AGREEMENT = 0.8
"""… and if at least this share of the word pairs that differ only in it do not distinguish concepts."""

_ADJECTIVES = (
    ("ic", "ia"), ("ic", "y"), ("ic", "e"), ("ic", ""), ("al", ""), ("al", "e"), ("tic", "sis"), ("tic", "sia"),
    ("tic", "sy"), ("ive", "ion"), ("ed", "ation"), ("ed", "ion"), ("ied", "ication"), ("ous", "y"), ("ous", "ia"),
)  # fmt: skip
"""Suffixes of adjectives and of the nouns that they are derived from, in English and in Greek and Latin words."""

_GENERAL: Mapping[str, Sequence[str]] = {"": ("ia", "i", "ment"), "t": ("si", "sia"), "i": ("",)}
"""What these suffixes leave of stems: accepted without evidence."""

_LEAST_ROOT = 4
_LEAST_ROOT_WITHOUT_SUPPORT = 5
_LONGEST_ENDING = 4
_LONGEST_ADDITION = 2

_Pair = tuple[str, str]


@dataclass(frozen=True)
class Families:
    """The word families of an ontology.

    Attributes:
        root_of: the representative of the family of each word of the ontology that has relatives.
        endings: the suffixes that may replace a suffix, the best supported first.
        known: the words of the ontology.
    """

    root_of: Mapping[str, str]
    endings: Mapping[str, Sequence[str]]
    known: frozenset[str]

    @classmethod
    def from_names(cls, names: Iterable[tuple[Sequence[str], str]]) -> "Families":
        """The families of the words in names.

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
        apart = _counterexamples(names, _partners(relatives))
        exchanged = _accepted_endings(together, apart)
        pairs = {
            pair: (exchanged.get(_endings_of(pair), 0), together[pair])
            for pair in relatives
            if together[pair] >= apart[pair]
            and (_endings_of(pair) in exchanged or _well_supported(pair, together[pair]))
            if together[pair] or _shared(pair) >= _LEAST_ROOT_WITHOUT_SUPPORT
        }
        return cls(_roots(pairs), _by_ending(exchanged), known)

    def root(self, word: str) -> str:
        """The representative of a stem's family; the stem itself if it has no relatives."""
        if word in self.root_of or word in self.known:
            return self.root_of.get(word, word)
        for length in range(min(_LONGEST_ENDING, len(word) - _LEAST_ROOT_WITHOUT_SUPPORT), -1, -1):
            beginning = word[: len(word) - length]
            suffix = word[len(word) - length :]
            for ending in (*self.endings.get(suffix, ()), *_GENERAL.get(suffix, ())):
                if beginning + ending in self.known:
                    return self.root_of.get(beginning + ending, beginning + ending)
        return word

    def roots(self, stems: Iterable[str]) -> tuple[str, ...]:
        """The representatives of the families of stems."""
        return tuple(map(self.root, stems))


def is_adjective_of(word: str, noun: str) -> bool:
    """Whether two normal forms have the suffixes of an adjective and its noun: `cyanotic` and `cyanosis`."""
    return any(
        word.endswith(adjective) and noun == word[: len(word) - len(adjective)] + of_noun
        for adjective, of_noun in _ADJECTIVES
    )


def _relatives(words: Iterable[str]) -> Iterator[_Pair]:
    """The pairs of words, in alphabetical order, with a common prefix and short suffixes."""
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
    """The length of the common prefix of two words."""
    least = min(map(len, pair))
    return next((i for i in range(least) if pair[0][i] != pair[1][i]), least)


def _endings_of(pair: _Pair) -> _Pair:
    shared = _shared(pair)
    return pair[0][shared:], pair[1][shared:]


def _partners(pairs: Iterable[_Pair]) -> dict[str, list[str]]:
    """The second words of the pairs, grouped by the first word."""
    seconds: dict[str, list[str]] = defaultdict(list)
    for first, second in pairs:
        seconds[first].append(second)
    return seconds


def _well_supported(pair: _Pair, together: int) -> bool:
    """Whether two words with unusual suffixes are relatives: two concepts support it, and most letters are shared."""
    shared = _shared(pair)
    return together > 1 and shared > max(map(len, pair)) - shared


def _counterexamples(
    names: Iterable[tuple[Sequence[str], str]], relatives: Mapping[str, Sequence[str]]
) -> Counter[_Pair]:
    """How often names of different concepts differ only in a pair of related words, in alphabetical order."""
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


def _accepted_endings(together: Mapping[_Pair, int], apart: Mapping[_Pair, int]) -> dict[_Pair, int]:
    """The number of words that support each accepted pair of suffixes."""
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
    """The representative of each word's family, from pairs of relatives, best supported pairs first.

    A word joins a family only if one of the pairs consists of it and the representative of the family.
    """
    root_of: dict[str, str] = {}
    for (first, second), _ in sorted(pairs.items(), key=lambda item: (-item[1][0], -item[1][1], item[0])):
        if first not in root_of and second not in root_of:
            root_of[first] = root_of[second] = first
        elif root_of.get(first) == first and second not in root_of:
            root_of[second] = first
        elif root_of.get(second) == second and first not in root_of:
            root_of[first] = second
    return root_of
