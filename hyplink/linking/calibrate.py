"""Calibration: from the ranker's scores to probabilities that mean what they say.

A mention means one of its candidates, or none of them: its concept may be missing from the ontology, or no source may
have thought of it. The chance that it is among them comes from a logistic regression on what speaks for the best
candidate; within it the ranker's distribution counts, sharpened or blunted by one factor (temperature scaling: Guo et
al., "On calibration of modern neural networks", ICML 2017). So the probabilities of a mention's candidates sum to less
than 1, and those of any group of concepts can be added up.

Both are fitted on what the ranker says of documents, or names, that it has not seen.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression

from hyplink.errors import RunError
from hyplink.linking.evidence import FEATURES, Candidates, log_softmax
from hyplink.linking.lexical import Indices, Scores
from hyplink.linking.rank import Ranker, train_ranker
from hyplink.linking.rehearsal import MENTIONS, Rehearsed
from hyplink.run import read_json, write_json

FOLDS = 5
"""In so many parts the held examples are dealt out, by document; each is scored by a ranker trained on the others."""

SHARPNESS = (0.1, 5.0)

Basis = Literal["documents", "names"]
SIGNS = ("normal_name", "tfidf", "cosine", "ball", "words_left_over")
"""What tells, beside its score, whether the best candidate can be right at all."""

_COLUMNS = [FEATURES.index(name) for name in SIGNS]


@dataclass(frozen=True)
class Calibration:
    """Makes probabilities of scores.

    Attributes:
        basis: what it was fitted on, annotated documents or names.
        n_mentions: how many mentions, or names.
        n_documents: in how many documents; 0 for names.
        sharpness: the factor of the scores.
        weights: of the best candidate's score and of `SIGNS`, for the chance that a candidate is right.
        intercept: beside them.
    """

    basis: Basis
    n_mentions: int
    n_documents: int
    sharpness: float
    weights: tuple[float, ...]
    intercept: float

    def probabilities(self, candidates: Candidates, scores: Scores) -> Scores:
        """The probability that each candidate is what its mention means, float64 (c,).

        Args:
            candidates: of some mentions.
            scores: the ranker's log-probability of each candidate (c,).
        """
        best = best_candidates(candidates.mentions, scores)
        logits = _signs(candidates, scores, best) @ np.array(self.weights) + self.intercept
        known = np.repeat(1 / (1 + np.exp(-logits)), np.diff(_firsts(candidates.mentions), append=len(scores)))
        probabilities: Scores = known * np.exp(log_softmax(self.sharpness * scores, candidates.mentions))
        return probabilities


@dataclass(frozen=True)
class Uncalibrated:
    """No calibration, and why."""

    reason: str
    basis: None = None

    def probabilities(self, candidates: Candidates, scores: Scores) -> Scores:
        """NaN for each candidate (c,): nothing is known."""
        return np.full(scores.shape, np.nan)


def save_calibration(calibration: Calibration | Uncalibrated, path: Path) -> None:
    """Writes a calibration, or why there is none, as JSON."""
    write_json(path, asdict(calibration))


def load_calibration(path: Path) -> Calibration | Uncalibrated:
    """What `save_calibration` wrote.

    Raises:
        RunError: the file is missing or damaged, or of another version.
    """
    fields: Any = read_json(path)
    try:
        if fields["basis"] is None:
            return Uncalibrated(fields["reason"])
        found = Calibration(**fields | {"weights": tuple(fields["weights"])})
    except (TypeError, KeyError) as error:
        raise RunError(f"{path}: not the calibration of this version; run `hyplink fit --force` again") from error
    if len(found.weights) != 1 + len(SIGNS):
        raise RunError(f"{path}: not the calibration of this version; run `hyplink fit --force` again")
    return found


def trained_calibration(rehearsed: Rehearsed) -> Calibration | Uncalibrated:
    """The calibration that makes what came true in a rehearsal likeliest."""
    candidates, is_gold, documents = rehearsed
    basis: Basis = "documents" if any(documents) else "names"
    if len(documents) < MENTIONS:
        return Uncalibrated(
            f"{len(documents)} {basis if basis == 'names' else 'mentions'} could be held out to calibrate on; "
            f"{MENTIONS} are needed"
        )
    scores = _scores_unseen(rehearsed)
    best = best_candidates(candidates.mentions, scores)
    known = np.isin(candidates.mentions[best], candidates.mentions[is_gold])
    signs = _signs(candidates, scores, best)
    # Two examples at the centre, one right and one wrong, keep certainty out of a fit to few.
    centre = signs.mean(0)
    model = LogisticRegression(max_iter=1000).fit(np.vstack([signs, centre, centre]), [*known, True, False])
    return Calibration(
        basis,
        len(documents),
        len(set(documents) - {""}),
        _sharpness(candidates.mentions, scores, is_gold),
        tuple(model.coef_[0].tolist()),
        float(model.intercept_[0]),
    )


def best_candidates(mentions: Indices, scores: Scores) -> Indices:
    """The row of each mention's best candidate, the first of equal ones."""
    order = np.lexsort((-scores, mentions))
    best: Indices = order[_firsts(mentions[order])]
    return best


def _scores_unseen(rehearsed: Rehearsed) -> Scores:
    """The log-probability of each candidate by a ranker that was trained without its document or name."""
    candidates, is_gold, documents = rehearsed
    folds = _folds(documents)[candidates.mentions]
    scores = np.zeros(len(is_gold))
    for fold in np.unique(folds).tolist():
        seen, unseen = _part(candidates, folds != fold), _part(candidates, folds == fold)
        ranker: Ranker = train_ranker(seen, is_gold[folds != fold], learn_ball=any(documents))
        scores[folds == fold] = ranker.scores(unseen)
    return scores


def _folds(documents: Sequence[str]) -> Indices:
    """The fold of each example: that of its document, or of its own place for a name."""
    units = [document or str(row) for row, document in enumerate(documents)]
    number = {unit: n for n, unit in enumerate(dict.fromkeys(units))}
    return np.array([number[unit] % FOLDS for unit in units])


def _part(candidates: Candidates, rows: NDArray[np.bool_]) -> Candidates:
    return Candidates(candidates.mentions[rows], candidates.concepts[rows], candidates.features[rows], None)


def _signs(candidates: Candidates, scores: Scores, best: Indices) -> Scores:
    """What speaks for the best candidate of each mention (n, 1 + len(SIGNS))."""
    return np.column_stack([scores[best], candidates.features[best][:, _COLUMNS]])


def _sharpness(mentions: Indices, scores: Scores, is_gold: NDArray[np.bool_]) -> float:
    """The factor of the scores that makes the right candidates likeliest; 1 where there are none."""
    right = mentions[is_gold]
    if not len(right):
        return 1.0

    def loss(factor: float) -> float:
        log_right = log_softmax(factor * scores, mentions)[is_gold]
        return -float(np.logaddexp.reduceat(log_right, _firsts(right)).sum())

    return float(minimize_scalar(loss, bounds=SHARPNESS, method="bounded").x)


def _firsts(mentions: Indices) -> Indices:
    """Where each mention's candidates begin."""
    return np.flatnonzero(np.diff(mentions, prepend=-1))
