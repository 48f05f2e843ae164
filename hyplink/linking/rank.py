"""The ranker: one weight for each kind of evidence, and a softmax over the candidates of a mention.

It is a conditional logit (McFadden, "Conditional logit analysis of qualitative choice behavior", 1974), so its scores
are log-probabilities. No weight is negative: every feature is made to speak for its candidate.

The ball's weight is not learned. The regressor has seen every wording that the ranker could learn from and is nearly
always right about them, so that a learned weight would drown all else on wordings that it has not seen.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from hyplink.errors import RunError
from hyplink.linking.evidence import FEATURES, Candidates, log_softmax
from hyplink.linking.lexical import Indices, Ranked, Scores
from hyplink.run import read_json, write_json

WEIGHTS = "weights.json"

PRIOR_WEIGHTS = {
    "exact_name": 2.0,
    "normal_name": 2.0,
    "reordered_name": 1.0,
    "only_exact_name": 1.0,
    "own_name": 1.0,
    "tfidf": 5.0,
    "cosine": 2.0,
    "ball": 0.3,
}
"""Weights before anything was learned, 0 where none is named: enough to rank by where there is nothing to learn from.
That of the ball stays."""

PRIOR_STRENGTH = 1.0
"""Precision of the normal prior around them."""


@dataclass(frozen=True)
class Ranker:
    """Weighs evidence.

    Attributes:
        weights: of the features, in the order of `FEATURES`, float64.
    """

    weights: Scores

    def scores(self, candidates: Candidates) -> Scores:
        """The log-probability of each candidate among its mention's, float64 (c,)."""
        return log_softmax(candidates.features @ self.weights, candidates.mentions)

    def rank(self, candidates: Candidates, n_mentions: int, k: int) -> Ranked:
        """The k best candidates of each of n mentions, best first, ties by concept index."""
        scores = self.scores(candidates)
        order = np.lexsort((candidates.concepts, -scores, candidates.mentions))
        mentions = candidates.mentions[order]
        place = np.arange(len(mentions)) - np.searchsorted(mentions, mentions)
        order, mentions, place = order[place < k], mentions[place < k], place[place < k]
        ranked = Ranked(np.full((n_mentions, k), -1), np.full((n_mentions, k), -np.inf))
        ranked.concepts[mentions, place] = candidates.concepts[order]
        ranked.scores[mentions, place] = scores[order]
        return ranked

    def save(self, folder: Path) -> None:
        """Writes `weights.json`."""
        folder.mkdir(exist_ok=True)
        write_json(folder / WEIGHTS, dict(zip(FEATURES, self.weights.tolist(), strict=True)))


def load_ranker(folder: Path) -> Ranker:
    """The ranker that `Ranker.save` wrote to a folder.

    Raises:
        RunError: the file is missing or damaged, or of another version's features.
    """
    weights = read_json(folder / WEIGHTS)
    if not isinstance(weights, dict) or set(weights) != set(FEATURES):
        raise RunError(f"{folder / WEIGHTS}: not the weights of this version's features; run `hyplink fit` again")
    return Ranker(np.array([weights[name] for name in FEATURES], dtype=np.float64))


def train_ranker(candidates: Candidates, is_gold: NDArray[np.bool_]) -> Ranker:
    """The ranker that makes the right candidates likeliest.

    Mentions without a right candidate teach nothing. Of several right ones any will do: their probabilities add up.

    Args:
        candidates: of mentions whose meaning is known, gathered without these mentions' own wordings.
        is_gold: whether each candidate is right, bool (c,).
    """
    prior = np.array([PRIOR_WEIGHTS.get(name, 0.0) for name in FEATURES])
    taught = np.unique(candidates.mentions[is_gold])
    kept = np.isin(candidates.mentions, taught)
    if not kept.any():
        return Ranker(prior)
    mentions, gold = candidates.mentions[kept], is_gold[kept]
    features = np.where(np.array(FEATURES) == "ball", 0.0, candidates.features[kept])

    def loss(weights: Scores) -> tuple[float, Scores]:
        scores = features @ weights
        log_all = log_softmax(scores, mentions)
        log_right = log_softmax(scores[gold], mentions[gold])
        difference = np.exp(log_all)
        difference[gold] -= np.exp(log_right)
        away = weights - prior
        value = (log_right - log_all[gold])[_firsts(mentions[gold])].sum() + PRIOR_STRENGTH * away @ away / 2
        return value, features.T @ difference + PRIOR_STRENGTH * away

    found = minimize(loss, prior, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(prior))
    return Ranker(found.x)


def _firsts(mentions: Indices) -> Indices:
    """Where each mention's candidates begin."""
    return np.flatnonzero(np.diff(mentions, prepend=-1))
