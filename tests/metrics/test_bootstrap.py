import numpy as np
import pytest
from scipy import stats

from hyplink.metrics.bootstrap import Figure, bootstrap_means


def test_the_interval_agrees_with_scipys_where_each_document_has_one_mention():
    values = np.random.default_rng(1).exponential(size=80)
    (ours,) = bootstrap_means(values[:, None], np.arange(80), draws=8000)
    theirs = stats.bootstrap((values,), np.mean, n_resamples=8000, method="percentile", rng=2).confidence_interval
    assert ours.value == pytest.approx(values.mean())
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.02)


def test_mentions_of_one_document_are_drawn_together():
    values = np.repeat([[0.0], [1.0], [0.0], [1.0]], 50, axis=0)
    (together,) = bootstrap_means(values, np.repeat(np.arange(4), 50))
    (apart,) = bootstrap_means(values, np.arange(200))
    assert together.value == apart.value == 0.5
    assert together.high - together.low > 5 * (apart.high - apart.low)


def test_a_large_document_weighs_by_its_mentions():
    values = np.array([[1.0], [1.0], [1.0], [0.0]])
    (figure,) = bootstrap_means(values, np.array([7, 7, 7, 3]))
    assert (figure.value, figure.low, figure.high) == (0.75, 0.0, 1.0)


def test_what_is_nan_is_no_part_of_the_mean():
    values = np.array([[1.0, np.nan], [3.0, np.nan], [np.nan, np.nan]])
    first, second = bootstrap_means(values, np.arange(3))
    assert (first.value, first.n_mentions) == (2.0, 2)
    assert second == Figure(None, None, None, 0)


def test_one_document_has_a_mean_and_no_interval():
    assert bootstrap_means(np.array([[1.0], [0.0]]), np.array([4, 4])) == [Figure(0.5, None, None, 2)]


def test_no_mention_has_no_figure():
    assert bootstrap_means(np.empty((0, 1)), np.empty(0, dtype=np.int64)) == [Figure(None, None, None, 0)]


def test_the_seed_decides_the_interval():
    values, documents = np.random.default_rng(0).random((60, 1)), np.arange(60) % 20
    assert bootstrap_means(values, documents, seed=3) == bootstrap_means(values, documents, seed=3)
    assert bootstrap_means(values, documents, seed=3) != bootstrap_means(values, documents, seed=4)
