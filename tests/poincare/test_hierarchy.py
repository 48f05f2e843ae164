"""Direct parents, children and depths from a closure."""

import numpy as np
from hypothesis import given

from hyplink.poincare.hierarchy import Hierarchy
from tests.poincare.conftest import ZOO_EDGES, trees


def test_direct_parents_are_the_edges_of_the_zoo(zoo):
    found = [(child, parent) for child in range(10) for parent in zoo.parents[child].tolist()]
    assert found == sorted(ZOO_EDGES)


def test_depth_is_the_shortest_way_up(zoo):
    assert zoo.depths.tolist() == [0, 1, 1, 1, 2, 2, 2, 2, 2, 0]  # the cat is one step below pet


def test_children_are_listed_under_their_parent(zoo):
    assert zoo.children[1].tolist() == [3, 4, 5]
    assert zoo.children[8].tolist() == []


def test_repeated_pairs_and_a_concept_above_itself_count_for_nothing():
    hierarchy = Hierarchy(np.array([(1, 0), (1, 0), (1, 1)], np.int32), 3)
    assert hierarchy.ancestors.items.tolist() == [0]
    assert hierarchy.depths.tolist() == [0, 1, 0]


@given(trees())
def test_a_tree_has_one_parent_for_each_concept_but_the_root(tree):
    relations, n = tree
    hierarchy = Hierarchy(relations, n)
    assert hierarchy.parents.counts.tolist() == [0] + [1] * (n - 1)
    assert hierarchy.depths.tolist() == hierarchy.ancestors.counts.tolist()
