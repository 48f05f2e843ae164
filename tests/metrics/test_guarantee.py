import numpy as np
import pytest
from scipy.stats import binomtest

from hyplink.metrics.guarantee import binomial_p_value, hoeffding_bentkus_p_value, lowest_threshold, n_rejected


def test_the_p_value_without_errors_is_the_probability_of_observing_none():
    assert hoeffding_bentkus_p_value(np.zeros(45), 0.05) == pytest.approx(0.95**45)
    assert binomial_p_value(np.zeros(45), 0.05) == pytest.approx(0.95**45)


def test_the_binomial_p_value_equals_that_of_scipys_exact_test():
    losses = np.array([1.0] * 3 + [0.0] * 97)
    expected = binomtest(3, 100, 0.1, alternative="less").pvalue
    assert binomial_p_value(losses, 0.1) == pytest.approx(expected)


def test_the_p_value_is_the_less_of_the_two_bounds():
    # Half of ten: exp(-10 · KL(.5 ‖ .9)), where KL = ln(.5/.9)/2 + ln(.5/.1)/2 = .510826; Bentkus e · P(X ≤ 5).
    hoeffding, bentkus = 0.0060466176, np.e * 0.0016349374
    assert hoeffding_bentkus_p_value(np.array([0.5] * 10), 0.9) == pytest.approx(bentkus, rel=1e-6)
    assert bentkus < hoeffding
    # A tenth of five is .5 in all, which Bentkus rounds up to one error: e · P(X ≤ 1) is e · 6/32.
    hoeffding = np.exp(-5 * (0.1 * np.log(0.2) + 0.9 * np.log(1.8)))
    assert hoeffding < np.e * 6 / 32
    assert hoeffding_bentkus_p_value(np.full(5, 0.1), 0.5) == pytest.approx(hoeffding)


def test_whole_numbers_of_errors_are_not_rounded_up_for_a_float_that_is_a_little_too_great():
    losses = np.array([0.1] * 30)  # sums to a little more than 3
    assert len(losses) * losses.mean() > 3
    expected = min(np.e * binomtest(3, 30, 0.25, alternative="less").pvalue, _hoeffding(30, 0.1, 0.25))
    assert hoeffding_bentkus_p_value(losses, 0.25) == pytest.approx(expected)


def _hoeffding(n, mean, most):
    return np.exp(-n * (mean * np.log(mean / most) + (1 - mean) * np.log((1 - mean) / (1 - most))))


def test_errors_alone_and_few_units_prove_nothing():
    assert hoeffding_bentkus_p_value(np.ones(3), 0.9) == 1
    assert hoeffding_bentkus_p_value(np.full(3, 0.89), 0.9) == pytest.approx(0.9984, abs=1e-3)
    assert binomial_p_value(np.ones(3), 0.9) == pytest.approx(1)
    assert binomial_p_value(np.zeros(0), 0.5) == 1
    assert binomial_p_value(np.array([1.0, 0.0]), 0.5) == pytest.approx(3 / 4)


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


def drawn(generator, n):
    """Confidences and errors of three-way answers: `none` is over-confident, and the middle is worse than the low."""
    kinds = generator.integers(3, size=n)
    confidences = np.where(kinds == 0, generator.beta(8, 2, n), generator.beta(3, 3, n))
    rates = np.select([kinds == 0, kinds == 1], [0.05 + 0.3 * (confidences < 0.75), 0.3], 0.15)
    return confidences, generator.random(n) < rates


def found_on(confidences, wrong, tolerated, delta):
    return lowest_threshold(lambda least: wrong[confidences >= least].astype(float), binomial_p_value, tolerated, delta)


@pytest.mark.parametrize(("tolerated", "delta"), [(0.15, 0.1), (0.18, 0.1), (0.15, 0.3)])
def test_the_error_rate_above_a_found_threshold_is_tolerable_in_all_but_delta_of_the_draws(tolerated, delta):
    generator = np.random.default_rng(1)
    confidences, wrong = drawn(generator, 400_000)
    risk = {percent: wrong[confidences >= percent / 100].mean() for percent in range(91)}
    found = [found_on(*drawn(generator, 600), tolerated, delta) for _ in range(300)]
    thresholds = [each.least for each in found if each]
    violated = [risk[round(100 * least)] > tolerated for least in thresholds]
    assert len(thresholds) > 100
    assert 0 < sum(risk[percent] > tolerated for percent in risk) < len(risk)
    assert sum(violated) / len(found) <= delta


def test_a_threshold_that_ignored_the_uncertainty_would_be_violated_more_often():
    generator = np.random.default_rng(2)
    confidences, wrong = drawn(generator, 400_000)
    risk = {percent: wrong[confidences >= percent / 100].mean() for percent in range(91)}
    violated = 0
    for _ in range(200):
        of_draw, errors = drawn(generator, 300)
        rates = [(percent, errors[of_draw >= percent / 100].mean()) for percent in range(91)]
        lowest = min((percent for percent, rate in rates if rate <= 0.15), default=None)
        violated += lowest is not None and risk[lowest] > 0.15
    assert violated / 200 > 0.2
