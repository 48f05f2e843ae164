"""The ranker: a weight for each feature, and a softmax over the candidates of a mention.

It is a conditional logit (McFadden, "Conditional logit analysis of qualitative choice behavior", 1974), so its scores
are log-probabilities. No weight is negative, because a larger value of every feature is evidence for its candidate.

Weights learned from held-out names are averaged with prior weights: held-out names are other words for a concept more
often than mentions in text are, and the prior weights were chosen on annotated text of several domains.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import FiniteFloat

from hyplink.arrays import Scores, log_softmax
from hyplink.candidates.features import FEATURES, Candidates
from hyplink.candidates.lexical import Ranked
from hyplink.errors import RunError
from hyplink.ranking.logit import conditional_logit
from hyplink.run import read_record, write_json

WEIGHTS, FIRST_WEIGHTS = "weights.json", "first_weights.json"
"""The weights of the ranker, and of the one that gives a document's confident links (`document_features`)."""

PRIOR_WEIGHTS = {
    "exact_name": 2.0,
    "normal_name": 2.0,
    "reordered_name": 1.0,
    "only_exact_name": 1.0,
    "own_name": 1.0,
    "tfidf": 3.0,
    "cosine": 2.0,
    "ball": 0.3,
    "words_left_over": 0.1,
    "label_tfidf": 1.5,
    "part_tfidf": 1.0,
    "first_part_tfidf": 2.0,
    "head_word": 0.4,
    "document_links": 1.0,
    "document_topic": 2.0,
    "sense_prior": 1.0,
    "context": 1.0,
    "gloss": 3.0,
    "gloss_document": 2.0,
}
"""The mean of the weights' prior, 0 for the other features; the weights themselves where there are no examples."""

NAMES_SHARE = 0.5
"""The step from the prior weights to those most likely for held-out names, as a share."""


@dataclass(frozen=True)
class Ranker:
    """Scores candidates by a weighted sum of their features.

    Attributes:
        weights: float64 (len(FEATURES),), in the order of `FEATURES`.
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

    def save(self, path: Path) -> None:
        """Writes the weights as JSON."""
        path.parent.mkdir(exist_ok=True)
        write_json(path, dict(zip(FEATURES, self.weights.tolist(), strict=True)))


def load_ranker(path: Path) -> Ranker:
    """The ranker that `Ranker.save` wrote.

    Raises:
        RunError: the file is missing or damaged, or of another version's features.
    """
    weights = read_record(dict[str, FiniteFloat], path)
    if set(weights) != set(FEATURES):
        raise RunError(f"{path}: not the weights of this version's features; re-run `hyplink fit` with --force")
    return Ranker(np.array([weights[name] for name in FEATURES], dtype=np.float64))


def prior_ranker() -> Ranker:
    """The ranker with the prior weights."""
    return Ranker(np.array([PRIOR_WEIGHTS.get(name, 0.0) for name in FEATURES]))


def single_feature_ranker(name: str) -> Ranker:
    """The ranker by a single feature."""
    return Ranker(np.array([float(name == each) for each in FEATURES]))


def train_ranker(candidates: Candidates, is_gold: NDArray[np.bool_], *, of_names: bool) -> Ranker:
    """The ranker under which the right candidates are most likely.

    Mentions without a right candidate are left out. If several are right, the sum of their probabilities counts.

    Args:
        candidates: of out-of-fold mentions.
        is_gold: whether each candidate is right, bool (c,).
        of_names: whether the mentions are held-out names, not mentions of a text.
    """
    prior = prior_ranker().weights
    likeliest = conditional_logit(candidates.features, candidates.mentions, is_gold, prior)
    return Ranker(prior + NAMES_SHARE * (likeliest - prior) if of_names else likeliest)
