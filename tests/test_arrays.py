import numpy as np
import pytest

from hyplink.arrays import log_softmax, segment_starts


def rows(*numbers):
    return np.array(numbers, dtype=np.int64)


def test_each_segment_has_a_softmax_of_its_own():
    scores = np.log([1.0, 3.0, 7.0, 2.0, 2.0, 4.0])
    found = log_softmax(scores, rows(0, 0, 3, 5, 5, 5))
    np.testing.assert_allclose(np.exp(found), [0.25, 0.75, 1.0, 0.25, 0.25, 0.5], rtol=1e-12)


def test_the_softmax_of_large_scores_is_finite():
    found = log_softmax(np.array([1000.0, 1001.0, -1000.0, 1000.0]), rows(0, 0, 1, 1))
    np.testing.assert_allclose(found, [-np.log1p(np.e), -np.log1p(1 / np.e), -2000, 0], rtol=1e-12)


def test_the_softmax_of_nothing_is_empty():
    assert log_softmax(np.zeros(0), rows()).shape == (0,)


@pytest.mark.parametrize(
    ("segments", "starts"),
    [((0, 0, 1, 4, 4, 4), [0, 2, 3]), ((1, 1, 7), [0, 2]), ((2,), [0]), ((), [])],
)
def test_a_segment_starts_at_its_first_row(segments, starts):
    assert segment_starts(rows(*segments)).tolist() == starts
