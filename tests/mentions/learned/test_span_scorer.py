"""The network that makes a probability of a span's features."""

import warnings

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier

from hyplink.mentions.learned.span_scorer import HIDDEN, SpanScorer, train_span_scorer


def test_a_probability_is_the_logistic_function_of_one_rectified_layer_over_standardised_features():
    scorer = SpanScorer(
        mean=np.array([1.0, -2.0]),
        scale=np.array([2.0, 4.0]),
        hidden_weights=np.array([[1.0, -3.0], [0.5, 2.0]]),
        hidden_bias=np.array([0.25, 0.5]),
        weights=np.array([2.0, -1.0]),
        bias=np.array([0.125]),
    )
    # Standardised: (1, 1), (-1, 0) and (0, 0.5). Hidden, before the negative ones are cut: (1.75, -0.5),
    # (-0.75, 3.5) and (0.5, 1.5).
    features = np.array([[3.0, 2.0], [-1.0, -2.0], [1.0, 0.0]])
    logits = np.array([2 * 1.75 + 0.125, -3.5 + 0.125, 2 * 0.5 - 1.5 + 0.125])
    np.testing.assert_allclose(scorer.probabilities(features), 1 / (1 + np.exp(-logits)), rtol=1e-12)
    for row in range(3):
        np.testing.assert_allclose(scorer.probabilities(features[row : row + 1]), scorer.probabilities(features)[row])
    assert scorer.probabilities(np.zeros((0, 2))).shape == (0,)


@pytest.fixture(scope="module")
def examples():
    """Runs with two telling features and one that never changes; the first decides."""
    features = np.random.default_rng(0).normal(3.0, 2.0, (400, 3))
    features[:, 2] = 7.0
    return features, features[:, 0] > 3


def test_features_are_standardised_and_one_that_never_changes_is_left_as_it_is(examples):
    features, is_mention = examples
    scorer = train_span_scorer(features, is_mention, 0)
    np.testing.assert_allclose(scorer.mean, features.mean(0))
    np.testing.assert_allclose(scorer.scale, [features[:, 0].std(), features[:, 1].std(), 1.0])
    assert HIDDEN == 32
    assert [each.shape for each in scorer] == [(3,), (3,), (3, 32), (32,), (32,), (1,)]


def test_what_decides_is_learned(examples):
    features, is_mention = examples
    probabilities = train_span_scorer(features, is_mention, 0).probabilities(features)
    assert ((probabilities > 0.5) == is_mention).mean() > 0.95
    np.testing.assert_array_equal(train_span_scorer(features, is_mention, 0).probabilities(features), probabilities)
    assert not np.array_equal(train_span_scorer(features, is_mention, 1).probabilities(features), probabilities)


@pytest.mark.parametrize("seed", [0, 3])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_training_is_scikit_learns_with_one_positive_and_one_negative_pseudo_example(examples, seed):
    features, is_mention = examples
    standardised = np.vstack([(features - features.mean(0)) / [*features.std(0)[:2], 1.0], np.zeros((2, 3))])
    network = MLPClassifier(
        (32,), alpha=0.01, batch_size=256, learning_rate_init=0.002, max_iter=20, n_iter_no_change=20, random_state=seed
    ).fit(standardised, [*is_mention, True, False])
    expected = network.predict_proba(standardised[:-2])[:, 1]
    np.testing.assert_allclose(train_span_scorer(features, is_mention, seed).probabilities(features), expected)


@pytest.mark.parametrize("truth", [True, False])
def test_training_on_examples_of_one_class_gives_no_certainty(truth):
    scorer = train_span_scorer(np.arange(6.0).reshape(3, 2), np.array([truth] * 3), 0)
    probabilities = scorer.probabilities(np.arange(6.0).reshape(3, 2))
    assert ((probabilities > 0) & (probabilities < 1)).all()


def test_training_that_is_cut_short_does_not_warn(examples):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        train_span_scorer(*examples, 0)
