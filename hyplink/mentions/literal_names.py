"""Lookup of names letter by letter, for names that lookup by words cannot tell from others or cannot find whole.

Lookup by words ignores what separates them, so that `CD4+ T cell` and `CD4- T cell` are alike, and no mention spans
the end of a sentence, which `St. Louis encephalitis` and `15q11.2 microdeletion syndrome` seem to do. Here the
separators must be those of the name, but for line breaks, kinds of hyphen and kinds of apostrophe; words may have
another letter case, number or spelling, as everywhere.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, compress
from typing import NamedTuple

import numpy as np

from hyplink.arrays import Indices
from hyplink.memo import Memo
from hyplink.names.name_forms import COMMON_WORDS
from hyplink.names.normal_forms import Token, TokenColumns, normal_word, tokens_of
from hyplink.string_table import NumbersOfStrings, StringTable

_SPACES = re.compile(r"\s+")
_SAME_MARKS = str.maketrans({"‐": "-", "‑": "-", "–": "-", "’": "'", "‘": "'"})
_CLOSING = " .,;:"
"""Punctuation at the end of a name that is not part of it."""

_CASED_LETTERS = 6
_OPENINGS_KEPT, _ENTRIES_KEPT = 1 << 18, 1 << 16
_NO_WORD = " "
_LONGER = -1


class LiteralMatch(NamedTuple):
    """A name found letter by letter.

    Attributes:
        start, end: its characters.
        concept_ids: of the concepts that have the name.
        is_exact: whether it is equal but for letter case. Concepts with the same letter case go before others.
    """

    start: int
    end: int
    concept_ids: tuple[str, ...]
    is_exact: bool


class _Entry(NamedTuple):
    """A name: the symbols before its first and after its last word, and whether its letter case must match."""

    name: str
    before: str
    after: str
    is_cased: bool
    concept_id: str


@dataclass
class LiteralNames:
    """Names that are looked up letter by letter.

    Attributes:
        names: the names as written, without closing punctuation.
        concept_ids: the concept of each.
        words: the start of the first and the end of the last word of each, int64 (names, 2).
        beginnings: the rows of the names with certain words in normal form, which are separated as in the name, and
            `_LONGER` where longer names begin with them.
        following: the rows in `seconds` of the second words of the names with a certain first word, in normal form.
        seconds: second words in normal form; `_NO_WORD` for a name of one word.
    """

    names: StringTable
    concept_ids: StringTable
    words: Indices
    beginnings: NumbersOfStrings
    following: NumbersOfStrings
    seconds: StringTable
    _entries: Memo[str, list[_Entry] | None] = field(init=False, repr=False)
    _openings: Memo[str, set[str] | None] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._entries = Memo(self._entries_of, _ENTRIES_KEPT)
        self._openings = Memo(self._opening, _OPENINGS_KEPT)

    @classmethod
    def from_names(cls, names: Iterable[tuple[str, str]]) -> "LiteralNames":
        """The (name, concept id) pairs, without closing punctuation; a name without any word is left out."""
        pairs = dict.fromkeys((without_closing(name.strip()), concept_id) for name, concept_id in names)
        chosen = [pair for pair in pairs if tokens_of(pair[0])]
        beginnings, following, row_of = list[tuple[str, int]](), list[tuple[str, int]](), dict[str, int]()
        places = list[tuple[int, int]]()
        for row, (name, _) in enumerate(chosen):
            tokens = tokens_of(name)
            places.append((tokens[0].start, tokens[-1].end))
            parts = list(accumulate(_pieces(name, tokens)))
            beginnings += ((part, _LONGER) for part in parts[:-1])
            beginnings.append((parts[-1], row))
            first, *others = (normal_word(token.text) for token in tokens)
            second = others[0] if others else _NO_WORD
            following.append((first, row_of.setdefault(second, len(row_of))))
        return cls(
            StringTable.from_strings(name for name, _ in chosen),
            StringTable.from_strings(concept_id for _, concept_id in chosen),
            np.array(places, np.int64).reshape(-1, 2),
            NumbersOfStrings.from_pairs(beginnings),
            NumbersOfStrings.from_pairs(following),
            StringTable.from_strings(row_of),
        )

    def find(self, text: str, tokens: TokenColumns) -> Iterator[LiteralMatch]:
        """The longest name at each token of a text, in text order."""
        if not len(self.names):
            return
        openings, texts = self._openings, tokens.texts
        for i in compress(range(len(texts)), map(openings.__getitem__, texts)):
            following = openings[texts[i]] or set()
            if _NO_WORD not in following and (i + 1 == len(texts) or normal_word(texts[i + 1]) not in following):
                continue
            found = (self._at(text, *place) for place in reversed(self._places(text, tokens, i)))
            yield from filter(None, [next(filter(None, found), None)])

    def _opening(self, word: str) -> set[str] | None:
        """The normal forms of the second words of names that begin with a word, `_NO_WORD` for a name without one."""
        return {self.seconds[row] for row in self.following.get(normal_word(word))} or None

    def _entries_of(self, words: str) -> list[_Entry] | None:
        """The names with certain words; None if no name begins with them."""
        rows = self.beginnings.get(words)
        return [self._entry(row) for row in rows if row > _LONGER] if rows else None

    def _entry(self, row: int) -> _Entry:
        name = self.names[row]
        start, end = self.words[row].tolist()
        before, after = _marks(name[:start]), _marks(name[end:])
        return _Entry(name, before, after, _is_cased(name), self.concept_ids[row])

    def _places(self, text: str, tokens: TokenColumns, i: int) -> list[tuple[int, int, list[_Entry]]]:
        """The characters and the entries of the names that consist of words from token i on, the shortest first."""
        words, places = "", list[tuple[int, int, list[_Entry]]]()
        start = previous_end = tokens.starts[i]
        for n in range(i, len(tokens.texts)):
            words += _marks(text[previous_end : tokens.starts[n]]) + normal_word(tokens.texts[n])
            entries = self._entries[words]
            if entries is None:
                break
            previous_end = tokens.ends[n]
            if entries:
                places.append((start, previous_end, entries))
        return places

    def _at(self, text: str, start: int, end: int, entries: Sequence[_Entry]) -> LiteralMatch | None:
        """The name among entries that has the most symbols around its words, which are at characters [start, end)."""
        fitting = [each for each in entries if _fits(each, text, start, end)]
        if not fitting:
            return None
        longest = max(len(each.before) + len(each.after) for each in fitting)
        best = [each for each in fitting if len(each.before) + len(each.after) == longest]
        start, end = start - len(best[0].before), end + len(best[0].after)
        found = _marks(text[start:end])
        exact = [each for each in best if _marks(each.name).casefold() == found.casefold()]
        identical = [each for each in exact if _marks(each.name) == found]
        concepts = dict.fromkeys(each.concept_id for each in identical or exact or best)
        return LiteralMatch(start, end, tuple(concepts), bool(exact))


def without_closing(name: str) -> str:
    """A name without the punctuation at its end, which no mention includes."""
    return name.rstrip(_CLOSING)


def is_distinctive(name: str) -> bool:
    """Whether a name is more than one word or has symbols around it, and not all of its words are common."""
    tokens = tokens_of(name)
    marked = len(tokens) > 1 or (tokens and len(tokens[0].text) < len(name))
    return bool(marked) and any(token.text.lower() not in COMMON_WORDS and token.text.isalpha() for token in tokens)


def _is_cased(name: str) -> bool:
    """Whether a name is a short symbol with capitals, such as `A.D.`, that other words would match in lower case."""
    letters = [character for character in name if character.isalnum()]
    return len(letters) <= _CASED_LETTERS and sum(character.isupper() for character in letters) > 1


def _pieces(text: str, tokens: Sequence[Token]) -> Iterator[str]:
    """The normal forms of tokens, each with what separates it from the one before it."""
    end = tokens[0].start
    for token in tokens:
        yield _marks(text[end : token.start]) + normal_word(token.text)
        end = token.end


@lru_cache(maxsize=1 << 12)
def _marks(text: str) -> str:
    """Text with a single kind of space, hyphen and apostrophe."""
    return _SPACES.sub(" ", text).translate(_SAME_MARKS)


def _fits(entry: _Entry, text: str, start: int, end: int) -> bool:
    """Whether the text from `start` to `end` has the symbols of a name around it and no letter or digit beside them."""
    start, end = start - len(entry.before), end + len(entry.after)
    if start < 0 or text[max(0, start - 1) : start].isalnum() or text[end : end + 1].isalnum():
        return False
    found = _marks(text[start:end])
    if entry.is_cased:
        return found == _marks(entry.name)
    return found.startswith(entry.before) and found.endswith(entry.after)
