import numpy as np
import pytest

from hyplink.ontology import read_ontology
from hyplink.regressor.start import drawn_inward, random_points, starting_points


@pytest.fixture
def ontology(tmp_path):
    """Ten concepts: A above B and C, B above D to F, C above G to I, I above J."""
    edges = ["BA", "CA", "DB", "EB", "FB", "GC", "HC", "IC", "JI"]
    (tmp_path / "tree.tsv").write_text("".join(f"X:{child}\tX:{parent}\n" for child, parent in edges))
    return read_ontology(tmp_path / "tree.tsv")


def _radii(points):
    return 2 * np.arctanh(np.linalg.norm(points, axis=1))


EMBEDDING = random_points(10, 3, 2.5, seed=9)


def test_the_embedding_starts_as_it_is(ontology):
    assert starting_points("embedding", EMBEDDING, ontology, 0) is EMBEDDING


@pytest.mark.parametrize("start", ["construct", "random"])
def test_other_starts_have_the_shape_of_the_embedding_and_lie_no_farther_out(start, ontology):
    points = starting_points(start, EMBEDDING, ontology, 0)
    assert points.shape == EMBEDDING.shape
    assert points.dtype == np.float64
    assert _radii(points).max() <= _radii(EMBEDDING).max() + 1e-9


def test_the_construction_puts_the_root_at_the_origin_and_the_deepest_leaf_at_the_rim(ontology):
    radii = _radii(starting_points("construct", EMBEDDING, ontology, 0))
    assert radii[ontology.index_of["X:A"]] == 0
    assert radii[ontology.index_of["X:C"]] < radii[ontology.index_of["X:I"]] < radii[ontology.index_of["X:J"]]


def test_random_points_follow_their_seed_and_spread_evenly_over_the_radii():
    points = random_points(4000, 3, 4.0, seed=1)
    assert (points == random_points(4000, 3, 4.0, seed=1)).all()
    assert (points != random_points(4000, 3, 4.0, seed=2)).any()
    assert _radii(points).mean() == pytest.approx(2.0, abs=0.1)
    assert np.abs(points.mean(0)).max() < 0.03


def test_drawing_inward_keeps_directions_and_takes_the_share_of_each_radius():
    drawn = drawn_inward(EMBEDDING, 0.35)
    assert np.allclose(_radii(drawn), 0.35 * _radii(EMBEDDING))
    lengths = np.linalg.norm(drawn, axis=1) * np.linalg.norm(EMBEDDING, axis=1)
    assert np.allclose((drawn * EMBEDDING).sum(axis=1), lengths)
