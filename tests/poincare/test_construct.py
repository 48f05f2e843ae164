"""The combinatorial construction: directions are spread evenly, radii are bounded, ancestors are near."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyplink.poincare.construct import constructed_points, spanning_parents, spread_directions
from hyplink.poincare.evaluation import evaluate_points
from hyplink.poincare.hierarchy import Hierarchy
from tests.poincare.conftest import trees


@given(st.integers(1, 200), st.integers(2, 30))
def test_directions_are_distinct_unit_vectors(n, dim):
    directions = spread_directions(n, dim)
    assert directions.shape == (n, dim)
    np.testing.assert_allclose(np.linalg.norm(directions, axis=1), 1)
    cosines = directions @ directions.T - 2 * np.eye(n)
    assert cosines.max() < 1 - 1e-6


@pytest.mark.parametrize(("n", "dim"), [(2, 2), (4, 3), (6, 8)])
def test_at_most_dim_plus_one_directions_are_the_corners_of_a_simplex(n, dim):
    directions = spread_directions(n, dim)
    cosines = (directions @ directions.T)[~np.eye(n, dtype=bool)]
    np.testing.assert_allclose(cosines, -1 / (n - 1))


@pytest.mark.parametrize("dim", [2, 3, 5, 10])
def test_many_directions_have_a_larger_minimum_angle_than_random_ones(dim):
    def minimum_angle(directions):
        cosines = directions @ directions.T - 2 * np.eye(len(directions))
        return np.arccos(cosines.max(1).clip(-1, 1)).min()

    random = np.random.default_rng(0).standard_normal((100, dim))
    random /= np.linalg.norm(random, axis=1, keepdims=True)
    assert minimum_angle(spread_directions(100, dim)) > minimum_angle(random)


@given(trees(), st.integers(2, 6), st.floats(0.5, 12))
def test_points_are_finite_and_within_the_maximum_radius(tree, dim, max_radius):
    relations, n = tree
    points = constructed_points(Hierarchy(relations, n), dim, max_radius)
    assert points.shape == (n, dim)
    assert np.isfinite(points).all()
    assert (2 * np.arctanh(np.linalg.norm(points, axis=1)) <= max_radius * (1 + 1e-6)).all()


@given(trees(sizes=(2, 40)))
def test_the_points_of_a_tree_are_distinct(tree):
    relations, n = tree
    points = constructed_points(Hierarchy(relations, n), 3, 6.0)
    assert len(np.unique(points.round(12), axis=0)) == n


def test_the_spanning_parent_is_the_parent_with_the_most_ancestors(zoo):
    assert spanning_parents(zoo).tolist() == [-1, 0, 0, 1, 1, 1, 2, 2, 3, -1]


def test_ancestors_are_nearer_than_others_in_a_small_hierarchy(zoo):
    figures = evaluate_points(constructed_points(zoo, 5, 12.0), zoo)
    assert figures.reconstruction.mean_average_precision > 0.75


def test_concepts_without_relations_have_distinct_points_at_the_maximum_radius():
    points = constructed_points(Hierarchy(np.empty((0, 2), np.int32), 4), 3, 3.0)
    np.testing.assert_allclose(2 * np.arctanh(np.linalg.norm(points, axis=1)), 3.0)
    assert len(np.unique(points.round(6), axis=0)) == 4
