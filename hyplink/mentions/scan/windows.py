"""Windows of words whose content words are those of a name, in any order, found in many texts at once.

The hash of a window is the difference of two cumulative sums. All windows of one content word are looked up together,
then all of two, and so on; a window is extended as long as a name with so many words has all of its words.
"""

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from hyplink.arrays import Indices
from hyplink.mentions.name_index import NameIndex
from hyplink.mentions.scan.word_table import CONTENT, UNKNOWN, WordTable
from hyplink.mentions.tokens import Gap, WordColumns

WORDS_AT_A_TIME = 1 << 16
"""Words scanned together, which bounds memory, unless a single text has more."""

_LEAST_SLOTS, _SLOTS_PER_NAME = 1 << 20, 8
"""Slots of the table that tells hashes that are no name's: at least so many, for each name at least so many."""


Window = tuple[int, int, int, bool]
"""A window of words: the number of the text that it is in, its first and its last word, and whether there is a comma,
bracket or slash between its words."""


class WindowScan:
    """Finds the windows of texts that have the content of names.

    Args:
        index: the names.
    """

    def __init__(self, index: NameIndex) -> None:
        self._index = index
        self._table = WordTable(index)
        self._may_be_root, self._may_be_meaning = _slots_of(index.by_root), _slots_of(index.by_meaning)

    def windows(self, texts: Sequence[WordColumns]) -> Iterator[Window]:
        """The windows of texts that probably have the content of names, by text, first and last word."""
        start = n_words = 0
        for end, words in enumerate(texts, start=1):
            n_words += len(words.texts)
            if n_words >= WORDS_AT_A_TIME or end == len(texts):
                yield from self._in_group(texts[start:end], start)
                start, n_words = end, 0

    def _in_group(self, texts: Sequence[WordColumns], number: int) -> Iterator[Window]:
        """The windows of some texts, of which the first one has a number."""
        starts = np.cumsum([0, *(len(words.texts) for words in texts)])
        numbers, gaps, opens, closes = self._columns(texts)
        gaps[starts[:-1][starts[:-1] < len(numbers)]] = Gap.HARD
        first, last = self._found(numbers, gaps, opens, closes)
        parts = np.cumsum(gaps >= Gap.SLASH)
        in_text = np.searchsorted(starts, first, side="right") - 1
        columns = (number + in_text, first - starts[in_text], last - starts[in_text], parts[last] > parts[first])
        return zip(*(each.tolist() for each in columns), strict=True)

    def _columns(
        self, texts: Sequence[WordColumns]
    ) -> tuple[Indices, NDArray[np.int8], NDArray[np.bool_], NDArray[np.bool_]]:
        """The number of each word, its gap, and whether a mention may start or end at it, (words,) each."""
        self._table.make_room()
        number_of = self._table.number_of.__getitem__
        numbers = np.array([number for words in texts for number in map(number_of, words.texts)], np.int64)
        self._table.complete()
        gaps, opens, closes = (
            np.frombuffer(bytearray(chain.from_iterable(columns)), np.int8)  # far faster than an array of `Gap`
            for columns in zip(*((words.gaps, words.opens, words.closes) for words in texts), strict=True)
        )
        return numbers, gaps, opens.view(np.bool_), closes.view(np.bool_)

    def _found(
        self, numbers: Indices, gaps: NDArray[np.int8], opens: NDArray[np.bool_], closes: NDArray[np.bool_]
    ) -> tuple[Indices, Indices]:
        """First and last word of the windows that may be names, in order, int64 (n,) each."""
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
            hit = _taken(self._may_be_root, by_root) | _taken(self._may_be_meaning, by_meaning)
            found.append(places[np.stack([first[hit], last[hit]])])
            length += 1
            going = np.flatnonzero((end + 1 < len(places)) & (limit >= length))
            going = going[clause[end[going] + 1] == clause[begin[going]]]
            limit = np.minimum(limit[going], longest[end[going] + 1])
            begin = begin[going][limit >= length]
            limit = limit[limit >= length]
        first, last = np.concatenate(found, axis=1) if found else np.zeros((2, 0), np.int64)
        order = np.lexsort((last, first))
        return first[order], last[order]


def _sums(hashes: Indices) -> Indices:
    """The sum of the first n hashes at n, int64 (hashes + 1,); it may overflow, which differences undo."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(hashes)])


def _slots_of(hashes: Indices) -> NDArray[np.bool_]:
    """True at the low bits of the hashes of names; the number of slots is a power of two."""
    n_slots = _LEAST_SLOTS
    while n_slots < _SLOTS_PER_NAME * len(hashes):
        n_slots *= 2
    slots = np.zeros(n_slots, np.bool_)
    slots[hashes[hashes != 0] & (n_slots - 1)] = True
    return slots


def _taken(slots: NDArray[np.bool_], hashes: Indices) -> NDArray[np.bool_]:
    """Whether the slots of hashes are True: some hashes that are no name's share the slot of one."""
    taken: NDArray[np.bool_] = slots[hashes & (len(slots) - 1)]
    return taken
