import numpy as np
import pytest
from scipy.optimize import approx_fprime, brentq
from scipy.special import expit

from hyplink.ranking.logit import PRIOR_STRENGTH, conditional_logit


def rows(*numbers):
    return np.array(numbers, dtype=np.int64)


def column(*values):
    """Features of one kind, (n, 1)."""
    return np.array(values, dtype=np.float64)[:, None]


def bools(*values):
    return np.array(values, dtype=bool)


def fitted(features, mentions, is_right, prior):
    return conditional_logit(features, rows(*mentions), bools(*is_right), np.array(prior, dtype=np.float64))


def test_one_mention_moves_a_weight_until_its_probability_balances_the_prior():
    # The loss is log(1 + e^-w) + (w - b)²/2, so that w - b = 1 / (1 + e^w).
    assert PRIOR_STRENGTH == 1
    for prior in (0.0, 0.7, 2.0):
        expected = brentq(lambda w, b=prior: w - b - expit(-w), prior, prior + 1)
        found = fitted(column(1, 0), [0, 0], [True, False], [prior])
        assert found == pytest.approx([expected], abs=1e-5)
    assert fitted(column(1, 0), [0, 0], [True, False], [0.0]) == pytest.approx([0.401058], abs=1e-5)


def test_further_mentions_add_their_evidence():
    # Of four mentions one is answered wrongly by the feature: 3 σ(-w) - σ(w) = w - b.
    features, mentions = column(1, 0, 1, 0, 1, 0, 0, 1), [0, 0, 1, 1, 2, 2, 3, 3]
    expected = brentq(lambda w: w - 0.2 - 3 * expit(-w) + expit(w), 0, 2)
    assert fitted(features, mentions, [True, False] * 4, [0.2]) == pytest.approx([expected], abs=1e-5)


def test_of_several_right_candidates_the_probabilities_add_up():
    # P(right) = (e^w + 1) / (e^w + 2), whose log has the derivative e^w / ((e^w + 1)(e^w + 2)).
    expected = brentq(lambda w: w - np.exp(w) / ((np.exp(w) + 1) * (np.exp(w) + 2)), 0, 1)
    found = fitted(column(1, 0, 0), [0, 0, 0], [True, True, False], [0.0])
    assert found == pytest.approx([expected], abs=1e-5)


def test_a_mention_of_which_every_candidate_is_right_moves_nothing():
    assert fitted(column(1, 0), [0, 0], [True, True], [0.3]) == pytest.approx([0.3], abs=1e-9)


def test_mentions_without_a_right_candidate_change_nothing():
    alone = fitted(column(1, 0), [2, 2], [True, False], [0.5])
    among = fitted(column(0, 9, 1, 0, 5, 0), [0, 0, 2, 2, 7, 7], [False, False, True, False, False, False], [0.5])
    assert among.tolist() == alone.tolist()


def test_without_a_right_candidate_the_weights_stay():
    assert fitted(column(1, 0), [0, 0], [False, False], [0.25]).tolist() == [0.25]


def test_no_weight_becomes_negative_and_none_is_held_back_from_above():
    features = np.array([[0.0, 1.0], [1.0, 0.0]] * 200)
    against, for_it = fitted(features, np.repeat(np.arange(200), 2), [True, False] * 200, [0.4, 0.4])
    assert against == 0
    # 200 σ(-w) = w - 0.4
    assert for_it == pytest.approx(brentq(lambda w: w - 0.4 - 200 * expit(-w), 0, 20), abs=1e-4)
    assert for_it > 3


def test_the_weights_are_where_the_penalised_likelihood_is_greatest():
    generator = np.random.default_rng(5)
    sizes = generator.integers(1, 6, 40)
    mentions = np.repeat(np.arange(40) * 2, sizes)
    features = generator.normal((0, 0.3, 0), size=(len(mentions), 3))
    is_right = generator.random(len(mentions)) < expit(2 * features[:, 1] + features[:, 2] - 1)
    prior = np.array([1.5, 1.0, 0.5])

    def loss(weights):
        total = (weights - prior) @ (weights - prior) / 2
        for mention in np.unique(mentions):
            odds, right = np.exp(features[mentions == mention] @ weights), is_right[mentions == mention]
            if right.any():
                total -= np.log(odds[right].sum() / odds.sum())
        return total

    found = conditional_logit(features, mentions, is_right, prior)
    assert (found > 0.05).all()
    np.testing.assert_allclose(approx_fprime(found, loss), 0, atol=2e-3)
    assert all(loss(found) < loss(found + step) for step in [*np.eye(3) / 20, *-np.eye(3) / 20])
