"""A hierarchy of concepts as arrays: ancestors, direct parents, children and depths."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hyplink.poincare.compiled import compiled

Integers = NDArray[np.int32]


@dataclass(frozen=True)
class ConceptLists:
    """One list of concept indices per concept, stored in two arrays (compressed sparse rows).

    Attributes:
        starts: int64 (n_concepts + 1,); the list of concept i is `items[starts[i]:starts[i + 1]]`.
        items: int32, ascending within each list.
    """

    starts: NDArray[np.int64]
    items: Integers

    def __getitem__(self, concept: int) -> Integers:
        return self.items[self.starts[concept] : self.starts[concept + 1]]

    @property
    def counts(self) -> NDArray[np.int64]:
        """The length of each list, int64 (n_concepts,)."""
        return np.diff(self.starts)

    @classmethod
    def from_pairs(cls, owners: Integers, items: Integers, n_concepts: int) -> "ConceptLists":
        """The lists of the (owner, item) pairs, int32 (n_pairs,) each; duplicate pairs count once."""
        keys = np.unique(owners.astype(np.int64) * n_concepts + items)
        starts = np.zeros(n_concepts + 1, np.int64)
        np.cumsum(np.bincount(keys // n_concepts, minlength=n_concepts), out=starts[1:])
        return cls(starts, (keys % n_concepts).astype(np.int32))

    def union(self, other: "ConceptLists") -> "ConceptLists":
        """For each concept, the union of its two lists."""
        n_concepts = len(self.starts) - 1
        owners = [np.repeat(np.arange(n_concepts, dtype=np.int32), lists.counts) for lists in (self, other)]
        return ConceptLists.from_pairs(np.concatenate(owners), np.concatenate((self.items, other.items)), n_concepts)


class Hierarchy:
    """The ancestors, parents and children of each concept.

    Args:
        relations: (child, ancestor) pairs of concept indices, int32 (n_pairs, 2); pairs of a concept with itself are
            ignored.
        n_concepts: the number of concepts, including those without relations.

    Attributes:
        n_concepts: as above.
        ancestors: the ancestors of each concept, as given by the relations.
    """

    def __init__(self, relations: Integers, n_concepts: int) -> None:
        self.n_concepts = n_concepts
        proper = relations[relations[:, 0] != relations[:, 1]]
        self.ancestors = ConceptLists.from_pairs(proper[:, 0], proper[:, 1], n_concepts)

    @cached_property
    def parents(self) -> ConceptLists:
        """The parents of each concept: its ancestors that are not ancestors of another of its ancestors."""
        direct = np.zeros(len(self.ancestors.items), np.bool_)
        _mark_direct(self.ancestors.starts, self.ancestors.items, direct)
        owners = np.repeat(np.arange(self.n_concepts, dtype=np.int32), self.ancestors.counts)
        return ConceptLists.from_pairs(owners[direct], self.ancestors.items[direct], self.n_concepts)

    @cached_property
    def children(self) -> ConceptLists:
        """The children of each concept: the concepts of which it is a parent."""
        owners = np.repeat(np.arange(self.n_concepts, dtype=np.int32), self.parents.counts)
        return ConceptLists.from_pairs(self.parents.items, owners, self.n_concepts)

    @cached_property
    def depths(self) -> Integers:
        """Length of the shortest path to a root, int32 (n_concepts,)."""
        depths = np.full(self.n_concepts, -1, np.int32)
        roots = np.flatnonzero(self.parents.counts == 0).astype(np.int32)
        fill_depths(roots, self.children.starts, self.children.items, depths)
        return np.maximum(depths, 0)


@compiled
def _mark_direct(starts: NDArray[np.int64], ancestors: Integers, direct: NDArray[np.bool_]) -> None:
    """Sets `direct` for the ancestors that are parents."""
    implied_for = np.full(starts.size - 1, -1, np.int32)
    for concept in range(starts.size - 1):
        for i in range(starts[concept], starts[concept + 1]):
            ancestor = ancestors[i]
            for j in range(starts[ancestor], starts[ancestor + 1]):
                implied_for[ancestors[j]] = concept
        for i in range(starts[concept], starts[concept + 1]):
            direct[i] = implied_for[ancestors[i]] != concept


@compiled
def fill_depths(roots: Integers, starts: NDArray[np.int64], children: Integers, depths: Integers) -> None:
    """Fills the depths of all concepts below the roots by breadth-first search; unvisited concepts have depth −1."""
    queue = np.empty(depths.size, np.int32)
    queue[: roots.size] = roots
    depths[roots] = 0
    end = roots.size
    head = 0
    while head < end:
        concept = queue[head]
        head += 1
        for i in range(starts[concept], starts[concept + 1]):
            child = children[i]
            if depths[child] < 0:
                depths[child] = depths[concept] + 1
                queue[end] = child
                end += 1
