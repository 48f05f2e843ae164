"""What an annotated id means where it leads to several concepts: ids of another vocabulary often do.

Any of them is right. So where a mention bears the name of one, that is the one to learn, and the chance that an answer
is right is that of all concepts which annotated ids lead to along with it.
"""

from collections.abc import Sequence

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from hyplink.arrays import Indices
from hyplink.candidates.examples import Example
from hyplink.names.normal_forms import normal_name
from hyplink.ontology import Ontology


def concepts_to_learn(example: Example, ontology: Ontology) -> list[int]:
    """The index of each concept that an example teaches: of several right ones those that bear its words as a name.

    All of them where none does; none for a composite mention.
    """
    if len(example.gold) != 1:
        return []
    (right,) = example.gold
    if len(right) > 1:
        words = normal_name(example.read_as)
        right = tuple(each for each in right if words in _names(each, ontology)) or right
    return [ontology.index_of[each] for each in right]


def gold_groups_of(examples: Sequence[Example], ontology: Ontology) -> Indices:
    """The number of each concept's meaning, int64 (n_concepts,): those that were right together share one."""
    together = {each.gold[0] for each in examples if len(each.gold) == 1 and len(each.gold[0]) > 1}
    pairs = [(ontology.index_of[right[0]], ontology.index_of[each]) for right in sorted(together) for each in right]
    rows, columns = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    graph = sparse.csr_matrix((np.ones(len(pairs)), (rows, columns)), shape=(len(ontology), len(ontology)))
    gold_groups: Indices = connected_components(graph, directed=False)[1].astype(np.int64)
    return gold_groups


def _names(concept_id: str, ontology: Ontology) -> set[tuple[str, ...]]:
    return {normal_name(name) for name in ontology.concepts[concept_id].names()}
