"""Exact intervals of shares, and the intervals of few mentions that contain them."""

import numpy as np
import pytest
from scipy import stats

from hyplink.gold import Gold
from hyplink.metrics.bootstrap import bootstrap_means, bootstrap_precision_recall, paired_difference
from hyplink.metrics.exact import clopper_pearson
from hyplink.metrics.linking import Prediction, accuracy_difference


@pytest.mark.parametrize(("hits", "n"), [(0, 4), (4, 4), (1, 7), (30, 41), (600, 757)])
def test_the_interval_is_that_of_scipy(hits, n):
    theirs = stats.binomtest(hits, n).proportion_ci(0.95, method="exact")
    assert clopper_pearson(hits, n) == pytest.approx((theirs.low, theirs.high))


def test_four_right_answers_leave_room_for_wrong_ones():
    [mean] = bootstrap_means(np.ones((4, 1)), np.array([0, 0, 1, 1]), shares=[True])
    assert (mean.value, mean.low, mean.high) == (1.0, pytest.approx(0.025**0.25), 1.0)
    rates = bootstrap_precision_recall(np.array([[2, 2, 2, 2], [2, 2, 2, 2]]))
    for rate in (rates.precision, rates.recall, rates.f1):
        assert (rate.value, rate.low, rate.high) == (1.0, pytest.approx(0.025**0.25), 1.0)


def test_the_interval_of_many_mentions_in_unlike_documents_is_that_of_the_bootstrap():
    values = np.repeat([[0.0], [1.0]] * 10, 30, axis=0)
    documents = np.repeat(np.arange(20), 30)
    assert bootstrap_means(values, documents, shares=[True]) == bootstrap_means(values, documents)


def test_equal_values_that_are_no_shares_have_no_interval():
    [mean] = bootstrap_means(np.zeros((4, 1)), np.arange(4))
    assert (mean.value, mean.low, mean.high) == (0.0, None, None)


def test_the_exact_interval_of_f1_follows_from_precision_and_recall():
    [low_precision, _], [low_recall, high_recall] = clopper_pearson(3, 3), clopper_pearson(3, 6)
    rates = bootstrap_precision_recall(np.array([[1, 1, 1, 2]] * 3))
    assert rates.f1.low == pytest.approx(2 * low_precision * low_recall / (low_precision + low_recall))
    assert rates.f1.high == pytest.approx(2 * high_recall / (1 + high_recall))


def test_a_difference_is_resampled_in_pairs_so_that_what_both_share_cancels():
    rng = np.random.default_rng(0)
    one = rng.integers(0, 2, 200).astype(float)
    other = one.copy()
    other[:20] = 0
    documents = np.arange(200) % 50
    found = paired_difference(one, other, documents)
    [apart] = bootstrap_means(one[:, None], documents)
    assert found.value == pytest.approx(one[:20].sum() / 200)
    assert 0 < found.low < found.value < found.high < 0.15
    assert found.high - found.low < apart.high - apart.low


def test_equal_answers_to_four_mentions_may_still_come_from_different_linkers():
    found = paired_difference(np.ones(4), np.ones(4), np.array([0, 0, 1, 1]))
    assert found.value == 0.0
    assert found.low == pytest.approx(-found.high)
    assert found.high > 0.5
    assert paired_difference(np.ones(2), np.ones(2), np.zeros(2)).low is None


def prediction(doc, answer, *gold):
    return Prediction(doc, Gold(tuple(map(frozenset, gold)), len(gold) > 1), (answer,), (1.0,))


def test_the_difference_of_accuracies_pairs_the_mentions_and_leaves_composite_ones_out():
    own = [prediction("a", "x", "x"), prediction("b", "x", "y"), prediction("b", "x", "x", "y")]
    others = [prediction("a", "y", "x"), prediction("b", "x", "y"), prediction("b", "y", "x", "y")]
    assert accuracy_difference(own, others).value == 0.5
    assert accuracy_difference(others, own).value == -0.5
    assert accuracy_difference([], []).value is None
