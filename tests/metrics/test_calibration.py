import numpy as np
import pytest

from hyplink.metrics.calibration import calibration_figures


def test_the_error_is_the_gap_of_each_bin_weighted_by_its_size():
    confidences = np.array([0.2] * 10 + [0.9] * 10)
    right = np.array([True] * 5 + [False] * 5 + [True] * 9 + [False])
    figures = calibration_figures(confidences, right)
    assert [each.n_mentions for each in figures.bins] == [2] * 10
    # the pairs of the first ten: five gaps of .8 and .2 by the order of equal confidences
    gaps = [abs(each.confidence - each.accuracy) * 2 / 20 for each in figures.bins]
    assert figures.expected_calibration_error == pytest.approx(sum(gaps))
    assert figures.brier_score == pytest.approx((5 * 0.64 + 5 * 0.04 + 9 * 0.01 + 0.81) / 20)


def test_true_confidences_err_as_much_as_the_noise_floor_says():
    found = []
    for seed in range(1, 9):
        generator = np.random.default_rng(seed)
        confidences = generator.random(500)
        found.append(calibration_figures(confidences, generator.random(500) < confidences, draws=200))
    errors = np.mean([each.expected_calibration_error for each in found])
    assert errors == pytest.approx(np.mean([each.noise_floor for each in found]), rel=0.15)


def test_certain_and_right_is_perfect():
    figures = calibration_figures(np.ones(7), np.ones(7, dtype=bool))
    assert figures.expected_calibration_error == figures.noise_floor == figures.brier_score == 0
    assert sum(each.n_mentions for each in figures.bins) == 7


def test_overconfidence_shows_whatever_the_order_of_the_answers():
    generator = np.random.default_rng(1)
    confidences, right = np.full(1000, 0.9), generator.random(1000) < 0.6
    figures = calibration_figures(confidences, right)
    assert figures.expected_calibration_error == pytest.approx(0.3, abs=0.05)
    assert figures.expected_calibration_error > 3 * figures.noise_floor
