"""Caches: `Memo` of a function of words, one look-up in C for each, and `recent_texts` of a function of whole texts."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

CHARACTERS_KEPT = 1 << 18
"""Characters of the texts whose values `recent_texts` keeps, so that it never holds more than one long text."""

K = TypeVar("K")
V = TypeVar("V")


class Memo(dict[K, V]):
    """The values of a function of one argument by argument; it is emptied when it holds `size` of them.

    Args:
        function: computes a value.
        size: how many are kept.
    """

    def __init__(self, function: Callable[[K], V], size: int) -> None:
        super().__init__()
        self._function, self._size = function, size

    def __missing__(self, key: K) -> V:
        value = self._function(key)
        if len(self) >= self._size:
            self.clear()
        self[key] = value
        return value


def recent_texts(function: Callable[[str], V]) -> Callable[[str], V]:
    """A function of a text that keeps its values for the texts of a batch, which several stages read in turn."""
    kept: dict[str, V] = {}
    length = 0

    @wraps(function)
    def cached(text: str) -> V:
        nonlocal length
        try:
            return kept[text]
        except KeyError:
            value = function(text)
        if length + len(text) > CHARACTERS_KEPT:
            kept.clear()
            length = 0
        kept[text] = value
        length += len(text)
        return value

    return cached
