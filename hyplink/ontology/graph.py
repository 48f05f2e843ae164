"""The is-a hierarchy as a graph of integers: walks up, walks down, depths and closure."""

from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt

ANCESTORS_CACHED = 2**16  # concepts whose ancestors are remembered; bounds the memory of very large ontologies


class IsaGraph:
    """A directed acyclic graph in which concept i has the parents `parents[i]`.

    Attributes:
        parents: for each concept the indices of its parents.
        children: for each concept the indices of its children, ascending.
        roots: indices of the concepts without a parent, ascending.
        depths: for each concept the length of the shortest path up to a root; 0 for a root.
    """

    def __init__(self, parents: Sequence[Sequence[int]]) -> None:
        self.parents = parents
        self.children = _children_of(parents)
        self.roots = [concept for concept, above in enumerate(parents) if not above]
        self.depths = self._depths()
        self._ancestors: dict[int, dict[int, int]] = {}

    def ancestors(self, concept: int) -> dict[int, int]:
        """The concept (0) and its ancestors, each with the fewest steps up to it. Not to be changed."""
        known = self._ancestors.get(concept)
        if known is None:
            if len(self._ancestors) >= ANCESTORS_CACHED:
                self._ancestors.clear()
            known = self._ancestors[concept] = self._walk_up(concept)
        return known

    def reachable(self, starts: Iterable[int], blocked: Collection[int] = ()) -> set[int]:
        """The starts and everything below them that is reached without stepping on a blocked concept."""
        queue = [start for start in starts if start not in blocked]
        found = set(queue)
        for upper in queue:
            for lower in self.children[upper]:
                if lower not in found and lower not in blocked:
                    found.add(lower)
                    queue.append(lower)
        return found

    def lowest_common_ancestors(self, a: int, b: int) -> set[int]:
        """The common ancestors below which no other common ancestor lies; empty where there is none."""
        common = self.ancestors(a).keys() & self.ancestors(b).keys()
        return common.difference(chain.from_iterable(self.parents[concept] for concept in common))

    def tree_distance(self, a: int, b: int) -> int:
        """The fewest is-a steps up from a and down to b, where a virtual root lies above all roots."""
        if a == b:
            return 0
        above_a, above_b = self.ancestors(a), self.ancestors(b)
        over_virtual_root = self.depths[a] + self.depths[b] + 2
        over_common = (above_a[common] + above_b[common] for common in above_a.keys() & above_b.keys())
        return min(chain([over_virtual_root], over_common))

    def near(self, concept: int, max_distance: int) -> dict[int, int]:
        """Concepts at a tree distance of at most `max_distance`, not counting paths over the virtual root."""
        found = {above: steps for above, steps in self.ancestors(concept).items() if steps <= max_distance}
        levels: list[list[int]] = [[] for _ in range(max_distance + 1)]
        for above, steps in found.items():
            levels[steps].append(above)
        for steps, level in enumerate(levels[:-1], start=1):
            for upper in level:
                for lower in self.children[upper]:
                    if found.get(lower, max_distance + 1) > steps:
                        found[lower] = steps
                        levels[steps].append(lower)
        return found

    def closure(self) -> npt.NDArray[np.int32]:
        """All pairs (concept, proper ancestor), int32 (n_pairs, 2), sorted by both columns."""
        flat = array("i")
        counts = np.zeros(len(self.parents), dtype=np.int64)
        for concept in range(len(self.parents)):
            above = self._walk_up(concept)
            counts[concept] = len(above) - 1
            flat.extend(sorted(above.keys() - {concept}))
        children = np.repeat(np.arange(len(self.parents), dtype=np.int32), counts)
        return np.stack([children, np.frombuffer(flat, dtype=np.int32)], axis=1) if flat else _no_pairs()

    def edges(self) -> npt.NDArray[np.int32]:
        """The pairs (concept, parent), int32 (n_pairs, 2), by concept, its parents as they were given."""
        pairs = [(concept, parent) for concept, above in enumerate(self.parents) for parent in above]
        return np.array(pairs, np.int32) if pairs else _no_pairs()

    def implied_edges(self) -> Iterator[tuple[int, int]]:
        """The edges (child, parent) whose parent is also an ancestor of another parent of the child."""
        for child, above in enumerate(self.parents):
            if len(above) > 1:
                implied = set().union(*(self._walk_up(parent).keys() - {parent} for parent in above))
                yield from ((child, parent) for parent in above if parent in implied)

    def _walk_up(self, concept: int) -> dict[int, int]:
        found = {concept: 0}
        queue = [concept]
        for lower in queue:
            steps = found[lower] + 1
            for upper in self.parents[lower]:
                if upper not in found:
                    found[upper] = steps
                    queue.append(upper)
        return found

    def _depths(self) -> list[int]:
        depths = [-1] * len(self.parents)
        queue = list(self.roots)
        for root in queue:
            depths[root] = 0
        for upper in queue:
            for lower in self.children[upper]:
                if depths[lower] < 0:
                    depths[lower] = depths[upper] + 1
                    queue.append(lower)
        return depths


def _children_of(parents: Sequence[Sequence[int]]) -> list[list[int]]:
    children: list[list[int]] = [[] for _ in parents]
    for concept, above in enumerate(parents):
        for upper in above:
            children[upper].append(concept)
    return children


def _no_pairs() -> npt.NDArray[np.int32]:
    return np.zeros((0, 2), dtype=np.int32)
