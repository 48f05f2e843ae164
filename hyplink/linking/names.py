"""The index of names that detection looks words up in.

A name is filed under the sum of its content words' hashes, whatever their order, so a window of text that grows by
one word costs one addition and one look-up. Two sums are kept: over stems, and over stems with words that the
ontology uses for one another made one (`wording`).
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from hyplink.linking.normalise import FUNCTION_WORDS, PREPOSITIONS, Token, normal_word, stem, tokens_of
from hyplink.linking.wording import interchangeable_words, needless_words

MAX_WORDS = 12
_SHORT = 3
_CODES_KEPT = 1 << 18

COMMON_WORDS = ENGLISH_STOP_WORDS | {"included", "including", "unspecified", "other", "type", "form", "nos"}
"""Words that are no name by themselves, unless in capitals."""


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
        turned: it has a comma or a preposition, so its words may stand in another order in running text.
        parted: it has a comma, a bracket or a slash, and so may the text.
        cased: the name itself where only its own letter case will do, else None.
    """

    concept_id: str
    lowered: str
    normal: tuple[str, ...]
    stems: tuple[str, ...]
    turned: bool
    parted: bool
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
    """Names by their words.

    Attributes:
        vocabulary: the normal forms of all content words.
    """

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        """Index (name, concept id) pairs; names that cannot be told from common words are left out."""
        entries = [entry for name, concept_id in names for entry in _variants(name, concept_id)]
        wordings = [(entry.stems, entry.concept_id) for entry in entries]
        self._head_of = interchangeable_words(wordings) | dict.fromkeys(needless_words(wordings), "")
        self.vocabulary = frozenset(word for entry in entries for word in entry.normal)
        self._by_stem: dict[int, list[Name]] = {}
        self._by_meaning: dict[int, list[Name]] = {}
        self._longest: dict[str, int] = {}
        self._leads: Counter[str] = Counter()
        for entry in entries:
            self._file(entry)
        self._codes: dict[str, WordCode | None] = {}

    def _file(self, entry: Name) -> None:
        if not entry.turned:
            self._leads.update(entry.stems[:-1])
            self._leads.subtract(entry.stems[-1:])
        self._by_stem.setdefault(sum(map(_hash, entry.stems)), []).append(entry)
        heads = self._heads(entry.stems)
        if len(heads) > 1:
            self._by_meaning.setdefault(sum(map(_hash, heads)), []).append(entry)
        for word in {self._head_of.get(word) or word for word in entry.stems}:
            self._longest[word] = max(self._longest.get(word, 0), len(entry.stems))

    def code(self, word: str) -> WordCode | None:
        """What is known of a word; None for a word that no name has."""
        try:
            return self._codes[word]
        except KeyError:
            if len(self._codes) >= _CODES_KEPT:
                self._codes.clear()
            code = self._codes[word] = self._code(word)
            return code

    def _code(self, word: str) -> WordCode | None:
        if normal_word(word) in FUNCTION_WORDS:
            return FUNCTION_CODE
        stemmed = stem(word)
        head = self._head_of.get(stemmed, stemmed)
        longest = self._longest.get(head or stemmed)
        return None if longest is None else WordCode(_hash(stemmed), _hash(head) if head else 0, longest)

    def _heads(self, stems: Iterable[str]) -> tuple[str, ...]:
        """The words that stand for stems, needless ones left out."""
        heads = (self._head_of.get(word, word) for word in stems)
        return tuple(head for head in heads if head)

    def is_modifier(self, word: str) -> bool:
        """Whether names have the word before another one more often than at their end; no plural is one."""
        plural = word.endswith("s") and not normal_word(word).endswith("s")
        return not plural and self._leads[stem(word)] > 0

    def find(self, by_stem: int, by_meaning: int) -> list[Name] | None:
        """The names whose content words have these sums, by stem if there are any."""
        return self._by_stem.get(by_stem) or self._by_meaning.get(by_meaning)

    def best_matches(
        self, words: Sequence[str], names: Iterable[Name], *, parted: bool, in_order: bool
    ) -> tuple[Match, tuple[str, ...]] | None:
        """How well words match names that have the same content, and the concepts whose names they match so well.

        Args:
            words: the words as they stand in the text.
            names: what `find` gave for them.
            parted: a comma, a bracket or a slash stands among the words.
            in_order: the words have to stand in the name's order.
        """
        content = [word for word in words if normal_word(word) not in FUNCTION_WORDS]
        phrase = _Phrase(
            " ".join(words),
            tuple(map(normal_word, content)),
            tuple(map(stem, content)),
            any(word.lower() in PREPOSITIONS for word in words),
        )
        graded: dict[Match, dict[str, None]] = {}
        for name in names:
            match = self._match(name, phrase) if name.parted or not parted else None
            if match is not None and not ((parted or in_order) and match > Match.DERIVED):
                graded.setdefault(match, {})[name.concept_id] = None
        if not graded:
            return None
        best = min(graded)
        return best, tuple(graded[best])

    def _match(self, name: Name, phrase: "_Phrase") -> Match | None:
        """How a phrase matches a name with the same content words; None where it does not after all."""
        if name.cased is not None and name.cased != phrase.text:
            return None
        if name.lowered == phrase.text.lower():
            return Match.EXACT
        if name.normal == phrase.normal:
            return Match.NORMALISED
        if len(phrase.stems) == 1:
            return None
        if name.stems == phrase.stems:
            return Match.DERIVED
        turned = name.turned or phrase.turned
        if sorted(name.stems) == sorted(phrase.stems):
            return Match.REORDERED if turned or name.stems[-1] == phrase.stems[-1] else None
        for word in (phrase.stems[0], phrase.stems[-1]):
            if not self._heads([word]) and phrase.stems.count(word) > name.stems.count(word):
                return None
        return Match.REWORDED if turned or self._heads(name.stems) == self._heads(phrase.stems) else None


class _Phrase(NamedTuple):
    """Words of a text as they are compared with a name; the fields are those of `Name`."""

    text: str
    normal: tuple[str, ...]
    stems: tuple[str, ...]
    turned: bool


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
    entries = (_entry(name, [token.text for token in variant], concept_id) for variant in variants)
    return [entry for entry in entries if entry is not None]


def _entry(name: str, words: Sequence[str], concept_id: str) -> Name | None:
    """A name to be looked up; None for one that would be found everywhere or nowhere."""
    content = [word for word in words if normal_word(word) not in FUNCTION_WORDS]
    if not content or len(content) > MAX_WORDS:
        return None
    cased = None
    if len(content) == 1:
        word = content[0]
        capitals = sum(character.isupper() for character in word)
        if len(word) < _SHORT or word.isdigit() or (capitals < 2 and word.lower() in COMMON_WORDS):
            return None
        if capitals >= 2 and (len(word) <= 2 * _SHORT or word.lower() in COMMON_WORDS):
            cased = word
    normal = tuple(map(normal_word, content))
    turned = "," in name or any(word.lower() in PREPOSITIONS for word in words)
    parted = any(mark in name for mark in ",()[]/")
    return Name(concept_id, " ".join(words).lower(), normal, tuple(map(stem, content)), turned, parted, cased)


@lru_cache(maxsize=1 << 18)
def _hash(word: str) -> int:
    """A number of 56 bits for a word; the sum of a name's stays within 60 and differs from every other name's."""
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=7).digest())
