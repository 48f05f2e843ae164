import numpy as np
import pytest
from scipy import stats

from hyplink.metrics.bootstrap import MeanEstimate, bootstrap_means


def test_the_interval_agrees_with_scipy_when_each_document_has_one_mention():
    values = np.random.default_rng(1).exponential(size=80)
    (ours,) = bootstrap_means(values[:, None], np.arange(80), n_resamples=8000)
    theirs = stats.bootstrap((values,), np.mean, n_resamples=8000, method="percentile", rng=2).confidence_interval
    assert ours.value == pytest.approx(values.mean())
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.02)


def test_mentions_of_one_document_are_resampled_together():
    values = np.repeat([[0.0], [1.0], [0.0], [1.0]], 50, axis=0)
    (clustered,) = bootstrap_means(values, np.repeat(np.arange(4), 50))
    (independent,) = bootstrap_means(values, np.arange(200))
    assert clustered.value == independent.value == 0.5
    assert clustered.high - clustered.low > 5 * (independent.high - independent.low)


def test_documents_are_weighted_by_their_number_of_mentions():
    values = np.array([[1.0], [1.0], [1.0], [0.0]])
    (mean,) = bootstrap_means(values, np.array([7, 7, 7, 3]))
    assert (mean.value, mean.low, mean.high) == (0.75, 0.0, 1.0)


def test_nan_values_are_excluded_from_the_mean():
    values = np.array([[1.0, np.nan], [3.0, np.nan], [np.nan, np.nan]])
    first, second = bootstrap_means(values, np.arange(3))
    assert (first.value, first.n_mentions) == (2.0, 2)
    assert second == MeanEstimate(None, None, None, 0)


def test_a_single_document_has_a_mean_but_no_interval():
    assert bootstrap_means(np.array([[1.0], [0.0]]), np.array([4, 4])) == [MeanEstimate(0.5, None, None, 2)]


def test_the_mean_of_no_mentions_is_undefined():
    assert bootstrap_means(np.empty((0, 1)), np.empty(0, dtype=np.int64)) == [MeanEstimate(None, None, None, 0)]


def test_the_interval_depends_on_the_seed_alone():
    values, documents = np.random.default_rng(0).random((60, 1)), np.arange(60) % 20
    assert bootstrap_means(values, documents, seed=3) == bootstrap_means(values, documents, seed=3)
    assert bootstrap_means(values, documents, seed=3) != bootstrap_means(values, documents, seed=4)
