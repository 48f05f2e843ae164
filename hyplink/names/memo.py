"""A dictionary that computes the values it lacks: one look-up in C for a word that was seen before."""

from collections.abc import Callable
from typing import TypeVar

K, V = TypeVar("K"), TypeVar("V")


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
