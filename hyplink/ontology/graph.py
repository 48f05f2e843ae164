"""The is-a hierarchy as a graph of concept indices: ancestors, descendants, depths and distances."""

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import overload

import numpy as np
import numpy.typing as npt

from hyplink.errors import InputError
from hyplink.string_table import check_starts

MOST_PAIRS = 10**8  # of a concept and an ancestor; they take 8 bytes each
ANCESTORS_CACHED = 2**16  # the number of concepts whose ancestors are cached, to bound memory


@dataclass(frozen=True, eq=False)
class IndexLists(Sequence[list[int]]):
    """A sequence of lists of concept indices, in arrays.

    Attributes:
        starts: the first place of each list in `items`, and the end of the last, int64 (n + 1,).
        items: those of one list after the other, int64 (n_items,).

    Raises:
        ValueError: the starts are not those of lists of `items`.
    """

    starts: npt.NDArray[np.int64]
    items: npt.NDArray[np.int64]
    _views: tuple[memoryview, memoryview] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        check_starts(self.starts, len(self.items))
        # The items of a view are read several times faster than those of an array.
        object.__setattr__(self, "_views", (self.starts.data, self.items.data))

    @classmethod
    def from_lists(cls, lists: Iterable[Sequence[int]]) -> "IndexLists":
        """The table of some lists."""
        several = list(lists)
        starts = np.cumsum([0, *map(len, several)], dtype=np.int64)
        return cls(starts, np.fromiter(chain.from_iterable(several), np.int64, starts[-1]))

    @property
    def turned(self) -> "IndexLists":
        """The lists that have an index, by the index, ascending; there are as many indices as lists."""
        n = len(self)
        order = np.argsort(self.items, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(self.items, minlength=n))]).astype(np.int64)
        return IndexLists(starts, np.repeat(np.arange(n), np.diff(self.starts))[order])

    def __len__(self) -> int:
        return len(self.starts) - 1

    @overload
    def __getitem__(self, row: int) -> list[int]: ...

    @overload
    def __getitem__(self, row: slice) -> list[list[int]]: ...

    def __getitem__(self, row: int | slice) -> list[int] | list[list[int]]:
        if isinstance(row, slice):
            return [self[each] for each in range(*row.indices(len(self)))]
        starts, items = self._views
        return items[starts[row] : starts[row + 1]].tolist()

    def items_of(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The items of the lists at some rows, one list after the other."""
        counts = self.starts[rows + 1] - self.starts[rows]
        before = np.cumsum(counts) - counts
        found: npt.NDArray[np.int64] = self.items[
            np.arange(counts.sum()) + np.repeat(self.starts[rows] - before, counts)
        ]
        return found

    def __reduce__(self) -> "tuple[Callable[..., IndexLists], tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]":
        return IndexLists, (self.starts, self.items)


class IsaGraph:
    """A directed acyclic graph in which concept i has the parents `parents[i]`.

    Attributes:
        parents: the indices of the parents of each concept.
        children: the indices of the children of each concept, ascending.
        roots: the indices of the concepts without parents, ascending.
    """

    def __init__(self, parents: IndexLists) -> None:
        self.parents = parents
        self.children = parents.turned
        self.roots: list[int] = np.flatnonzero(np.diff(parents.starts) == 0).tolist()
        self._ancestors: dict[int, dict[int, int]] = {}

    @cached_property
    def depths(self) -> list[int]:
        """The length of the shortest path from each concept to a root; 0 for a root."""
        depths = [-1] * len(self.parents)
        queue = list(self.roots)
        for root in queue:
            depths[root] = 0
        for parent in queue:
            for child in self.children[parent]:
                if depths[child] < 0:
                    depths[child] = depths[parent] + 1
                    queue.append(child)
        return depths

    def ancestors(self, concept: int) -> dict[int, int]:
        """The distance from a concept to itself (0) and to each ancestor. The dict is cached: do not modify it."""
        known = self._ancestors.get(concept)
        if known is None:
            if len(self._ancestors) >= ANCESTORS_CACHED:
                self._ancestors.clear()
            known = self._ancestors[concept] = self._walk_up(concept)
        return known

    def reachable(self, starts: Iterable[int], blocked: Collection[int] = ()) -> set[int]:
        """The start concepts and all descendants on paths without blocked concepts."""
        queue = [start for start in starts if start not in blocked]
        found = set(queue)
        for parent in queue:
            for child in self.children[parent]:
                if child not in found and child not in blocked:
                    found.add(child)
                    queue.append(child)
        return found

    def n_reachable(self, start: int) -> int:
        """The number of concepts that `reachable` gives for one: a fast way to count hundreds of thousands."""
        found = np.zeros(len(self.parents), dtype=bool)
        found[start] = True
        rows = np.array([start])
        while len(rows):
            items = self.children.items_of(rows)
            rows = np.unique(items[~found[items]])
            found[rows] = True
        return int(found.sum())

    def lowest_common_ancestors(self, a: int, b: int) -> set[int]:
        """The common ancestors that have no other common ancestor as a descendant; empty if there is none."""
        common = self.ancestors(a).keys() & self.ancestors(b).keys()
        return common.difference(chain.from_iterable(self.parents[concept] for concept in common))

    def tree_distance(self, a: int, b: int) -> int:
        """The length of the shortest path from a to b through a common ancestor or a virtual root above all roots."""
        if a == b:
            return 0
        from_a, from_b = self.ancestors(a), self.ancestors(b)
        through_virtual_root = self.depths[a] + self.depths[b] + 2
        through_common = (from_a[common] + from_b[common] for common in from_a.keys() & from_b.keys())
        return min(chain([through_virtual_root], through_common))

    def near(self, concept: int, max_distance: int) -> dict[int, int]:
        """The distances of the concepts at most `max_distance` away, without paths through the virtual root."""
        found = {ancestor: steps for ancestor, steps in self.ancestors(concept).items() if steps <= max_distance}
        levels: list[list[int]] = [[] for _ in range(max_distance + 1)]
        for ancestor, steps in found.items():
            levels[steps].append(ancestor)
        for steps, level in enumerate(levels[:-1], start=1):
            for parent in level:
                for child in self.children[parent]:
                    if found.get(child, max_distance + 1) > steps:
                        found[child] = steps
                        levels[steps].append(child)
        return found

    def closure(self) -> npt.NDArray[np.int32]:
        """All pairs (concept, proper ancestor), int32 (n_pairs, 2), sorted by both columns.

        Raises:
            InputError: there are more than `MOST_PAIRS`.
        """
        flat = array("i")
        counts = np.zeros(len(self.parents), dtype=np.int64)
        for concept, parents in enumerate(self.parents):
            ancestors = self._reachable_upwards(parents)
            counts[concept] = len(ancestors)
            flat.extend(sorted(ancestors))
            if len(flat) > MOST_PAIRS:
                raise InputError(
                    f"the hierarchy has more than {MOST_PAIRS:,} pairs of a concept and an ancestor; set "
                    "research.embedding_pairs to parents, or keep fewer concepts with data.roots"
                )
        children = np.repeat(np.arange(len(self.parents), dtype=np.int32), counts)
        return np.stack([children, np.frombuffer(flat, dtype=np.int32)], axis=1) if flat else _no_pairs()

    def edges(self) -> npt.NDArray[np.int32]:
        """All pairs (concept, parent), int32 (n_pairs, 2), ordered by concept, its parents in the given order."""
        children = np.repeat(np.arange(len(self.parents)), np.diff(self.parents.starts))
        return np.stack([children, self.parents.items], axis=1).astype(np.int32)

    def implied_edges(self) -> Iterator[tuple[int, int]]:
        """The edges (child, parent) in which the parent is also an ancestor of another parent of the child."""
        for child, parents in enumerate(self.parents):
            if len(parents) > 1:
                grandparents = chain.from_iterable(map(self.parents.__getitem__, parents))
                implied = self._reachable_upwards(grandparents, until=frozenset(parents))
                yield from ((child, parent) for parent in parents if parent in implied)

    def _reachable_upwards(self, starts: Iterable[int], until: frozenset[int] = frozenset()) -> set[int]:
        """The start concepts and their ancestors; fewer once all but one of `until`, if given, are among them.

        Of the parents of a concept, the deepest is never an ancestor of another.
        """
        found = set(starts)
        pending = list(found)
        while pending and not (until and len(until & found) >= len(until) - 1):
            new = set(self.parents[pending.pop()]) - found
            found |= new
            pending += new
        return found

    def _walk_up(self, concept: int) -> dict[int, int]:
        """The distance to the concept and each ancestor, without the cache."""
        found = {concept: 0}
        queue = [concept]
        for child in queue:
            steps = found[child] + 1
            for parent in self.parents[child]:
                if parent not in found:
                    found[parent] = steps
                    queue.append(parent)
        return found


def _no_pairs() -> npt.NDArray[np.int32]:
    return np.zeros((0, 2), dtype=np.int32)
