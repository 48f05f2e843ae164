"""The conditional logit: the weights of features under which the right candidates of mentions are most likely.

McFadden, "Conditional logit analysis of qualitative choice behavior", 1974.
"""

import numpy as np
from numpy.typing import NDArray

from hyplink.arrays import Indices, Scores, log_softmax, segment_starts

PRIOR_STRENGTH = 1.0
"""Precision of the normal prior of the weights."""


def conditional_logit(features: Scores, mentions: Indices, is_right: NDArray[np.bool_], prior: Scores) -> Scores:
    """The weights, none negative, that make the right candidates most likely, float64 (k,).

    Mentions without a right candidate are left out. If several are right, the sum of their probabilities counts.

    Args:
        features: of the candidates, float64 (c, k).
        mentions: the mention's row of each candidate, int64 (c,), ascending.
        is_right: whether each candidate is right, bool (c,).
        prior: mean of the weights' normal prior, float64 (k,).
    """
    from scipy.optimize import minimize  # not needed for linking

    kept = np.isin(mentions, mentions[is_right])
    if not kept.any():
        return prior
    features, mentions, right = features[kept], mentions[kept], is_right[kept]

    def loss(weights: Scores) -> tuple[float, Scores]:
        scores = features @ weights
        log_all = log_softmax(scores, mentions)
        log_right = log_softmax(scores[right], mentions[right])
        difference = np.exp(log_all)
        difference[right] -= np.exp(log_right)
        away = weights - prior
        value = (log_right - log_all[right])[segment_starts(mentions[right])].sum() + PRIOR_STRENGTH * away @ away / 2
        return value, features.T @ difference + PRIOR_STRENGTH * away

    weights: Scores = minimize(loss, prior, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(prior)).x
    return weights
