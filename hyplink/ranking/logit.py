"""The conditional logit: weights of evidence, by which the right candidates of mentions are likeliest.

McFadden, "Conditional logit analysis of qualitative choice behavior", 1974.
"""

import numpy as np
from numpy.typing import NDArray

from hyplink.arrays import Indices, Scores, log_softmax, segment_starts

PRIOR_STRENGTH = 1.0
"""Precision of the normal prior around the weights that were held before anything was learned."""


def conditional_logit(features: Scores, mentions: Indices, is_right: NDArray[np.bool_], prior: Scores) -> Scores:
    """The weights, none negative, that make the right candidates likeliest, float64 (k,).

    Mentions without a right candidate teach nothing. Of several right ones any will do: their probabilities add up.

    Args:
        features: what speaks for each candidate, (c, k).
        mentions: the mention's row of each candidate, int64 (c,), ascending.
        is_right: bool (c,).
        prior: the weights before anything was learned, (k,).
    """
    from scipy.optimize import minimize  # linking does without it

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
