"""The is-a hierarchy by concept index, as placement walks it."""

import numpy as np

from hyplink.arrays import Indices
from hyplink.ontology import Ontology


class Hierarchy:
    """Parents, children and ancestors of concepts.

    Attributes:
        parents: the indices of the parents of each concept.
        children: the indices of its children.
        depths: its depth, int64 (n_concepts,).
    """

    def __init__(self, ontology: Ontology) -> None:
        self.parents, self.children = ontology.graph.parents, ontology.graph.children
        self.depths: Indices = np.array(ontology.graph.depths, dtype=np.int64)
        self._ancestors: dict[int, frozenset[int]] = {}

    def parents_of(self, concepts: Indices) -> tuple[Indices, Indices]:
        """The parents of several concepts.

        Args:
            concepts: (n,).

        Returns:
            the row of the concept in `concepts` that each parent is one of, int64 (m,), and the parents, int64 (m,).
        """
        counts = self.parents.starts[concepts + 1] - self.parents.starts[concepts]
        return np.repeat(np.arange(len(concepts)), counts), self.parents.items_of(concepts)

    def parents_without(self, concepts: Indices, ignored: Indices) -> tuple[Indices, Indices]:
        """As `parents_of`, for each concept in an ontology without an ignored one, whose children its parents have.

        Args:
            concepts: (n,).
            ignored: the concept that is ignored for each, (n,); -1 for none.
        """
        rows, parents = self.parents_of(concepts)
        dropped = parents == ignored[rows]
        if not dropped.any():
            return rows, parents
        of_dropped, above = self.parents_of(parents[dropped])
        pairs = np.concatenate([rows[~dropped], rows[dropped][of_dropped]]), np.concatenate([parents[~dropped], above])
        rows, parents = np.unique(pairs, axis=1)
        return rows, parents

    def ancestors(self, concept: int) -> frozenset[int]:
        """The concept and its ancestors."""
        if concept not in self._ancestors:
            found, pending = {concept}, [concept]
            while pending:
                for parent in self.parents[pending.pop()]:
                    if parent not in found:
                        found.add(parent)
                        pending.append(parent)
            self._ancestors[concept] = frozenset(found)
        return self._ancestors[concept]
