"""The is-a hierarchy by concept index, as placement walks it."""

from collections.abc import Sequence

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

    def parents_without(self, concept: int, ignored: int) -> Sequence[int]:
        """The parents of a concept in an ontology without the ignored one, whose children are those of its parents."""
        parents = self.parents[concept]
        if ignored not in parents:
            return parents
        return list(dict.fromkeys((*(each for each in parents if each != ignored), *self.parents[ignored])))

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
