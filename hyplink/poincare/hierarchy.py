"""The relations that an embedding is trained on, as arrays: ancestors, direct parents, children and depths."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hyplink.poincare.compiled import compiled

Integers = NDArray[np.int32]


@dataclass(frozen=True)
class Lists:
    """A list of concept indices for every concept, in two arrays.

    Attributes:
        starts: int64 (n_concepts + 1,): the list of concept i is `items[starts[i]:starts[i + 1]]`.
        items: int32, ascending within a list.
    """

    starts: NDArray[np.int64]
    items: Integers

    def __getitem__(self, concept: int) -> Integers:
        return self.items[self.starts[concept] : self.starts[concept + 1]]

    @property
    def counts(self) -> NDArray[np.int64]:
        """The length of every list."""
        return np.diff(self.starts)

    @classmethod
    def of(cls, owners: Integers, items: Integers, n_concepts: int) -> "Lists":
        """The lists that hold each item under its owner, every item once."""
        keys = np.unique(owners.astype(np.int64) * n_concepts + items)
        starts = np.zeros(n_concepts + 1, np.int64)
        np.cumsum(np.bincount(keys // n_concepts, minlength=n_concepts), out=starts[1:])
        return cls(starts, (keys % n_concepts).astype(np.int32))

    def united(self, other: "Lists") -> "Lists":
        """The lists that hold what either has, every item once."""
        n_concepts = len(self.starts) - 1
        owners = [np.repeat(np.arange(n_concepts, dtype=np.int32), lists.counts) for lists in (self, other)]
        return Lists.of(np.concatenate(owners), np.concatenate((self.items, other.items)), n_concepts)


class Hierarchy:
    """Which concepts lie above and below each other.

    Attributes:
        n_concepts: how many concepts there are, with relations or without.
        ancestors: of each concept, as the relations give them; a concept is never its own.
    """

    def __init__(self, relations: Integers, n_concepts: int) -> None:
        self.n_concepts = n_concepts
        proper = relations[relations[:, 0] != relations[:, 1]]
        self.ancestors = Lists.of(proper[:, 0], proper[:, 1], n_concepts)

    @cached_property
    def parents(self) -> Lists:
        """The direct ancestors: those that are no ancestor of another ancestor."""
        direct = np.zeros(len(self.ancestors.items), np.bool_)
        _mark_direct(self.ancestors.starts, self.ancestors.items, direct)
        owners = np.repeat(np.arange(self.n_concepts, dtype=np.int32), self.ancestors.counts)
        return Lists.of(owners[direct], self.ancestors.items[direct], self.n_concepts)

    @cached_property
    def children(self) -> Lists:
        """The concepts whose direct parent each concept is."""
        owners = np.repeat(np.arange(self.n_concepts, dtype=np.int32), self.parents.counts)
        return Lists.of(self.parents.items, owners, self.n_concepts)

    @cached_property
    def depths(self) -> Integers:
        """Fewest direct steps up to a concept without parents, int32 (n_concepts,)."""
        depths = np.full(self.n_concepts, -1, np.int32)
        roots = np.flatnonzero(self.parents.counts == 0).astype(np.int32)
        walk_down(roots, self.children.starts, self.children.items, depths)
        return np.maximum(depths, 0)


@compiled
def _mark_direct(starts: NDArray[np.int64], ancestors: Integers, direct: NDArray[np.bool_]) -> None:
    implied_for = np.full(starts.size - 1, -1, np.int32)
    for concept in range(starts.size - 1):
        for i in range(starts[concept], starts[concept + 1]):
            above = ancestors[i]
            for j in range(starts[above], starts[above + 1]):
                implied_for[ancestors[j]] = concept
        for i in range(starts[concept], starts[concept + 1]):
            direct[i] = implied_for[ancestors[i]] != concept


@compiled
def walk_down(roots: Integers, starts: NDArray[np.int64], children: Integers, depths: Integers) -> None:
    """Fills the steps down from the roots where they lead, breadth first; `depths` starts at −1."""
    queue = np.empty(depths.size, np.int32)
    queue[: roots.size] = roots
    depths[roots] = 0
    end = roots.size
    place = 0
    while place < end:
        concept = queue[place]
        place += 1
        for i in range(starts[concept], starts[concept + 1]):
            child = children[i]
            if depths[child] < 0:
                depths[child] = depths[concept] + 1
                queue[end] = child
                end += 1
