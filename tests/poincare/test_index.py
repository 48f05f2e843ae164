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


def index_of(sample):
    return ConceptIndex(sample, [f"C:{i}" for i in range(len(sample))])


def sorted_distances(query, sample, k):
    distances = geometry.dist(torch.from_numpy(query), torch.from_numpy(sample)).numpy()
    order = np.lexsort((np.arange(len(sample)), distances))[:k]
    return order, distances[order]


def assert_sorted(sample, queries, k, among=None):
    indices, distances = index_of(sample).nearest(queries, k, among)
    candidates = np.arange(len(sample)) if among is None else np.unique(among)
    for query, row, row_distances in zip(queries, indices, distances, strict=True):
        order, expected = sorted_distances(query, sample[candidates], k)
        assert row.tolist() == candidates[order].tolist()
        assert row_distances.tolist() == expected.tolist()


@given(points(max_radius=12), st.integers(1, 50))
def test_ranking_is_identical_to_sorting_all_distances(sample, k):
    assert_sorted(sample, sample[::-1][:7].copy(), k)


@given(points(max_radius=12), st.integers(1, 5), st.data())
def test_a_restricted_search_ranks_only_the_candidates(sample, k, data):
    among = np.array(data.draw(st.lists(st.integers(0, len(sample) - 1), min_size=1)))
    assert_sorted(sample, sample[:3], k, among)


@pytest.mark.parametrize("radius", [3, 12, 25])
def test_ranking_thousands_of_concepts_is_identical_to_sorting(radius):
    generator = np.random.default_rng(radius)
    sample = generator.standard_normal((5000, 7))
    sample *= np.tanh(generator.uniform(0.9, 1, 5000) * radius / 2)[:, None] / np.linalg.norm(sample, axis=1)[:, None]
    sample[2500] = sample[17]
    assert_sorted(sample, np.concatenate((sample[:80], sample[:80] * (1 - 1e-9))), 10)


def test_coincident_points_that_overflow_the_shortlist_are_ranked_by_index():
    sample = np.repeat([[0.3, 0.4], [0.5, 0.0]], 2000, axis=0)
    indices, distances = index_of(sample).nearest(np.array([[0.5, 0.0]]), 3)
    assert indices.tolist() == [[2000, 2001, 2002]]
    assert distances.tolist() == [[0.0, 0.0, 0.0]]


def test_no_queries_and_no_candidates_give_empty_results():
    index = index_of(np.array([[0.1, 0.2]]))
    assert index.nearest(np.empty((0, 2)), 3)[0].shape == (0, 1)
    assert index.nearest(np.array([[0.0, 0.0]]), 3, np.empty(0, np.int64))[0].shape == (1, 0)


def test_distances_agree_with_gensim():
    sample = np.random.default_rng(0).uniform(-0.5, 0.5, (50, 3))
    indices, distances = index_of(sample).nearest(sample[:1], 50)
    gensims = PoincareKeyedVectors.vector_distance_batch(sample[0], sample[indices[0]])
    np.testing.assert_allclose(distances[0], gensims, atol=1e-7)


@pytest.mark.parametrize("outside", [1.0, 1.5])
def test_a_point_outside_the_ball_is_an_error_that_names_the_concept(outside):
    with pytest.raises(ValueError, match="C:1 is not inside"):
        index_of(np.array([[0.0, 0.0], [outside, 0.0]]))
