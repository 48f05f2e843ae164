"""Evaluation metrics agree with a computation from all distances that leaves the query out."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hyplink.poincare.evaluation import evaluate_points
from hyplink.poincare.geometry import dist
from hyplink.poincare.hierarchy import ConceptLists, Hierarchy
from tests.poincare.conftest import trees


def metrics_from_all_distances(points, positives, known):
    """MAP and mean rank; `positives` and `known` are a list of ancestors for each concept."""
    precisions, ranks = [], []
    for concept, ancestors in enumerate(positives):
        if not ancestors:
            continue
        distances = dist(torch.from_numpy(points[concept]), torch.from_numpy(points)).numpy()
        wrong = np.delete(distances, [concept, *known[concept]])
        before = [(wrong < d).sum() + (wrong == d).sum() / 2 for d in sorted(distances[ancestors])]
        precisions.append(np.mean([(i + 1) / (i + 1 + b) for i, b in enumerate(before)]))
        ranks += [1 + b for b in before]
    return np.mean(precisions), np.mean(ranks)


@given(trees(sizes=(2, 60)), st.integers(0, 2**32 - 1), st.integers(1, 3))
def test_metrics_agree_with_a_computation_from_all_distances(tree, seed, threads):
    relations, n = tree
    points = np.random.default_rng(seed).uniform(-0.5, 0.5, (n, 3))
    hierarchy = Hierarchy(relations, n)
    lists = [hierarchy.ancestors[i].tolist() for i in range(n)]
    figures = evaluate_points(points, hierarchy, threads=threads).reconstruction
    assert (figures.mean_average_precision, figures.mean_rank) == pytest.approx(
        metrics_from_all_distances(points, lists, lists)
    )


def test_held_out_ancestors_are_evaluated_separately_and_are_never_negatives(zoo):
    pairs = np.array([(child, ancestor) for child in range(10) for ancestor in zoo.ancestors[child]], np.int32)
    held = (pairs == (8, 0)).all(1)
    trained = Hierarchy(pairs[~held], 10)
    points = np.random.default_rng(1).uniform(-0.5, 0.5, (10, 3))
    figures = evaluate_points(points, trained, ConceptLists.from_pairs(pairs[held, 0], pairs[held, 1], 10))
    known = [zoo.ancestors[i].tolist() for i in range(10)]
    trained_ancestors = [trained.ancestors[i].tolist() for i in range(10)]
    held_out_ancestors = [[0] if i == 8 else [] for i in range(10)]
    reconstruction, prediction = figures.reconstruction, figures.prediction
    assert (reconstruction.mean_average_precision, reconstruction.mean_rank) == pytest.approx(
        metrics_from_all_distances(points, trained_ancestors, known)
    )
    assert (prediction.mean_average_precision, prediction.mean_rank) == pytest.approx(
        metrics_from_all_distances(points, held_out_ancestors, known)
    )


def test_coincident_points_have_the_expected_rank_of_a_random_order(zoo):
    figures = evaluate_points(np.zeros((10, 2)), zoo)
    # A concept with m ancestors has 9 − m negatives, half of which come before each ancestor; mean over the 17 pairs.
    counts = zoo.ancestors.counts
    assert figures.reconstruction.mean_rank == pytest.approx(1 + (counts * (9 - counts) / 2).sum() / counts.sum())
    assert figures.norm_depth_correlation == 0.0
    assert figures.sibling_ratio == 1.0


def test_n_queries_limits_the_number_of_evaluated_concepts(zoo):
    assert evaluate_points(np.zeros((10, 2)), zoo, n_queries=3).reconstruction.n_concepts == 3
