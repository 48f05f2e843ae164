"""Strings in arrays: a run of millions of names opens at once, and processes share its memory."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import overload
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

_STRINGS_PER_BUCKET = 2


@dataclass(frozen=True, eq=False)
class StringTable(Sequence[str]):
    """A sequence of strings that are decoded when they are asked for.

    Attributes:
        utf8: the strings end to end, uint8 (bytes,).
        starts: the first byte of each, and the end of the last, int64 (n + 1,).

    Raises:
        ValueError: the starts are not those of strings in `utf8`.
    """

    utf8: NDArray[np.uint8]
    starts: NDArray[np.int64]
    _views: tuple[memoryview, memoryview] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.utf8.ndim != 1:
            raise ValueError("text that is not a row of bytes")
        check_starts(self.starts, len(self.utf8))
        # The items of a view are read several times faster than those of an array.
        object.__setattr__(self, "_views", (self.utf8.data, self.starts.data))

    @classmethod
    def from_strings(cls, strings: Iterable[str]) -> "StringTable":
        """The table of some strings; lone surrogates are replaced by `?`."""
        utf8, ends = bytearray(), [0]
        for each in strings:
            utf8 += each.encode("utf-8", "replace")
            ends.append(len(utf8))
        return cls(np.frombuffer(bytes(utf8), np.uint8), np.array(ends, np.int64))

    def __len__(self) -> int:
        return len(self.starts) - 1

    @overload
    def __getitem__(self, row: int) -> str: ...

    @overload
    def __getitem__(self, row: slice) -> list[str]: ...

    def __getitem__(self, row: int | slice) -> str | list[str]:
        rows = range(len(self))[row]
        if isinstance(rows, range):
            return list(map(self.__getitem__, rows))
        return str(self.encoded(rows), "utf-8", "replace")

    def __iter__(self) -> Iterator[str]:
        return map(self.__getitem__, range(len(self)))

    def encoded(self, row: int) -> memoryview:
        """The string at a row, at least 0, in UTF-8."""
        text, starts = self._views
        return text[starts[row] : starts[row + 1]]

    def __reduce__(self) -> "tuple[Callable[..., StringTable], tuple[NDArray[np.uint8], NDArray[np.int64]]]":
        return StringTable, (self.utf8, self.starts)


@dataclass(frozen=True, eq=False)
class StringLists(Sequence[tuple[str, ...]]):
    """A sequence of lists of strings.

    Attributes:
        strings: those of one list after the other.
        starts: the first string of each list, and the end of the last, int64 (n + 1,).

    Raises:
        ValueError: the starts are not those of lists of `strings`.
    """

    strings: StringTable
    starts: NDArray[np.int64]

    def __post_init__(self) -> None:
        check_starts(self.starts, len(self.strings))

    @classmethod
    def from_lists(cls, lists: Iterable[Iterable[str]]) -> "StringLists":
        """The table of some lists."""
        several = list(map(list, lists))
        starts = np.cumsum([0, *map(len, several)], dtype=np.int64)
        return cls(StringTable.from_strings(chain.from_iterable(several)), starts)

    def __len__(self) -> int:
        return len(self.starts) - 1

    @overload
    def __getitem__(self, row: int) -> tuple[str, ...]: ...

    @overload
    def __getitem__(self, row: slice) -> list[tuple[str, ...]]: ...

    def __getitem__(self, row: int | slice) -> tuple[str, ...] | list[tuple[str, ...]]:
        rows = range(len(self))[row]
        if isinstance(rows, range):
            return list(map(self.__getitem__, rows))
        return tuple(map(self.strings.__getitem__, self.rows(rows)))

    def rows(self, row: int) -> range:
        """The rows in `strings` of the list at a row, at least 0."""
        starts = self.starts.data
        return range(starts[row], starts[row + 1])


@dataclass(frozen=True, eq=False)
class StringIndex:
    """Distinct strings and the row of each, found by a hash table in arrays.

    Attributes:
        strings: the strings.
        buckets: the first place of each bucket in `rows`, and the end of the last, int64 (buckets + 1,). The number of
            buckets is a power of two; the low bits of a string's CRC-32 are its bucket.
        rows: the rows of the strings, by bucket, int64 (n,).

    Raises:
        ValueError: the buckets are not those of so many strings.
    """

    strings: StringTable
    buckets: NDArray[np.int64]
    rows: NDArray[np.int64]
    _views: tuple[memoryview, memoryview] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        n_buckets = len(self.buckets) - 1
        if n_buckets < 1 or n_buckets & (n_buckets - 1):
            raise ValueError(f"{n_buckets} buckets; expected a power of two")
        check_starts(self.buckets, len(self.rows))
        check_rows(self.rows, len(self.strings), len(self.strings))
        object.__setattr__(self, "_views", (self.buckets.data, self.rows.data))

    @classmethod
    def from_strings(cls, strings: Iterable[str]) -> "StringIndex":
        """The index of strings, which must be distinct."""
        table = StringTable.from_strings(strings)
        n_buckets = 1
        while n_buckets * _STRINGS_PER_BUCKET < len(table):
            n_buckets *= 2
        hashes = np.fromiter((crc32(table.encoded(row)) for row in range(len(table))), np.int64, len(table))
        bucket_of = hashes & (n_buckets - 1)
        buckets = np.concatenate([[0], np.cumsum(np.bincount(bucket_of, minlength=n_buckets))])
        return cls(table, buckets.astype(np.int64), np.argsort(bucket_of, kind="stable").astype(np.int64))

    def __len__(self) -> int:
        return len(self.strings)

    def get(self, string: str) -> int | None:
        """The row of a string; None for one that is not in the table."""
        utf8 = string.encode("utf-8", "surrogatepass")
        buckets, rows = self._views
        bucket = crc32(utf8) & (len(buckets) - 2)
        found = (row for row in rows[buckets[bucket] : buckets[bucket + 1]] if self.strings.encoded(row) == utf8)
        return next(found, None)

    def __reduce__(
        self,
    ) -> "tuple[Callable[..., StringIndex], tuple[StringTable, NDArray[np.int64], NDArray[np.int64]]]":
        return StringIndex, (self.strings, self.buckets, self.rows)


@dataclass(frozen=True)
class NumbersOfStrings:
    """Several numbers for each string, such as the concepts that have a name.

    Attributes:
        strings: distinct.
        starts: the first place of each string in `numbers`, and the end of the last, int64 (strings + 1,).
        numbers: those of one string after the other, int64 (n,).

    Raises:
        ValueError: the starts are not those of so many strings and numbers.
    """

    strings: StringIndex
    starts: NDArray[np.int64]
    numbers: NDArray[np.int64]

    def __post_init__(self) -> None:
        check_starts(self.starts, len(self.numbers))
        if len(self.starts) != len(self.strings) + 1:
            raise ValueError("strings without numbers")

    @classmethod
    def from_pairs(cls, pairs: Iterable[tuple[str, int]]) -> "NumbersOfStrings":
        """The numbers of each string, each once, in order of appearance."""
        row_of: dict[str, int] = {}
        several = [(row_of.setdefault(string, len(row_of)), number) for string, number in pairs]
        rows, numbers = np.array(several, np.int64).reshape(-1, 2).T
        order = np.lexsort((np.arange(len(rows)), numbers, rows))  # equal pairs are neighbours, the first one first
        is_first = np.diff(rows[order], prepend=-1) != 0
        is_first[1:] |= np.diff(numbers[order]) != 0
        kept = np.sort(order[is_first])
        kept = kept[np.argsort(rows[kept], kind="stable")]
        starts = np.cumsum(np.bincount(rows[kept] + 1, minlength=len(row_of) + 1))
        return cls(StringIndex.from_strings(row_of), starts, numbers[kept])

    def get(self, string: str) -> list[int]:
        """The numbers of a string; none for an unknown one."""
        numbers: list[int] = self.array(string).tolist()
        return numbers

    def array(self, string: str) -> NDArray[np.int64]:
        """The same as an array, which may be long."""
        row = self.strings.get(string)
        return self.numbers[:0] if row is None else self.numbers[self.starts[row] : self.starts[row + 1]]


def check_rows(rows: NDArray[np.int64], n: int, n_rows: int) -> None:
    """Checks that n rows are rows of a table.

    Raises:
        ValueError: their number is another one, or they are not in the table of `n_rows`.
    """
    if rows.shape != (n,) or (n and not (rows.min() >= 0 and rows.max() < n_rows)):
        raise ValueError("rows outside their table")


def check_starts(starts: NDArray[np.int64], end: int) -> None:
    """Checks the first places of parts that follow each other, and the end of the last.

    Raises:
        ValueError: they do not ascend from 0 to `end`.
    """
    if starts.ndim != 1 or not len(starts) or starts[0] != 0 or starts[-1] != end or (starts[1:] < starts[:-1]).any():
        raise ValueError("parts that overlap or end outside their table")
