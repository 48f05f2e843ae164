"""Windows of words whose content words are those of a name, in any order, found in many texts at once.

The hash of a window is the difference of two cumulative sums. All windows of one content word are looked up together,
then all of two, and so on; a window is extended as long as a name with so many words has all of its words.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hyplink.arrays import Indices
from hyplink.mentions.name_index import NameIndex, Rows
from hyplink.mentions.scan.word_table import CONTENT, UNKNOWN, WordTable
from hyplink.mentions.tokens import Gap, Word

WORDS_AT_A_TIME = 1 << 16
"""Words scanned together, which bounds memory, unless a single text has more."""

_BITS = 20


class Window(NamedTuple):
    """A window of words with the content of names.

    Attributes:
        text: the number of the sequence of words that it is in.
        first, last: its first and its last word.
        is_parted: whether there is a comma, bracket or slash between its words.
        rows: of the names in the index.
    """

    text: int
    first: int
    last: int
    is_parted: bool
    rows: Rows


class WindowScan:
    """Finds the windows of texts that have the content of names.

    Args:
        index: the names.
    """

    def __init__(self, index: NameIndex) -> None:
        self._index = index
        self._table = WordTable(index)
        self._may_be_root, self._may_be_meaning = _bitmap(index.by_root), _bitmap(index.by_meaning)

    def windows(self, texts: Sequence[Sequence[Word]]) -> Iterator[Window]:
        """The windows of texts, by text, first and last word."""
        start = n_words = 0
        for end, words in enumerate(texts, start=1):
            n_words += len(words)
            if n_words >= WORDS_AT_A_TIME or end == len(texts):
                yield from self._in_group(texts[start:end], start)
                start, n_words = end, 0

    def _in_group(self, texts: Sequence[Sequence[Word]], number: int) -> Iterator[Window]:
        """The windows of some texts, of which the first one has a number."""
        words = list(chain.from_iterable(texts))
        starts = np.cumsum([0, *map(len, texts)])
        self._table.make_room()
        numbers = np.array([self._table.number_of[word[0]] for word in words], np.int64)
        self._table.complete()
        gaps = np.array([word[3] for word in words], np.int8)
        gaps[starts[:-1][starts[:-1] < len(words)]] = Gap.HARD
        opens, closes = (np.array([word[column] for word in words], np.bool_) for column in (4, 5))
        first, last, by_root, by_meaning = self._found(numbers, gaps, opens, closes)
        parts = np.cumsum(gaps >= Gap.SLASH)
        in_text = np.searchsorted(starts, first, side="right") - 1
        columns = (in_text, first - starts[in_text], last - starts[in_text], parts[last] > parts[first])
        for text, i, j, is_parted, root, meaning in zip(
            *(each.tolist() for each in (*columns, by_root, by_meaning)), strict=True
        ):
            rows = self._index.find(root, meaning)
            if rows is not None:
                yield Window(number + text, i, j, is_parted, rows)

    def _found(
        self, numbers: Indices, gaps: NDArray[np.int8], opens: NDArray[np.bool_], closes: NDArray[np.bool_]
    ) -> tuple[Indices, Indices, Indices, Indices]:
        """First and last word and both hashes of the windows that may be names, in order, int64 (n,) each."""
        table = self._table
        kind = table.kind[numbers]
        places = np.flatnonzero(kind == CONTENT)
        content = numbers[places]
        clause = np.cumsum((kind == UNKNOWN) | (gaps == Gap.HARD))[places]
        follows_non = np.zeros(len(numbers), np.bool_)
        follows_non[1:] = table.is_non[numbers[:-1]] & (gaps[1:] == Gap.OPEN)
        roots, meanings = (_sums(each[content]) for each in (table.by_root, table.by_meaning))
        longest, closes = table.longest[content], closes[places]
        begin = np.flatnonzero(opens[places] & ~follows_non[places])
        limit = longest[begin]
        found, length = [], 1
        while len(begin):
            end = begin + length - 1
            chosen = np.flatnonzero(closes[end])
            first, last = begin[chosen], end[chosen]
            by_root, by_meaning = roots[last + 1] - roots[first], meanings[last + 1] - meanings[first]
            hit = self._may_be_root[_low(by_root)] | self._may_be_meaning[_low(by_meaning)]
            found.append(np.stack([places[first], places[last], by_root, by_meaning])[:, hit])
            length += 1
            going = np.flatnonzero((end + 1 < len(places)) & (limit >= length))
            going = going[clause[end[going] + 1] == clause[begin[going]]]
            limit = np.minimum(limit[going], longest[end[going] + 1])
            begin = begin[going][limit >= length]
            limit = limit[limit >= length]
        every = np.concatenate(found, axis=1) if found else np.zeros((4, 0), np.int64)
        first, last, by_root, by_meaning = every[:, np.lexsort((every[1], every[0]))]
        return first, last, by_root, by_meaning


def _sums(hashes: Indices) -> Indices:
    """The sum of the first n hashes at n, int64 (hashes + 1,); it may overflow, which differences undo."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(hashes)])


def _low(hashes: Indices) -> Indices:
    """The low bits of hashes."""
    return hashes & ((1 << _BITS) - 1)


def _bitmap(hashes: Indices) -> NDArray[np.bool_]:
    """True at the low bits of the hashes of names, bool (2 ** _BITS,)."""
    bitmap = np.zeros(1 << _BITS, np.bool_)
    bitmap[_low(hashes[hashes != 0])] = True
    return bitmap
