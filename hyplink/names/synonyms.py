"""Interchangeable and optional words, learned from an ontology's own names.

`Renal cyst` and `Kidney cyst` name one concept, and so do many such pairs: in this ontology `renal` and `kidney` are
synonyms. `Abnormal eyelid` is a synonym of `Abnormal eyelid morphology`, and so on: `morphology` is optional. A pair
of words is accepted if several concepts support it and few names of different concepts differ only in it, so that
`upper` and `lower` do not become synonyms. In the same way, `partial` does not become optional.
"""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from importlib.resources import files
from itertools import combinations

import numpy as np

MIN_CONCEPTS = 4
"""A pair of words is accepted if at least this many concepts have two names that differ only in it …"""

MIN_AGREEMENT = 0.7
"""… and if at least this share of the pairs of names that differ only in it belong to one concept."""

MIN_OMISSIONS = 15
"""A word is optional if at least this many names have a variant without it, with the same minimum agreement."""

MIN_GENERAL_CONCEPTS = 3
MIN_GENERAL_AGREEMENT = 0.35
"""The same for a word that is a general head, such as `problem` beside `abnormality`: a match by one is only looked
for where the words match no name, and of several matches the most general concept is taken."""

MAX_TOGETHER = 0.25
"""Names that contain both words of a pair, for each concept that supports it: synonyms rarely stand side by side."""

_LEAST_LETTERS = 3
_DENIALS = frozenset(["no", "non", "not", "without", "negat", "absent", "absenc", "lack"])
_Pair = tuple[str, str]
_Gap = tuple[tuple[str, ...], tuple[str, ...]]


@cache
def equal_words() -> tuple[tuple[str, ...], ...]:
    """Sets of general-English synonyms."""
    lines = files("hyplink.names").joinpath("equal_words.txt").read_text(encoding="utf-8").splitlines()
    return tuple(tuple(line.split()) for line in lines if not line.startswith("#"))


def interchangeable_words(
    names: Iterable[tuple[Sequence[str], str]], expected: Iterable[Sequence[str]] = ()
) -> dict[str, str]:
    """A mapping from each word that has synonyms to their representative; other words are left out.

    Args:
        names: (the name's words, concept id). Words are stems or normal forms, and so are the results.
        expected: sets of synonyms to be accepted unless names contradict them.
    """
    named = [(tuple(words), concept_id) for words, concept_id in names]
    shared = _shared_gaps(named)
    together = {pair: n for pair, n in _support(shared).items() if n >= MIN_CONCEPTS}
    beside = _side_by_side(named, together)
    together = {pair: n for pair, n in together.items() if beside[pair] <= MAX_TOGETHER * n}
    known = {pair for words in expected for pair in combinations(sorted(set(words)), 2)}
    for pair in known:
        together[pair] = max(together.get(pair, 0), MIN_CONCEPTS)
    accepted = _accepted(together, shared)
    return _representatives(sorted(accepted, key=lambda pair: (pair not in known, -accepted[pair], pair)))


def general_heads(names: Iterable[tuple[Sequence[str], str]], seeds: AbstractSet[str]) -> frozenset[str]:
    """The words that names use as general heads, in place of the seeds: `kidney issue` beside `kidney abnormality`.

    Args:
        names: (the name's words, concept id), as for `interchangeable_words`.
        seeds: general heads, as `abnormality` and `disorder` are.
    """
    named = [(tuple(words), concept_id) for words, concept_id in names]
    shared = [words for words in _shared_gaps(named) if not words.keys().isdisjoint(seeds)]
    support, apart = defaultdict[str, set[str]](set), Counter[str]()
    for words in shared:
        meant = frozenset().union(*(words[seed] for seed in words.keys() & seeds))
        for word in words.keys() - seeds:
            support[word] |= words[word] & meant
            apart[word] += words[word].isdisjoint(meant)
    beside = Counter(word for words, _ in named if not seeds.isdisjoint(words) for word in set(words))
    return frozenset(
        word
        for word, n in ((word, len(concepts)) for word, concepts in support.items())
        if n >= MIN_GENERAL_CONCEPTS and n >= MIN_GENERAL_AGREEMENT * (n + apart[word]) and beside[word] <= n
    )


def _shared_gaps(names: Iterable[tuple[tuple[str, ...], str]]) -> list[dict[str, set[str]]]:
    """The concepts of each word, for every gap in a name that several words fill."""
    distinct = dict.fromkeys(names)
    # Most gaps occur once. Hashes count them first, so that only the repeated ones are stored.
    hashes, counts = np.unique([hash(gap) for gap, _, _ in _gaps(distinct)], return_counts=True)
    several = set(hashes[counts > 1].tolist())
    fillers: dict[_Gap, list[tuple[str, str]]] = {}
    for gap, word, concept_id in _gaps(distinct):
        if hash(gap) in several:
            fillers.setdefault(gap, []).append((word, concept_id))
    return [_concepts_of_words(found) for found in fillers.values() if len(found) > 1]


def _gaps(names: Iterable[tuple[tuple[str, ...], str]]) -> Iterator[tuple[_Gap, str, str]]:
    """Each gap that a word of a name leaves, with the word and the concept of the name."""
    for words, concept_id in names:
        for i, word in enumerate(words):
            if len(words) > 1 and len(word) >= _LEAST_LETTERS and word.isalpha():
                yield (words[:i], words[i + 1 :]), word, concept_id


def _side_by_side(names: Iterable[tuple[tuple[str, ...], str]], pairs: Container[_Pair]) -> Counter[_Pair]:
    """How many names contain both words of a pair."""
    found = (pair for words, _ in names for pair in combinations(sorted(set(words)), 2))
    return Counter(pair for pair in found if pair in pairs)


def optional_words(names: Iterable[tuple[Sequence[str], str]]) -> frozenset[str]:
    """The optional words of names.

    Args:
        names: (the stems of a name, concept id).
    """
    concepts: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for words, concept_id in names:
        concepts[tuple(sorted(words))].add(concept_id)
    same: Counter[str] = Counter()
    apart: Counter[str] = Counter()
    for words, with_word in concepts.items():
        for i, word in enumerate(words):
            without_word = concepts.get(words[:i] + words[i + 1 :])
            if without_word is not None and len(word) >= _LEAST_LETTERS:
                (apart if with_word.isdisjoint(without_word) else same)[word] += 1
    return frozenset(
        word
        for word, n in same.items()
        if n >= MIN_OMISSIONS and n >= MIN_AGREEMENT * (n + apart[word]) and word not in _DENIALS
    )


def _concepts_of_words(found: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    concepts: dict[str, set[str]] = {}
    for word, concept_id in found:
        concepts.setdefault(word, set()).add(concept_id)
    return concepts


def _support(gaps: Iterable[Mapping[str, set[str]]]) -> dict[_Pair, int]:
    """The number of concepts that support each pair of words, in alphabetical order."""
    concepts: dict[_Pair, set[str]] = defaultdict(set)
    for words in gaps:
        words_of: dict[str, list[str]] = defaultdict(list)
        for word, concept_ids in words.items():
            for concept_id in concept_ids:
                words_of[concept_id].append(word)
        for concept_id, equals in words_of.items():
            for pair in combinations(sorted(equals), 2):
                concepts[pair].add(concept_id)
    return {pair: len(found) for pair, found in concepts.items()}


def _accepted(together: Mapping[_Pair, int], gaps: Iterable[Mapping[str, set[str]]]) -> dict[_Pair, int]:
    """The accepted pairs, for which names that differ only in the pair rarely belong to different concepts."""
    partners = defaultdict(set)
    for first, second in together:
        partners[first].add(second)
    apart: Counter[_Pair] = Counter()
    for words in gaps:
        for first in words.keys() & partners.keys():
            for second in words.keys() & partners[first]:
                apart[first, second] += words[first].isdisjoint(words[second])
    return {pair: n for pair, n in together.items() if n >= MIN_AGREEMENT * (n + apart[pair])}


def _representatives(pairs: Iterable[_Pair]) -> dict[str, str]:
    """The representative of each word, from pairs of synonyms, best supported pairs first.

    A word joins a class of synonyms only if one of the pairs consists of it and the representative of the class.
    """
    head_of: dict[str, str] = {}
    for first, second in pairs:
        if first not in head_of and second not in head_of:
            head_of[first] = head_of[second] = first
        elif head_of.get(first) == first and second not in head_of:
            head_of[second] = first
        elif head_of.get(second) == second and first not in head_of:
            head_of[first] = second
    return head_of
