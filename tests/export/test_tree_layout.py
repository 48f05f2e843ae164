import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyplink.export.tree_layout import MAX_RADIUS, spanning_parents, translated, tree_layout
from hyplink.ontology import Concept, Ontology


def ontology_of(parents):
    """Concepts X:0, X:1, …; parents[i] is the index of the parent, None for a root."""
    return Ontology(
        [
            Concept(f"X:{i}", f"concept {i}", parents=() if parent is None else (f"X:{parent}",))
            for i, parent in enumerate(parents)
        ],
        source="test",
    )


def radii(positions):
    return 2 * np.arctanh(np.abs(positions))


@st.composite
def forests(draw):
    size = draw(st.integers(1, 60))
    return [None, *(draw(st.one_of(st.none(), st.integers(0, i))) for i in range(size - 1))]


@given(forests())
def test_positions_are_distinct_and_inside_the_disk(parents):
    positions = tree_layout(ontology_of(parents))
    assert (np.abs(positions) < 1).all()
    distances = np.abs(positions[:, None] - positions[None, :]) + np.eye(len(positions))
    assert distances.min() > 0


@given(forests())
def test_edges_do_not_cross(parents):
    """In the Klein model geodesics are straight lines, so two edges cross if four orientations say so."""
    positions = tree_layout(ontology_of(parents))
    klein = 2 * positions / (1 + np.abs(positions) ** 2)
    edges = [(klein[child], klein[parent]) for child, parent in enumerate(parents) if parent is not None]

    def orientation(a, b, c):
        return ((b - a).conjugate() * (c - a)).imag

    for i, (a, b) in enumerate(edges):
        for c, d in edges[:i]:
            if len({a, b, c, d}) == 4:
                crosses = (
                    orientation(a, b, c) * orientation(a, b, d) < 0 and orientation(c, d, a) * orientation(c, d, b) < 0
                )
                assert not crosses


def test_a_chain_of_three_hundred_concepts_stays_within_float64_precision():
    positions = tree_layout(ontology_of([None, *range(299)]))
    assert radii(positions).max() <= MAX_RADIUS
    assert len(np.unique(positions)) == 300


def test_the_concept_where_the_tree_branches_is_at_the_centre():
    positions = tree_layout(ontology_of([None, 0, 1, 2, 2, 2]))
    assert np.argmin(np.abs(positions)) == 2
    assert positions[2] == pytest.approx(0)


def test_several_roots_are_spread_around_the_centre_at_equal_distance():
    positions = tree_layout(ontology_of([None, None, None]))
    assert np.ptp(np.abs(positions)) < 1e-12
    assert abs(positions.sum()) < 1e-12


def test_the_spanning_parent_is_the_deepest_parent():
    ontology = Ontology(
        [
            Concept("X:0", "root"),
            Concept("X:1", "one", parents=("X:0",)),
            Concept("X:2", "two", parents=("X:0", "X:1")),
        ],
        source="test",
    )
    assert spanning_parents(ontology)["X:2"] == "X:1"


@given(st.complex_numbers(max_magnitude=0.95), st.complex_numbers(max_magnitude=0.95))
def test_a_translation_moves_the_origin_and_is_inverted_by_its_opposite(to, point):
    assert translated(np.array([0j]), to)[0] == pytest.approx(to)
    assert translated(translated(np.array([point]), to), -to)[0] == pytest.approx(point, abs=1e-9)
