"""Log-odds that a mention opens at, covers and closes at a token, and how their weights are learned."""

import numpy as np
from sklearn.linear_model import LogisticRegression

from hyplink.mentions.learned.token_features import N_COLUMNS, NOTHING
from hyplink.mentions.learned.token_tagger import CLOSES, COVERS, OPENS, TokenTagger, train_token_tagger

# Features of the tokens of two texts: column 10 opens a mention, 11 continues it, 12 is what stands outside.
FIRST = np.array([[12, 5, NOTHING], [10, 5, 7], [11, 5, 11], [12, NOTHING, NOTHING]])
SECOND = np.array([[10, 5, 10], [12, 99, NOTHING], [10, 5, NOTHING], [11, 5, NOTHING]])
MARKED = [frozenset({(1, 3)}), frozenset({(0, 1), (2, 4)})]
TRUTH = np.array(
    [[0, 0, 0], [1, 1, 0], [0, 1, 1], [0, 0, 0], [1, 1, 1], [0, 0, 0], [1, 1, 0], [0, 1, 1], [1, 1, 1], [0, 0, 0]]
)
"""What is right for each token of both texts, then for the two pseudo-examples."""

COLUMNS = [5, 10, 11, 12]
"""What is seen at least twice."""

COUNTS = np.array(
    [[1, 0, 0, 1], [1, 1, 0, 0], [1, 0, 2, 0], [0, 0, 0, 1], [1, 2, 0, 0], [0, 0, 0, 1], [1, 1, 0, 0], [1, 0, 1, 0]]
)
COUNTS = np.vstack([COUNTS, np.zeros((2, 4))])


def test_the_columns_are_opens_covers_and_closes():
    assert (OPENS, COVERS, CLOSES) == (0, 1, 2)


def test_log_odds_are_the_sum_of_the_weights_of_what_is_seen():
    weights, bias = np.zeros((N_COLUMNS, 3), np.float32), np.array([0.5, -1.0, 2.0], np.float32)
    weights[3], weights[8], weights[NOTHING] = [1, 2, 3], [10, 20, 30], [100, 100, 100]
    seen = np.array([[3, 8, 8], [NOTHING, 3, NOTHING], [NOTHING] * 3, [0, 1, 2]])
    log_odds = TokenTagger(weights, bias).log_odds(seen)
    assert log_odds.dtype == np.float64
    np.testing.assert_allclose(log_odds, [[21.5, 41, 65], [1.5, 1, 5], [0.5, -1, 2], [0.5, -1, 2]])


def test_weights_are_those_of_a_logistic_regression_for_each_of_the_three():
    tagger = train_token_tagger([FIRST, SECOND], MARKED)
    assert (tagger.weights.shape, tagger.weights.dtype) == ((N_COLUMNS, 3), np.float32)
    assert (tagger.bias.shape, tagger.bias.dtype) == ((3,), np.float32)
    for column in range(3):
        expected = LogisticRegression(C=0.3, max_iter=60, tol=1e-3).fit(COUNTS, TRUTH[:, column])
        np.testing.assert_allclose(tagger.weights[COLUMNS, column], expected.coef_[0], atol=1e-5)
        np.testing.assert_allclose(tagger.bias[column], expected.intercept_[0], atol=1e-5)
    assert sorted(set(np.nonzero(tagger.weights)[0].tolist())) == COLUMNS


def test_each_column_of_weights_predicts_its_own_boundary():
    weights = train_token_tagger([FIRST, SECOND], MARKED).weights
    assert weights[10, OPENS] > 0 > weights[11, OPENS]
    assert weights[11, CLOSES] > 0 > weights[12, CLOSES]
    assert weights[10, COVERS] > 0 > weights[12, COVERS]


def test_texts_that_are_all_mentions_or_none_give_no_certainty():
    for marked in (frozenset({(0, 1), (1, 2), (2, 3), (3, 4)}), frozenset[tuple[int, int]]()):
        log_odds = train_token_tagger([FIRST], [marked]).log_odds(FIRST)
        assert np.isfinite(log_odds).all()
        assert ((log_odds > 0) == bool(marked)).all()


def test_each_text_is_read_with_its_own_marks():
    one, other = (
        train_token_tagger([FIRST, SECOND], MARKED),
        train_token_tagger([SECOND, FIRST], MARKED[::-1]),
    )
    np.testing.assert_allclose(one.weights, other.weights, atol=1e-4)
