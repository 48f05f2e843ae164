"""Initial points of the concepts."""

import numpy as np
import pytest

from hyplink.ontology import read_ontology
from hyplink.regressor.start import initial_points, random_points, scale_radii


@pytest.fixture
def ontology(tmp_path):
    """Ten concepts: A is the parent of B and C, B of D to F, C of G to I, and I of J."""
    edges = ["BA", "CA", "DB", "EB", "FB", "GC", "HC", "IC", "JI"]
    (tmp_path / "tree.tsv").write_text("".join(f"X:{child}\tX:{parent}\n" for child, parent in edges))
    return read_ontology(tmp_path / "tree.tsv")


def _radii(points):
    return 2 * np.arctanh(np.linalg.norm(points, axis=1))


EMBEDDING = random_points(10, 3, 2.5, seed=9)


def test_the_embedding_is_returned_unchanged(ontology):
    assert initial_points("embedding", EMBEDDING, ontology, 0) is EMBEDDING


@pytest.mark.parametrize("start", ["construct", "random"])
def test_other_initial_points_have_the_shape_and_at_most_the_radius_of_the_embedding(start, ontology):
    points = initial_points(start, EMBEDDING, ontology, 0)
    assert points.shape == EMBEDDING.shape
    assert points.dtype == np.float64
    assert _radii(points).max() <= _radii(EMBEDDING).max() + 1e-9


def test_the_construction_places_the_root_at_the_origin_and_deeper_concepts_farther_away(ontology):
    radii = _radii(initial_points("construct", EMBEDDING, ontology, 0))
    assert radii[ontology.index_of["X:A"]] == 0
    assert radii[ontology.index_of["X:C"]] < radii[ontology.index_of["X:I"]] < radii[ontology.index_of["X:J"]]


def test_random_points_depend_on_the_seed_and_have_uniform_radii():
    points = random_points(4000, 3, 4.0, seed=1)
    assert (points == random_points(4000, 3, 4.0, seed=1)).all()
    assert (points != random_points(4000, 3, 4.0, seed=2)).any()
    assert _radii(points).mean() == pytest.approx(2.0, abs=0.1)
    assert np.abs(points.mean(0)).max() < 0.03


def test_scaling_radii_keeps_directions():
    scaled = scale_radii(EMBEDDING, 0.35)
    assert np.allclose(_radii(scaled), 0.35 * _radii(EMBEDDING))
    lengths = np.linalg.norm(scaled, axis=1) * np.linalg.norm(EMBEDDING, axis=1)
    assert np.allclose((scaled * EMBEDDING).sum(axis=1), lengths)
