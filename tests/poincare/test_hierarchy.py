"""Parents, children and depths are derived from the transitive closure."""

import numpy as np
from hypothesis import given

from hyplink.poincare.hierarchy import Hierarchy
from tests.poincare.conftest import ZOO_EDGES, trees


def test_parents_are_the_edges_before_the_transitive_closure(zoo):
    edges = [(child, parent) for child in range(10) for parent in zoo.parents[child].tolist()]
    assert edges == sorted(ZOO_EDGES)


def test_depth_is_the_length_of_the_shortest_path_to_a_root(zoo):
    assert zoo.depths.tolist() == [0, 1, 1, 1, 2, 2, 2, 2, 2, 0]  # cat is one step below pet


def test_children_are_the_inverse_of_parents(zoo):
    assert zoo.children[1].tolist() == [3, 4, 5]
    assert zoo.children[8].tolist() == []


def test_duplicate_pairs_and_pairs_of_a_concept_with_itself_are_ignored():
    hierarchy = Hierarchy(np.array([(1, 0), (1, 0), (1, 1)], np.int32), 3)
    assert hierarchy.ancestors.items.tolist() == [0]
    assert hierarchy.depths.tolist() == [0, 1, 0]


@given(trees())
def test_in_a_tree_every_concept_except_the_root_has_one_parent(tree):
    relations, n = tree
    hierarchy = Hierarchy(relations, n)
    assert hierarchy.parents.counts.tolist() == [0] + [1] * (n - 1)
    assert hierarchy.depths.tolist() == hierarchy.ancestors.counts.tolist()
