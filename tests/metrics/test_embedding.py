"""The metrics of an embedding, computed by hand."""

import numpy as np
import pytest

from hyplink.metrics.embedding import (
    QUANTILES,
    EmbeddingMetrics,
    RankMetrics,
    distance_ratio,
    radius_quantiles,
    rank_correlation,
    rank_metrics,
)


def metrics_of(nearer, tied, starts):
    return rank_metrics(np.array(nearer), np.array(tied), np.array(starts))


def test_ancestors_nearer_than_all_others_have_precision_and_rank_one():
    assert metrics_of([0, 0, 0], [0, 0, 0], [0, 2, 3]) == RankMetrics(1.0, 1.0, 2)


def test_a_non_ancestor_between_two_ancestors_lowers_the_precision_of_the_second():
    # Ancestor, non-ancestor, ancestor: precisions 1/1 and 2/3; ranks 1 and 2.
    metrics = metrics_of([0, 1], [0, 0], [0, 2])
    assert metrics.mean_average_precision == pytest.approx((1 + 2 / 3) / 2)
    assert metrics.mean_rank == 1.5


def test_a_tie_counts_one_half():
    assert metrics_of([0], [1], [0, 1]).mean_rank == 1.5


def test_mean_average_precision_averages_over_queries_and_mean_rank_over_pairs():
    metrics = metrics_of([0, 0, 3], [0, 0, 0], [0, 2, 3])
    assert metrics.mean_average_precision == pytest.approx((1 + 1 / 4) / 2)
    assert metrics.mean_rank == 2.0


def test_norms_that_increase_with_depth_correlate_and_constant_norms_do_not():
    assert rank_correlation(np.array([0.1, 0.5, 0.9]), np.array([0, 1, 2])) == pytest.approx(1.0)
    assert rank_correlation(np.array([0.9, 0.5, 0.1]), np.array([0, 1, 2])) == pytest.approx(-1.0)
    assert rank_correlation(np.array([0.5, 0.5, 0.5]), np.array([0, 1, 2])) == 0.0


def test_the_distance_ratio_without_distances_is_one():
    assert distance_ratio(np.array([1.0, 3.0]), np.array([4.0])) == 0.5
    assert distance_ratio(np.empty(0), np.array([4.0])) == 1.0


def test_the_json_form_keys_the_radii_by_quantile():
    metrics = EmbeddingMetrics(RankMetrics(1.0, 1.0, 3), None, 0.5, 0.7, radius_quantiles(np.arange(101.0)))
    assert metrics.as_dict()["radius_quantiles"] == {str(q): pytest.approx(100 * q) for q in QUANTILES}
    assert metrics.as_dict()["prediction"] is None
