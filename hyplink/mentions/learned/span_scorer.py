"""The span scorer: a network with one hidden layer, from the features of a span to the probability of a mention."""

import warnings
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from hyplink.arrays import Scores

HIDDEN = 32
PASSES = 20


class SpanScorer(NamedTuple):
    """The weights, all float64.

    Attributes:
        mean, scale: of the features, (f,).
        hidden_weights: (f, HIDDEN).
        hidden_bias: (HIDDEN,).
        weights: (HIDDEN,).
        bias: (1,).
    """

    mean: Scores
    scale: Scores
    hidden_weights: Scores
    hidden_bias: Scores
    weights: Scores
    bias: Scores

    def probabilities(self, features: Scores) -> Scores:
        """The probability that each span is a mention, float64 (n,), from features (n, f)."""
        hidden = np.maximum((features - self.mean) / self.scale @ self.hidden_weights + self.hidden_bias, 0.0)
        probabilities: Scores = expit(hidden @ self.weights + self.bias)
        return probabilities


def train_span_scorer(features: Scores, is_mention: NDArray[np.bool_], seed: int) -> SpanScorer:
    """The scorer trained on labelled spans.

    Args:
        features: (n, f).
        is_mention: the labels, bool (n,).
        seed: of the weights that training starts from, and of its batches.
    """
    from sklearn.exceptions import ConvergenceWarning  # not needed for linking
    from sklearn.neural_network import MLPClassifier

    mean, scale = features.mean(0), features.std(0)
    scale[scale == 0] = 1.0
    # One positive and one negative pseudo-example keep probabilities of a small sample away from 0 and 1.
    scaled = np.vstack([(features - mean) / scale, np.zeros((2, features.shape[1]))])
    model = MLPClassifier(
        (HIDDEN,),
        alpha=0.01,
        batch_size=min(256, len(scaled)),
        learning_rate_init=2e-3,
        max_iter=PASSES,
        n_iter_no_change=PASSES,
        random_state=seed,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the number of passes is fixed
        model.fit(scaled, np.append(is_mention, [True, False]))
    (hidden_weights, weights), (hidden_bias, bias) = model.coefs_, model.intercepts_
    return SpanScorer(mean, scale, hidden_weights, hidden_bias, weights[:, 0], bias)
