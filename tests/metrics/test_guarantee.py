import numpy as np
import pytest
from scipy.stats import binomtest

from hyplink.metrics.guarantee import binomial_p_value, hoeffding_bentkus_p_value, n_rejected


def test_the_p_value_without_errors_is_the_probability_of_observing_none():
    assert hoeffding_bentkus_p_value(np.zeros(45), 0.05) == pytest.approx(0.95**45)
    assert binomial_p_value(np.zeros(45), 0.05) == pytest.approx(0.95**45)


def test_the_binomial_p_value_equals_that_of_scipys_exact_test():
    losses = np.array([1.0] * 3 + [0.0] * 97)
    expected = binomtest(3, 100, 0.1, alternative="less").pvalue
    assert binomial_p_value(losses, 0.1) == pytest.approx(expected)


def test_the_p_value_is_one_if_the_mean_loss_reaches_the_tolerated_loss_or_there_is_no_data():
    assert hoeffding_bentkus_p_value(np.full(100, 0.05), 0.05) == 1
    assert hoeffding_bentkus_p_value(np.zeros(0), 0.05) == 1


def test_p_values_decrease_with_more_units_and_increase_with_more_errors():
    def p_value(n, errors):
        return hoeffding_bentkus_p_value(np.array([1.0] * errors + [0.0] * (n - errors)), 0.1)

    assert p_value(200, 4) < p_value(100, 2) < p_value(100, 4) <= 1


@pytest.mark.parametrize("p_value_of", [hoeffding_bentkus_p_value, binomial_p_value])
def test_a_true_null_hypothesis_is_rejected_at_most_as_often_as_delta(p_value_of):
    generator = np.random.default_rng(0)
    rejected = [p_value_of((generator.random(80) < 0.1).astype(float), 0.1) <= 0.1 for _ in range(1000)]
    assert np.mean(rejected) <= 0.1 + 0.02


def test_testing_stops_at_the_first_hypothesis_that_is_not_rejected():
    assert n_rejected([0.01, 0.1, 0.2, 0.0], 0.1) == 2
    assert n_rejected([0.5, 0.0], 0.1) == 0
    assert n_rejected([], 0.1) == 0
