"""Numbers for words, with arrays of what the scan needs to know of each: each distinct word is analysed once."""

import numpy as np
from numpy.typing import NDArray

from hyplink.arrays import Indices
from hyplink.memo import Memo
from hyplink.mentions.name_index import FUNCTION_CODE, NameIndex

UNKNOWN, FUNCTION, CONTENT = range(3)
"""Kinds of words: in no name; without meaning of its own; in a name."""

WORDS_KEPT = 1 << 18


class WordTable:
    """The words met so far.

    Args:
        index: the names.

    Attributes:
        number_of: the number of a word, assigned when it is first asked for. A scan numbers all its words first, and
            `make_room` may forget them between scans.
        kind: int8 (n,), as above.
        by_root, by_meaning: the hashes of `WordCode`, int64 (n,).
        longest: content words of the longest name that has the word, int64 (n,).
        is_non: whether the word is `non`, bool (n,).
    """

    def __init__(self, index: NameIndex) -> None:
        self._index = index
        self.number_of: Memo[str, int] = Memo(self._added, 1 << 62)
        self._codes: list[tuple[int, int, int, int, bool]] = []
        self.kind: NDArray[np.int8] = np.zeros(0, np.int8)
        self.by_root: Indices = np.zeros(0, np.int64)
        self.by_meaning: Indices = np.zeros(0, np.int64)
        self.longest: Indices = np.zeros(0, np.int64)
        self.is_non: NDArray[np.bool_] = np.zeros(0, np.bool_)

    def make_room(self) -> None:
        """Forgets all words if there are too many."""
        if len(self.number_of) >= WORDS_KEPT:
            self.number_of.clear()
            self._codes.clear()
            self.kind, self.is_non = self.kind[:0], self.is_non[:0]
            self.by_root, self.by_meaning, self.longest = self.by_root[:0], self.by_meaning[:0], self.longest[:0]

    def complete(self) -> None:
        """Extends the arrays by the words that were numbered since the last call."""
        new = self._codes[len(self.kind) :]
        if new:
            kind, by_root, by_meaning, longest, is_non = zip(*new, strict=True)
            self.kind = np.concatenate([self.kind, np.array(kind, np.int8)])
            self.by_root = np.concatenate([self.by_root, np.array(by_root, np.int64)])
            self.by_meaning = np.concatenate([self.by_meaning, np.array(by_meaning, np.int64)])
            self.longest = np.concatenate([self.longest, np.array(longest, np.int64)])
            self.is_non = np.concatenate([self.is_non, np.array(is_non, np.bool_)])

    def _added(self, word: str) -> int:
        code = self._index.code(word)
        kind = UNKNOWN if code is None else FUNCTION if code is FUNCTION_CODE else CONTENT
        self._codes.append((kind, *(code or FUNCTION_CODE), word.lower() == "non"))
        return len(self._codes) - 1
