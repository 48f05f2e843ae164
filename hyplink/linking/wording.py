"""Words that an ontology uses for one another, read off its own names.

`Renal cyst` and `Kidney cyst` name one concept, and so do many such pairs: in this ontology `renal` and `kidney` mean
the same. A pair is believed when several concepts show it and few concepts are told apart by it, so that `type` and
`grade`, or `upper` and `lower`, are never taken for one another.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

MIN_CONCEPTS = 3
"""A pair of words is believed when at least so many concepts have two names that differ in it alone."""

MIN_AGREEMENT = 0.7
"""… and when, of all the pairs of names that differ in it alone, at least so great a share belong to one concept."""

_LEAST_LETTERS = 3
_Pair = tuple[str, str]
_Gap = tuple[tuple[str, ...], tuple[str, ...]]


def interchangeable_words(names: Iterable[tuple[Sequence[str], str]]) -> dict[str, str]:
    """For each word that has equals, the word that stands for all of them; words without equals are left out.

    Args:
        names: (the name's words, concept id). Words are stems or normal forms: what comes in comes out.
    """
    fillers: dict[_Gap, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for words, concept_id in names:
        for i, word in enumerate(words):
            if len(words) > 1 and len(word) >= _LEAST_LETTERS and word.isalpha():
                fillers[tuple(words[:i]), tuple(words[i + 1 :])][word].add(concept_id)
    shared = [words for words in fillers.values() if len(words) > 1]
    return _heads(_believed(_together(shared), shared))


def _together(gaps: Iterable[Mapping[str, set[str]]]) -> dict[_Pair, int]:
    """How many concepts show each pair of words, pairs in alphabetical order."""
    concepts: dict[_Pair, set[str]] = defaultdict(set)
    for words in gaps:
        words_of: dict[str, list[str]] = defaultdict(list)
        for word, concept_ids in words.items():
            for concept_id in concept_ids:
                words_of[concept_id].append(word)
        for concept_id, equals in words_of.items():
            for pair in combinations(sorted(equals), 2):
                concepts[pair].add(concept_id)
    return {pair: len(found) for pair, found in concepts.items() if len(found) >= MIN_CONCEPTS}


def _believed(together: Mapping[_Pair, int], gaps: Iterable[Mapping[str, set[str]]]) -> dict[_Pair, int]:
    """The pairs that seldom tell two concepts apart."""
    partners = defaultdict(set)
    for first, second in together:
        partners[first].add(second)
    apart: Counter[_Pair] = Counter()
    for words in gaps:
        for first in words.keys() & partners.keys():
            for second in words.keys() & partners[first]:
                apart[first, second] += words[first].isdisjoint(words[second])
    return {pair: n for pair, n in together.items() if n >= MIN_AGREEMENT * (n + apart[pair])}


def _heads(pairs: Mapping[_Pair, int]) -> dict[str, str]:
    """Classes around one word each, the surest pairs first; a word joins a class only by a pair with its head."""
    head_of: dict[str, str] = {}
    for (first, second), _ in sorted(pairs.items(), key=lambda item: (-item[1], item[0])):
        if first not in head_of and second not in head_of:
            head_of[first] = head_of[second] = first
        elif head_of.get(first) == first and second not in head_of:
            head_of[second] = first
        elif head_of.get(second) == second and first not in head_of:
            head_of[first] = second
    return head_of
