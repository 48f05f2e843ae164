"""The ranker: one weight for each kind of evidence, and a softmax over the candidates of a mention.

It is a conditional logit (McFadden, "Conditional logit analysis of qualitative choice behavior", 1974), so its scores
are log-probabilities. No weight is negative: every feature is made to speak for its candidate.

The ball's weight is learned from mentions alone. Names that are held out are other words for a concept more often than
the mentions of a text are, and a weight learned from them would trust the ball too far where words are alike.
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
    "words_left_over": 0.1,
}
"""Weights before anything was learned, 0 where none is named: enough to rank by where nothing is to be learned from."""

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


def prior_ranker() -> Ranker:
    """The ranker that has learned nothing."""
    return Ranker(np.array([PRIOR_WEIGHTS.get(name, 0.0) for name in FEATURES]))


def train_ranker(candidates: Candidates, is_gold: NDArray[np.bool_], *, learn_ball: bool) -> Ranker:
    """The ranker that makes the right candidates likeliest.

    Mentions without a right candidate teach nothing. Of several right ones any will do: their probabilities add up.

    Args:
        candidates: of mentions whose meaning is known, by sources that have not seen them.
        is_gold: whether each candidate is right, bool (c,).
        learn_ball: whether the weight of the ball is learned; else it stays what it was.
    """
    prior = prior_ranker().weights
    taught = np.unique(candidates.mentions[is_gold])
    kept = np.isin(candidates.mentions, taught)
    if not kept.any():
        return prior_ranker()
    mentions, gold = candidates.mentions[kept], is_gold[kept]
    features = candidates.features[kept]

    def loss(weights: Scores) -> tuple[float, Scores]:
        scores = features @ weights
        log_all = log_softmax(scores, mentions)
        log_right = log_softmax(scores[gold], mentions[gold])
        difference = np.exp(log_all)
        difference[gold] -= np.exp(log_right)
        away = weights - prior
        value = (log_right - log_all[gold])[_firsts(mentions[gold])].sum() + PRIOR_STRENGTH * away @ away / 2
        return value, features.T @ difference + PRIOR_STRENGTH * away

    free = [learn_ball or name != "ball" for name in FEATURES]
    bounds = [(0, None) if each else (weight, weight) for each, weight in zip(free, prior.tolist(), strict=True)]
    found = minimize(loss, prior, jac=True, method="L-BFGS-B", bounds=bounds)
    return Ranker(found.x)


def _firsts(mentions: Indices) -> Indices:
    """Where each mention's candidates begin."""
    return np.flatnonzero(np.diff(mentions, prepend=-1))
