"""The index returns what sorting all float64 distances returns."""

import numpy as np
import pytest
import torch
from gensim.models.poincare import PoincareKeyedVectors
from hypothesis import given
from hypothesis import strategies as st

from hyplink.poincare import geometry
from hyplink.poincare.index import ConceptIndex
from tests.poincare.conftest import points


def index_of(found):
    return ConceptIndex(found, [f"C:{i}" for i in range(len(found))])


def sorted_distances(query, found, k):
    distances = geometry.dist(torch.from_numpy(query), torch.from_numpy(found)).numpy()
    order = np.lexsort((np.arange(len(found)), distances))[:k]
    return order, distances[order]


def assert_sorted(found, queries, k, among=None):
    indices, distances = index_of(found).nearest(queries, k, among)
    candidates = np.arange(len(found)) if among is None else np.unique(among)
    for query, row, row_distances in zip(queries, indices, distances, strict=True):
        order, expected = sorted_distances(query, found[candidates], k)
        assert row.tolist() == candidates[order].tolist()
        assert row_distances.tolist() == expected.tolist()


@given(points(max_radius=12), st.integers(1, 50))
def test_ranking_is_identical_to_sorting_all_distances(found, k):
    assert_sorted(found, found[::-1][:7].copy(), k)


@given(points(max_radius=12), st.integers(1, 5), st.data())
def test_a_restricted_search_ranks_only_the_candidates(found, k, data):
    among = np.array(data.draw(st.lists(st.integers(0, len(found) - 1), min_size=1)))
    assert_sorted(found, found[:3], k, among)


@pytest.mark.parametrize("radius", [3, 12, 25])
def test_ranking_thousands_of_concepts_is_identical_to_sorting(radius):
    generator = np.random.default_rng(radius)
    found = generator.standard_normal((5000, 7))
    found *= np.tanh(generator.uniform(0.9, 1, 5000) * radius / 2)[:, None] / np.linalg.norm(found, axis=1)[:, None]
    found[2500] = found[17]
    assert_sorted(found, np.concatenate((found[:80], found[:80] * (1 - 1e-9))), 10)


def test_coincident_points_that_overflow_the_shortlist_are_ranked_by_index():
    found = np.repeat([[0.3, 0.4], [0.5, 0.0]], 2000, axis=0)
    indices, distances = index_of(found).nearest(np.array([[0.5, 0.0]]), 3)
    assert indices.tolist() == [[2000, 2001, 2002]]
    assert distances.tolist() == [[0.0, 0.0, 0.0]]


def test_no_queries_and_no_candidates_give_empty_results():
    index = index_of(np.array([[0.1, 0.2]]))
    assert index.nearest(np.empty((0, 2)), 3)[0].shape == (0, 1)
    assert index.nearest(np.array([[0.0, 0.0]]), 3, np.empty(0, np.int64))[0].shape == (1, 0)


def test_distances_agree_with_gensim():
    found = np.random.default_rng(0).uniform(-0.5, 0.5, (50, 3))
    indices, distances = index_of(found).nearest(found[:1], 50)
    gensims = PoincareKeyedVectors.vector_distance_batch(found[0], found[indices[0]])
    np.testing.assert_allclose(distances[0], gensims, atol=1e-7)


@pytest.mark.parametrize("outside", [1.0, 1.5])
def test_a_point_outside_the_ball_is_an_error_that_names_the_concept(outside):
    with pytest.raises(ValueError, match="C:1 is not inside"):
        index_of(np.array([[0.0, 0.0], [outside, 0.0]]))
