"""Depths, distances and similarities: by hand for ten concepts, and against networkx for random hierarchies."""

from itertools import product

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyplink.errors import InputError
from hyplink.ontology import Concept, Ontology
from tests.ontology.strategies import graph_of, hierarchies


def common_ancestors(graph: nx.DiGraph, a: str, b: str) -> set[str]:
    return (nx.descendants(graph, a) | {a}) & (nx.descendants(graph, b) | {b})


@pytest.mark.parametrize(("concept", "depth"), [("A:1", 0), ("A:3", 1), ("A:5", 2), ("A:7", 3), ("A:9", 0)])
def test_depth_is_the_number_of_steps_to_a_root(animals, concept, depth):
    assert animals.depth(concept) == depth


@pytest.mark.parametrize(
    ("a", "b", "ancestor", "distance", "similarity"),
    [
        ("A:7", "A:7", "A:7", 0, 1),
        ("A:7", "A:4", "A:4", 1, 6 / 7),  # dog: k = 3, i + j = 1
        ("A:7", "A:5", "A:2", 3, 4 / 7),  # mammal and pet are equally deep; mammal has the smaller id
        ("A:8", "A:5", "A:2", 3, 4 / 7),
        ("A:7", "A:1", "A:1", 3, 2 / 5),
        ("A:7", "A:10", None, 6, 0),  # through the virtual root: 4 up, 2 down
        ("A:1", "A:9", None, 2, 0),
    ],
)
def test_measures_of_two_animals_agree_with_hand_computed_values(animals, a, b, ancestor, distance, similarity):
    assert animals.lowest_common_ancestor(a, b) == animals.lowest_common_ancestor(b, a) == ancestor
    assert animals.tree_distance(a, b) == animals.tree_distance(b, a) == distance
    assert animals.wu_palmer(a, b) == animals.wu_palmer(b, a) == pytest.approx(similarity)


def test_ancestors_and_descendants_agree_with_hand_computed_values(animals):
    assert animals.roots == ("A:1", "A:9")
    assert animals.children("A:2") == ("A:4", "A:5", "A:6")
    assert animals.ancestors("A:7") == {"A:7": 0, "A:4": 1, "A:2": 2, "A:3": 2, "A:1": 3}
    assert animals.descendants("A:3") == {"A:3", "A:4", "A:5", "A:7"}
    assert animals.near_concepts("A:6", 2) == {"A:6": 0, "A:2": 1, "A:8": 1, "A:1": 2, "A:4": 2, "A:5": 2}
    assert animals.near_concepts("A:9", 9) == {"A:9": 0, "A:10": 1}


def test_a_concept_with_a_shortcut_to_the_root_has_similarity_one_with_itself():
    shortcut = Ontology(
        [
            Concept("a", "a"),
            Concept("b", "b", parents=("a",)),
            Concept("c", "c", parents=("b",)),
            Concept("d", "d", parents=("c", "a")),  # depth 1, though its parent c has depth 2
            Concept("e", "e", parents=("d",)),
        ]
    )
    assert shortcut.depth("d") == 1
    assert shortcut.lowest_common_ancestor("d", "d") == shortcut.lowest_common_ancestor("d", "e") == "d"
    assert shortcut.wu_palmer("d", "d") == 1


def test_an_unknown_id_is_a_key_error(animals):
    with pytest.raises(KeyError):
        animals.tree_distance("A:1", "A:11")


@given(hierarchies())
def test_closure_is_the_transitive_closure_of_networkx(ontology):
    closure = nx.transitive_closure(graph_of(ontology))
    index = ontology.index_of
    assert [tuple(row) for row in ontology.closure()] == sorted((index[a], index[b]) for a, b in closure.edges)


@given(hierarchies())
def test_ancestors_and_descendants_agree_with_networkx(ontology):
    graph = graph_of(ontology)
    for concept in ontology.concept_ids:
        steps = nx.single_source_shortest_path_length(graph, concept)
        assert ontology.ancestors(concept) == steps
        assert ontology.descendants(concept) == nx.ancestors(graph, concept) | {concept}
        assert ontology.depth(concept) == min(steps[root] for root in ontology.roots if root in steps)
        assert set(ontology.children(concept)) == set(graph.predecessors(concept))


@given(hierarchies())
def test_tree_distance_is_the_shortest_path_through_a_common_ancestor_or_the_virtual_root(ontology):
    graph = graph_of(ontology)
    graph.add_edges_from((root, "virtual root") for root in ontology.roots)
    steps = {concept: nx.single_source_shortest_path_length(graph, concept) for concept in graph}
    for a, b in product(ontology.concept_ids, repeat=2):
        shortest = min(steps[a][common] + steps[b][common] for common in common_ancestors(graph, a, b))
        assert ontology.tree_distance(a, b) == shortest


@given(hierarchies(), st.integers(0, 5))
def test_near_concepts_are_those_within_the_distance_through_a_real_ancestor(ontology, most):
    steps = {concept: ontology.ancestors(concept) for concept in ontology.concept_ids}
    for a in ontology.concept_ids:
        expected = {}
        for b in ontology.concept_ids:
            lengths = [steps[a][common] + steps[b][common] for common in steps[a].keys() & steps[b].keys()]
            if lengths and min(lengths) <= most:
                expected[b] = min(lengths)
        assert ontology.near_concepts(a, most) == expected


@given(hierarchies())
def test_the_lowest_common_ancestor_is_the_deepest_without_a_common_ancestor_below(ontology):
    graph = graph_of(ontology)
    for a, b in product(ontology.concept_ids, repeat=2):
        common = common_ancestors(graph, a, b)
        lowest = [c for c in common if not nx.ancestors(graph, c) & common]
        expected = min(lowest, key=lambda c: (-ontology.depth(c), c), default=None)
        assert ontology.lowest_common_ancestor(a, b) == expected


@given(hierarchies())
def test_wu_palmer_is_symmetric_bounded_and_one_only_for_equal_concepts(ontology):
    for a, b in product(ontology.concept_ids, repeat=2):
        similarity = ontology.wu_palmer(a, b)
        assert similarity == ontology.wu_palmer(b, a)
        assert 0 <= similarity <= 1
        assert (similarity == 1) == (a == b)


def test_a_closure_of_too_many_pairs_is_an_error_that_names_the_setting(animals, monkeypatch):
    monkeypatch.setattr("hyplink.ontology.graph.MOST_PAIRS", 3)
    with pytest.raises(InputError, match=r"more than 3 pairs .* set research\.embedding_pairs to parents"):
        animals.closure()
