"""The figures of an embedding, worked out by hand."""

import numpy as np
import pytest

from hyplink.metrics.embedding import (
    QUANTILES,
    EmbeddingFigures,
    RankFigures,
    distance_ratio,
    radius_quantiles,
    rank_correlation,
    rank_figures,
)


def figures_of(nearer, tied, starts):
    return rank_figures(np.array(nearer), np.array(tied), np.array(starts))


def test_ancestors_before_all_others_have_precision_and_rank_one():
    assert figures_of([0, 0, 0], [0, 0, 0], [0, 2, 3]) == RankFigures(1.0, 1.0, 2)


def test_a_wrong_concept_between_two_ancestors_costs_precision_of_the_second():
    # Right, wrong, right: precisions 1/1 and 2/3; ranks 1 and 2.
    figures = figures_of([0, 1], [0, 0], [0, 2])
    assert figures.mean_average_precision == pytest.approx((1 + 2 / 3) / 2)
    assert figures.mean_rank == 1.5


def test_a_tie_counts_half():
    assert figures_of([0], [1], [0, 1]).mean_rank == 1.5


def test_concepts_weigh_alike_in_average_precision_and_pairs_in_mean_rank():
    figures = figures_of([0, 0, 3], [0, 0, 0], [0, 2, 3])
    assert figures.mean_average_precision == pytest.approx((1 + 1 / 4) / 2)
    assert figures.mean_rank == 2.0


def test_norms_that_grow_with_depth_correlate_and_constant_ones_do_not():
    assert rank_correlation(np.array([0.1, 0.5, 0.9]), np.array([0, 1, 2])) == pytest.approx(1.0)
    assert rank_correlation(np.array([0.9, 0.5, 0.1]), np.array([0, 1, 2])) == pytest.approx(-1.0)
    assert rank_correlation(np.array([0.5, 0.5, 0.5]), np.array([0, 1, 2])) == 0.0


def test_the_distance_ratio_of_nothing_is_one():
    assert distance_ratio(np.array([1.0, 3.0]), np.array([4.0])) == 0.5
    assert distance_ratio(np.empty(0), np.array([4.0])) == 1.0


def test_the_dictionary_names_the_quantiles():
    figures = EmbeddingFigures(RankFigures(1.0, 1.0, 3), None, 0.5, 0.7, radius_quantiles(np.arange(101.0)))
    assert figures.as_dict()["radius_quantiles"] == {str(q): pytest.approx(100 * q) for q in QUANTILES}
    assert figures.as_dict()["prediction"] is None
