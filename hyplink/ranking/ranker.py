"""The ranker: one weight for each kind of evidence, and a softmax over the candidates of a mention.

It is a conditional logit (McFadden, "Conditional logit analysis of qualitative choice behavior", 1974), so its scores
are log-probabilities. No weight is negative: every feature is made to speak for its candidate.

What names that are held out teach goes half the way: they are other words for a concept more often than the mentions of
a text are, and weights that were learned from annotated text of other fields know what names cannot.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hyplink.arrays import Scores, log_softmax
from hyplink.candidates.features import FEATURES, Candidates
from hyplink.candidates.lexical import Ranked
from hyplink.errors import RunError
from hyplink.ranking.logit import conditional_logit
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
    "sense_prior": 1.0,
    "context": 1.0,
    "gloss": 3.0,
    "gloss_document": 2.0,
}
"""Weights before anything was learned, 0 where none is named: enough to rank by where nothing is to be learned from."""

NAMES_TEACH = 0.5
"""How far weights go from those before to those that are likeliest for names that are held out."""


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


def single_feature_ranker(name: str) -> Ranker:
    """The ranker that goes by one feature alone."""
    return Ranker(np.array([float(name == each) for each in FEATURES]))


def train_ranker(candidates: Candidates, is_gold: NDArray[np.bool_], *, of_names: bool) -> Ranker:
    """The ranker that makes the right candidates likeliest.

    Mentions without a right candidate teach nothing. Of several right ones any will do: their probabilities add up.

    Args:
        candidates: of mentions whose meaning is known, by sources that have not seen them.
        is_gold: whether each candidate is right, bool (c,).
        of_names: whether the mentions are names that were held out, not mentions of a text.
    """
    prior = prior_ranker().weights
    likeliest = conditional_logit(candidates.features, candidates.mentions, is_gold, prior)
    return Ranker(prior + NAMES_TEACH * (likeliest - prior) if of_names else likeliest)
