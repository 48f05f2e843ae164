import numpy as np
import pytest

from hyplink.metrics.calibration import calibration_metrics


def test_the_error_is_the_mean_gap_of_the_bins_weighted_by_their_size():
    confidences = np.array([0.2] * 10 + [0.9] * 10)
    correct = np.array([True] * 5 + [False] * 5 + [True] * 9 + [False])
    metrics = calibration_metrics(confidences, correct)
    assert [each.n_mentions for each in metrics.bins] == [2] * 10
    # each bin holds two answers; answers of equal confidence keep their order
    gaps = [abs(each.confidence - each.accuracy) * 2 / 20 for each in metrics.bins]
    assert metrics.expected_calibration_error == pytest.approx(sum(gaps))
    assert metrics.brier_score == pytest.approx((5 * 0.64 + 5 * 0.04 + 9 * 0.01 + 0.81) / 20)


def test_the_error_of_perfectly_calibrated_confidences_is_the_noise_floor():
    found = []
    for seed in range(1, 9):
        generator = np.random.default_rng(seed)
        confidences = generator.random(500)
        found.append(calibration_metrics(confidences, generator.random(500) < confidences, n_simulations=200))
    errors = np.mean([each.expected_calibration_error for each in found])
    assert errors == pytest.approx(np.mean([each.noise_floor for each in found]), rel=0.15)


def test_correct_answers_with_confidence_one_have_no_error():
    metrics = calibration_metrics(np.ones(7), np.ones(7, dtype=bool))
    assert metrics.expected_calibration_error == metrics.noise_floor == metrics.brier_score == 0
    assert sum(each.n_mentions for each in metrics.bins) == 7


def test_overconfidence_is_detected_when_all_confidences_are_equal():
    generator = np.random.default_rng(1)
    confidences, correct = np.full(1000, 0.9), generator.random(1000) < 0.6
    metrics = calibration_metrics(confidences, correct)
    assert metrics.expected_calibration_error == pytest.approx(0.3, abs=0.05)
    assert metrics.expected_calibration_error > 3 * metrics.noise_floor
