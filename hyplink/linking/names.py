"""The index of names that detection looks words up in.

A name is filed under the sum of its content words' hashes, whatever their order, so a window of text that grows by
one word costs one addition and one look-up. Two sums are kept: over stems, and over stems with words that the
ontology uses for one another made one (`wording`).
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from typing import NamedTuple

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from hyplink.linking.normalise import FUNCTION_WORDS, Token, normal_word, stem, tokens_of
from hyplink.linking.wording import interchangeable_words

MAX_WORDS = 12
_SHORT = 3


class Match(IntEnum):
    """How the words of a text match a name, the surest first."""

    EXACT = 0
    """Letter by letter, case aside."""
    NORMALISED = 1
    """But for spelling, plural, hyphens or function words."""
    DERIVED = 2
    """But for the ending of a word (`abnormal`, `abnormality`)."""
    REORDERED = 3
    """The same words in another order."""
    REWORDED = 4
    """With a word in place of another that the ontology uses for it."""


class Name(NamedTuple):
    """A name as it is compared.

    Attributes:
        concept_id: whose name it is.
        lowered: its tokens in lower case, joined by blanks.
        normal: the normal forms of its content words, in order.
        stems: their stems.
        cased: the name itself where only its own letter case will do, else None.
    """

    concept_id: str
    lowered: str
    normal: tuple[str, ...]
    stems: tuple[str, ...]
    cased: str | None


class WordCode(NamedTuple):
    """What the index knows of a word.

    Attributes:
        by_stem: the hash of its stem; 0 for a function word.
        by_meaning: the hash of the word that stands for it; 0 for a function word.
        longest: how many content words the longest name with it has; 0 for a function word.
    """

    by_stem: int
    by_meaning: int
    longest: int


FUNCTION_CODE = WordCode(0, 0, 0)


class NameIndex:
    """Names by their words."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        """Index (name, concept id) pairs; names that cannot be told from common words are left out."""
        entries = [entry for name, concept_id in names for entry in _variants(name, concept_id)]
        self._head_of = interchangeable_words((entry.stems, entry.concept_id) for entry in entries)
        self.vocabulary = frozenset(word for entry in entries for word in entry.normal)
        self._by_stem: dict[int, list[Name]] = {}
        self._by_meaning: dict[int, list[Name]] = {}
        longest: dict[str, int] = {}
        self._leads: Counter[str] = Counter()
        for entry in entries:
            heads = [self._head_of.get(word, word) for word in entry.stems]
            self._by_stem.setdefault(sum(map(_hash, entry.stems)), []).append(entry)
            if len(heads) > 1:
                self._by_meaning.setdefault(sum(map(_hash, heads)), []).append(entry)
            self._leads.update(entry.stems[:-1])
            self._leads.subtract(entry.stems[-1:])
            for head in heads:
                longest[head] = max(longest.get(head, 0), len(heads))
        self._longest: Mapping[str, int] = longest
        self._codes: dict[str, WordCode | None] = {}

    def code(self, word: str) -> WordCode | None:
        """What is known of a word; None for a word that no name has."""
        try:
            return self._codes[word]
        except KeyError:
            if len(self._codes) > 1 << 18:
                self._codes.clear()
            code = self._codes[word] = self._code(word)
            return code

    def _code(self, word: str) -> WordCode | None:
        if normal_word(word) in FUNCTION_WORDS:
            return FUNCTION_CODE
        stemmed = stem(word)
        head = self._head_of.get(stemmed, stemmed)
        longest = self._longest.get(head)
        return None if longest is None else WordCode(_hash(stemmed), _hash(head), longest)

    def is_modifier(self, word: str) -> bool:
        """Whether names have the word before another one more often than at their end."""
        return self._leads[stem(word)] > 0

    def find(self, by_stem: int, by_meaning: int) -> list[Name] | None:
        """The names whose content words have these sums, by stem if there are any."""
        return self._by_stem.get(by_stem) or self._by_meaning.get(by_meaning)


def best_matches(
    words: Sequence[str], names: Iterable[Name], *, in_order: bool
) -> tuple[Match, tuple[str, ...]] | None:
    """How well the words of a text match names with the same content, and the concepts that they match so well.

    Args:
        words: the words as they stand in the text.
        names: what `NameIndex.find` gave for them.
        in_order: the words have to stand in the name's order.
    """
    lowered = " ".join(words).lower()
    content = [word for word in words if normal_word(word) not in FUNCTION_WORDS]
    normal = tuple(map(normal_word, content))
    stems = tuple(map(stem, content))
    graded: dict[Match, dict[str, None]] = {}
    for name in names:
        if name.cased is not None and name.cased != " ".join(words):
            continue
        match = _match(name, lowered, normal, stems)
        if match >= Match.DERIVED and (len(stems) == 1 or (in_order and match > Match.DERIVED)):
            continue
        graded.setdefault(match, {})[name.concept_id] = None
    if not graded:
        return None
    best = min(graded)
    return best, tuple(graded[best])


def _match(name: Name, lowered: str, normal: tuple[str, ...], stems: tuple[str, ...]) -> Match:
    if name.lowered == lowered:
        return Match.EXACT
    if name.normal == normal:
        return Match.NORMALISED
    if name.stems == stems:
        return Match.DERIVED
    return Match.REORDERED if sorted(name.stems) == sorted(stems) else Match.REWORDED


def _variants(name: str, concept_id: str) -> list[Name]:
    """The name as it is and, where it has a hyphen, with the words joined that the hyphen parts."""
    tokens = tokens_of(name)
    variants = [tokens]
    joined: list[Token] = []
    for token in tokens:
        if joined and token.start == joined[-1].end + 1 and name[joined[-1].end] == "-":
            last = joined.pop()
            token = Token(last.text + token.text, last.start, token.end)
        joined.append(token)
    if len(joined) < len(tokens):
        variants.append(joined)
    entries = (_entry([token.text for token in variant], concept_id) for variant in variants)
    return [entry for entry in entries if entry is not None]


def _entry(words: Sequence[str], concept_id: str) -> Name | None:
    """A name to be looked up; None for one that would be found everywhere or nowhere."""
    content = [word for word in words if normal_word(word) not in FUNCTION_WORDS]
    if not content or len(content) > MAX_WORDS:
        return None
    cased = None
    if len(words) == 1:
        word = words[0]
        capitals = sum(character.isupper() for character in word)
        if len(word) < _SHORT or word.isdigit() or (capitals < 2 and word.lower() in ENGLISH_STOP_WORDS):
            return None
        if capitals >= 2 and (len(word) <= 2 * _SHORT or word.lower() in ENGLISH_STOP_WORDS):
            cased = word
    normal = tuple(map(normal_word, content))
    return Name(concept_id, " ".join(words).lower(), normal, tuple(map(stem, content)), cased)


def _hash(word: str) -> int:
    """A number of 56 bits for a word; the sum of a name's stays within 60 and differs from every other name's."""
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=7).digest())
