import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyplink.export.tree_layout import GREATEST_RADIUS, spanning_parents, translated, tree_layout
from hyplink.ontology import Concept, Ontology


def ontology_of(parents):
    """Concepts X:0, X:1, …; parents[i] is the number of the parent, None for a root."""
    return Ontology(
        [
            Concept(f"X:{i}", f"concept {i}", parents=() if parent is None else (f"X:{parent}",))
            for i, parent in enumerate(parents)
        ],
        source="test",
    )


def radii(places):
    return 2 * np.arctanh(np.abs(places))


@st.composite
def forests(draw):
    size = draw(st.integers(1, 60))
    return [None, *(draw(st.one_of(st.none(), st.integers(0, i))) for i in range(size - 1))]


@given(forests())
def test_every_concept_has_a_place_of_its_own_inside_the_disk(parents):
    places = tree_layout(ontology_of(parents))
    assert (np.abs(places) < 1).all()
    apart = np.abs(places[:, None] - places[None, :]) + np.eye(len(places))
    assert apart.min() > 0


@given(forests())
def test_edges_do_not_cross(parents):
    """In the Klein model geodesics are straight, so that crossing is a matter of four turns."""
    places = tree_layout(ontology_of(parents))
    klein = 2 * places / (1 + np.abs(places) ** 2)
    edges = [(klein[child], klein[parent]) for child, parent in enumerate(parents) if parent is not None]

    def turn(a, b, c):
        return ((b - a).conjugate() * (c - a)).imag

    for i, (a, b) in enumerate(edges):
        for c, d in edges[:i]:
            if len({a, b, c, d}) == 4:
                crosses = turn(a, b, c) * turn(a, b, d) < 0 and turn(c, d, a) * turn(c, d, b) < 0
                assert not crosses


def test_a_chain_of_three_hundred_stays_within_reach_of_doubles():
    places = tree_layout(ontology_of([None, *range(299)]))
    # the centre is not the end of the chain, from which the radius was bounded
    assert radii(places).max() <= 2 * GREATEST_RADIUS
    assert len(np.unique(places)) == 300


def test_the_concept_where_the_tree_parts_is_at_the_centre():
    places = tree_layout(ontology_of([None, 0, 1, 2, 2, 2]))
    assert np.argmin(np.abs(places)) == 2
    assert places[2] == pytest.approx(0)


def test_several_roots_stand_around_the_centre_at_one_distance():
    places = tree_layout(ontology_of([None, None, None]))
    assert np.ptp(np.abs(places)) < 1e-12
    assert abs(places.sum()) < 1e-12


def test_a_concept_is_drawn_below_its_deepest_parent():
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
def test_a_translation_takes_the_origin_there_and_its_opposite_back(to, place):
    assert translated(np.array([0j]), to)[0] == pytest.approx(to)
    assert translated(translated(np.array([place]), to), -to)[0] == pytest.approx(place, abs=1e-9)
