"""Estimates from a stratified sample of checked links."""

import numpy as np
import pytest

from hyplink.metrics.audit import (
    Estimate,
    Stratum,
    expected_margin,
    recall_from_passages,
    sample_sizes,
    strata_of,
    stratified_share,
    threshold_for,
)


def test_strata_begin_at_their_edges_and_links_without_confidence_have_their_own():
    confidences = np.array([np.nan, 0.0, 0.49, 0.5, 0.8, 0.9, 0.97, 1.0])
    assert strata_of(confidences).tolist() == [0, 1, 1, 2, 3, 4, 5, 5]


def test_the_estimate_weighs_strata_by_their_links():
    found = stratified_share([Stratum(900, 10, 9), Stratum(100, 10, 5)])
    assert found.value == pytest.approx(0.9 * 0.9 + 0.1 * 0.5)
    assert found.low < found.value < found.high


def test_checking_every_link_leaves_no_doubt():
    assert stratified_share([Stratum(4, 4, 3), Stratum(6, 6, 6)]) == Estimate(0.9, 0.9, 0.9)


def test_no_error_in_a_sample_does_not_mean_that_there_are_none():
    found = stratified_share([Stratum(1000, 20, 20)])
    assert found.value == found.high == 1
    assert 0.75 < found.low < 0.97


@pytest.mark.parametrize("bias", [-0.05, 0.0, 0.2, 0.4])
def test_the_interval_holds_the_true_share_whatever_confidences_are_worth(bias):
    rng = np.random.default_rng(5)
    confidences = np.where(rng.random(3000) < 0.7, rng.beta(20, 1, 3000), rng.beta(2, 2, 3000))
    right = rng.random(3000) < np.clip(confidences - bias, 0, 1)
    strata = strata_of(confidences)
    rows = [np.flatnonzero(strata == kind) for kind in np.unique(strata)]
    sizes = sample_sizes([len(each) for each in rows], [float(confidences[each].mean()) for each in rows], 0.05)
    found = []
    for _ in range(400):
        checked = (right[rng.choice(each, size, replace=False)] for each, size in zip(rows, sizes, strict=True))
        counts = [Stratum(len(each), len(drawn), int(drawn.sum())) for each, drawn in zip(rows, checked, strict=True)]
        found.append(stratified_share(counts))
    assert np.mean([each.low <= right.mean() <= each.high for each in found]) >= 0.93
    assert np.mean([each.value for each in found]) == pytest.approx(right.mean(), abs=0.005)  # unbiased
    assert np.mean([each.margin for each in found]) <= 0.05  # as was asked for


def test_more_links_are_drawn_for_a_smaller_margin_and_from_doubtful_strata():
    counts, expected = [1000, 1000], [0.6, 0.99]
    sizes = sample_sizes(counts, expected, 0.05)
    assert sizes[0] > sizes[1]
    assert sum(sample_sizes(counts, expected, 0.02)) > 2 * sum(sizes)
    assert expected_margin(counts, expected, sizes) == pytest.approx(0.05, abs=0.003)
    assert sample_sizes([3, 1000], [0.9, float("nan")], 0.05)[0] == 3


def test_recall_counts_missed_mentions_and_links_to_wrong_concepts():
    right, corrected = Estimate(0.8, 0.75, 0.85), Estimate(0.1, 0.07, 0.13)
    found = recall_from_passages(right, corrected, 100, [1, 0, 1, 0], 20)
    assert found.value == pytest.approx(80 / (80 + 10 + 10))
    assert found.low < found.value < found.high
    whole = recall_from_passages(right, corrected, 100, [1] * 20, 20)
    fewer = recall_from_passages(right, corrected, 100, [1] * 4, 20)
    assert whole.margin < fewer.margin


def test_the_threshold_is_the_lowest_that_reaches_the_accuracy():
    confidences = np.array([0.9, 0.8, 0.7, 0.7, np.nan])
    right = np.array([True, True, True, False, False])
    weights = np.ones(5)
    assert threshold_for(confidences, right, weights, 0.99) == 0.8
    assert threshold_for(confidences, right, weights, 0.75) == 0.7
    assert threshold_for(confidences, ~right, weights, 0.9) is None
    assert threshold_for(confidences, right, np.array([1, 1, 1, 9, 1.0]), 0.75) == 0.8
