"""Gold-equivalence groups: the concepts that one annotated id resolves to, often several for a foreign id.

Any concept of the group is right. A mention that is a name of one of them is a training example of that concept only.
The probability that an answer is right is the sum over its group.
"""

from collections.abc import Sequence

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from hyplink.arrays import Indices
from hyplink.candidates.examples import Example
from hyplink.names.normal_forms import normal_name
from hyplink.ontology import Ontology


def target_concepts(example: Example, ontology: Ontology) -> list[int]:
    """The indices of the concepts for which an example is a positive training example.

    If several concepts are right, only those that have the words of the example as a name count or, if there are none,
    all of them. A composite mention is an example of no concept.
    """
    if len(example.gold) != 1:
        return []
    (right,) = example.gold
    if len(right) > 1:
        words = normal_name(example.read_as)
        right = tuple(each for each in right if words in _names(each, ontology)) or right
    return [ontology.index_of[each] for each in right]


def gold_groups_of(examples: Sequence[Example], ontology: Ontology) -> Indices:
    """The gold-equivalence group of each concept, int64 (n_concepts,): all gold concepts of a mention share one."""
    together = {each.gold[0] for each in examples if len(each.gold) == 1 and len(each.gold[0]) > 1}
    pairs = [(ontology.index_of[right[0]], ontology.index_of[each]) for right in sorted(together) for each in right]
    rows, columns = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    graph = sparse.csr_matrix((np.ones(len(pairs)), (rows, columns)), shape=(len(ontology), len(ontology)))
    gold_groups: Indices = connected_components(graph, directed=False)[1].astype(np.int64)
    return gold_groups


def _names(concept_id: str, ontology: Ontology) -> set[tuple[str, ...]]:
    return {normal_name(name) for name in ontology.concepts[concept_id].names()}
