"""Calibration: from the ranker's scores to probabilities that mean what they say.

The chance that the best candidate is right is a logistic function of the log-odds that the ranker gives it (Platt,
"Probabilistic outputs for support vector machines", 1999). Where it is wrong, the right concept is one of the other
candidates with a chance that is the same for every mention, and among them the ranker's distribution counts, sharpened
or blunted by one factor (temperature scaling: Guo et al., "On calibration of modern neural networks", ICML 2017). Else
it is none of them: the ontology may lack it, or no source thought of it. So the probabilities of a mention's candidates
sum to less than 1, and those of any group of concepts can be added up.

All of it is fitted on what the ranker says of documents, or names, that it has not seen. Four numbers are few: what
more evidence would say of one collection of documents does not hold for the next.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from hyplink.arrays import Indices, Scores, log_softmax, segment_starts
from hyplink.candidates.features import FEATURES, Candidates
from hyplink.errors import RunError
from hyplink.ranking.cross_fitting import MIN_MENTIONS, OutOfFoldExamples
from hyplink.ranking.ranker import Ranker, train_ranker
from hyplink.run import read_json, write_json

FOLDS = 5
"""In so many parts the held examples are dealt out, by document; each is scored by a ranker trained on the others."""

SHARPNESS = (0.1, 5.0)
LEAST = 1e-4
"""The ranker's probabilities are cut off here, near 0 and near 1: beyond, surer is no surer."""

_PLAIN = [FEATURES.index("normal_name"), FEATURES.index("only_exact_name")]

Basis = Literal["documents", "names"]
Rows = NDArray[np.bool_]


@dataclass(frozen=True)
class Calibration:
    """Makes probabilities of scores.

    Attributes:
        basis: what it was fitted on, annotated documents or names.
        n_mentions: how many mentions, or names, that were held out.
        n_documents: in how many documents; 0 for names.
        slope, intercept: the log-odds that the best candidate is right, from those that the ranker gives it.
        elsewhere: the chance that another candidate is right where the best is not.
        sharpness: the factor of the scores of the others.
        sure: a confidence that a quarter of the held examples reached.
        plain: the confidence of a plain name, whatever else is weighed; None on documents, which tell one from another.
    """

    basis: Basis
    n_mentions: int
    n_documents: int
    slope: float
    intercept: float
    elsewhere: float
    sharpness: float
    sure: float
    plain: float | None

    def probabilities(self, candidates: Candidates, scores: Scores, named: Rows | None = None) -> Scores:
        """The probability that each candidate is what its mention means, float64 (c,).

        The best candidate is right where one of the same meaning is: their probabilities sum to the confidence in it.

        Args:
            candidates: of some mentions.
            scores: the ranker's log-probability of each candidate (c,).
            named: which candidates come before all others, bool (c,).
        """
        mentions = candidates.mentions
        best = best_candidates(mentions, scores, named)
        confidences = expit(self.slope * _log_odds(_log_shares(candidates, scores, best)) + self.intercept)
        if self.plain is not None:
            confidences[are_plain(candidates)[best]] = self.plain
        sizes = np.diff(segment_starts(mentions), append=len(scores))
        with_best = _in_best_group(candidates, best)
        probabilities: Scores = np.repeat((1 - confidences) * self.elsewhere, sizes)
        probabilities[with_best] = np.repeat(confidences, sizes)[with_best]
        factors = np.where(with_best, 1.0, self.sharpness)
        for part in (with_best, ~with_best):
            probabilities[part] *= np.exp(log_softmax((factors * scores)[part], mentions[part]))
        return probabilities


@dataclass(frozen=True)
class Uncalibrated:
    """No calibration, and why."""

    reason: str
    basis: None = None

    def probabilities(self, candidates: Candidates, scores: Scores, named: Rows | None = None) -> Scores:
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
        return Uncalibrated(fields["reason"]) if fields["basis"] is None else Calibration(**fields)
    except (TypeError, KeyError) as error:
        raise RunError(f"{path}: not the calibration of this version; run `hyplink fit --force` again") from error


def train_calibration(examples: OutOfFoldExamples) -> Calibration | Uncalibrated:
    """The calibration that makes what came true in a rehearsal likeliest."""
    from sklearn.linear_model import LogisticRegression  # linking does without it, and is there a second sooner

    candidates, is_gold, _, documents, n_held = examples
    basis: Basis = "documents" if any(documents) else "names"
    if n_held < MIN_MENTIONS:
        return Uncalibrated(
            f"{n_held} {basis if basis == 'names' else 'mentions'} could be held out to calibrate on; "
            f"{MIN_MENTIONS} are needed"
        )
    scores = _scores_unseen(examples)
    best = best_candidates(candidates.mentions, scores)
    right, plain = is_gold[best], are_plain(candidates)[best]
    known = np.isin(candidates.mentions[best], candidates.mentions[is_gold])
    odds = _log_odds(_log_shares(candidates, scores, best))
    # Two more, one right and one wrong, keep certainty out of a fit to few.
    model = LogisticRegression().fit(np.append(odds, [0.0, 0.0])[:, None], [*right, True, False])
    slope, intercept = float(model.coef_[0, 0]), float(model.intercept_[0])
    confidences, of_plain = expit(slope * odds + intercept), None
    if basis == "names":
        of_plain = confidences[plain] = float((right[plain].sum() + 1) / (plain.sum() + 2))
    return Calibration(
        basis,
        n_held,
        len(set(documents) - {""}),
        slope,
        intercept,
        elsewhere=float((known[~right].sum() + 1) / ((~right).sum() + 2)),
        sharpness=_sharpness(candidates, scores, best, is_gold),
        sure=float(np.quantile(confidences, 0.75)),
        plain=of_plain,
    )


def are_plain(candidates: Candidates) -> Rows:
    """Which candidates have the mention as a plain name, one that no other concept bears, bool (c,)."""
    plain: Rows = candidates.features[:, _PLAIN].min(axis=1) > 0
    return plain


def best_candidates(mentions: Indices, scores: Scores, named: Rows | None = None) -> Indices:
    """The row of each mention's best candidate, the first of equal ones; those that are named come before others."""
    unnamed = np.zeros(len(scores), dtype=bool) if named is None else ~named
    order = np.lexsort((-scores, unnamed, mentions))
    best: Indices = order[segment_starts(mentions[order])]
    return best


def _scores_unseen(examples: OutOfFoldExamples) -> Scores:
    """The log-probability of each candidate by a ranker that was trained without its document or name."""
    candidates, _, teaches, documents, _ = examples
    folds = _folds(documents)[candidates.mentions]
    scores = np.zeros(len(teaches))
    for fold in np.unique(folds).tolist():
        seen, unseen = _part(candidates, folds != fold), _part(candidates, folds == fold)
        ranker: Ranker = train_ranker(seen, teaches[folds != fold], of_names=not any(documents))
        scores[folds == fold] = ranker.scores(unseen)
    return scores


def _folds(documents: Sequence[str]) -> Indices:
    """The fold of each example: that of its document, or of its own place for a name."""
    units = [document or str(row) for row, document in enumerate(documents)]
    number = {unit: n for n, unit in enumerate(dict.fromkeys(units))}
    return np.array([number[unit] % FOLDS for unit in units])


def _part(candidates: Candidates, rows: Rows) -> Candidates:
    mentions, concepts, features, _, gold_groups = candidates
    return Candidates(mentions[rows], concepts[rows], features[rows], None, gold_groups[rows])


def _in_best_group(candidates: Candidates, best: Indices) -> Rows:
    """Which candidates have the meaning of their mention's best one, bool (c,)."""
    sizes = np.diff(segment_starts(candidates.mentions), append=len(candidates.mentions))
    same: Rows = candidates.gold_groups == np.repeat(candidates.gold_groups[best], sizes)
    return same


def _log_shares(candidates: Candidates, scores: Scores, best: Indices) -> Scores:
    """The log-probability (n,) of the meaning of each mention's best candidate."""
    same = _in_best_group(candidates, best)
    shares: Scores = np.logaddexp.reduceat(scores[same], segment_starts(candidates.mentions[same]))
    return shares


def _log_odds(scores: Scores) -> Scores:
    """Of log-probabilities."""
    odds: Scores = logit(np.clip(np.exp(scores), LEAST, 1 - LEAST))
    return odds


def _sharpness(candidates: Candidates, scores: Scores, best: Indices, is_gold: Rows) -> float:
    """The factor of the scores that makes the right ones likeliest where the best is wrong; 1 where there are none."""
    from scipy.optimize import minimize_scalar  # linking does without it

    mentions, others = candidates.mentions, ~_in_best_group(candidates, best)
    missed = (is_gold & ~np.isin(mentions, mentions[best][is_gold[best]]))[others]
    if not missed.any():
        return 1.0

    def loss(factor: float) -> float:
        log_right = log_softmax(factor * scores[others], mentions[others])[missed]
        return -float(np.logaddexp.reduceat(log_right, segment_starts(mentions[others][missed])).sum())

    return float(minimize_scalar(loss, bounds=SHARPNESS, method="bounded").x)
