"""Calibration: from ranking scores to probabilities.

The probability that the best candidate is right is a logistic function of the log-odds that the ranker gives it (Platt,
"Probabilistic outputs for support vector machines", 1999), and of whether its surface form is known: a name of this
concept alone, or a surface form by which training text means it. Text of another kind has another share of known
surface forms than the training text, which the log-odds alone do not show. If the best candidate is wrong, the right
concept is one of the other candidates with a probability that is the same for every mention, distributed among them by
the ranker's scores times one factor (temperature scaling: Guo et al., "On calibration of modern neural networks", ICML
2017). Otherwise it is none of them: the ontology lacks it, or no source proposed it. So the probabilities of a
mention's candidates sum to less than 1, and those of any set of concepts can be added up.

In a run trained on names alone, where the mention is a name of its best candidate in normal form, that probability is a
constant: by held-out names, which are no such names, it cannot be told. If it is a name of several candidates, they
divide the constant by the ranker's scores.

All of it is fitted on out-of-fold examples (`ranking.cross_fitting`). It has five parameters only, because what finer
features would say of one collection of documents does not hold for the next.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, FiniteFloat
from scipy.special import expit, logit

from hyplink.arrays import Indices, Scores, log_softmax, segment_starts
from hyplink.candidates.features import FEATURES, Candidates
from hyplink.ranking.cross_fitting import OutOfFoldExamples
from hyplink.ranking.ranker import Ranker, train_ranker
from hyplink.run import read_record, write_json
from hyplink.run.mode import MIN_MENTIONS, Mode, TrainingSource

FOLDS = 5
"""Folds of the out-of-fold examples, by document; each is scored by a ranker trained on the other folds."""

SHARPNESS = (0.1, 5.0)
PLAIN_IN_TEXT = 0.95
"""The share of plain names in annotated texts by which the annotators mean their concept: .948 in the mean of fourteen
annotated files of six ontologies, from .81 to 1.00 (`scripts/studies/study_plain_names.py`). Held-out names do not show
it: by them, a plain name is nearly always right.
"""

MIN_PROBABILITY = 1e-4
"""The ranker's probabilities are clipped to this distance from 0 and 1."""

_COUNT = FEATURES.index("surface_form_count")
_NORMAL = FEATURES.index("normal_name")
_PLAIN = [_NORMAL, FEATURES.index("only_exact_name")]

Rows = NDArray[np.bool_]
Share = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True)
class Calibration:
    """Turns ranking scores into probabilities.

    Attributes:
        source: what it was fitted on, annotated documents or names.
        n_mentions: how many mentions, or names, were held out.
        n_documents: in how many documents; 0 for names.
        slope, intercept: from the ranker's log-odds of the best candidate to the log-odds that it is right.
        elsewhere: the probability that another candidate is right where the best is wrong.
        sharpness: the factor of the scores of the other candidates.
        sure: the confidence that a quarter of the held-out examples reached.
        plain: the confidence that one of the concepts with a name that equals the mention is right, whatever their
            scores; None if fitted on documents, whose plain names the score tells apart.
        known: added to the log-odds of a candidate with a known surface form, at least 0; 0 if fitted on names.
    """

    source: TrainingSource
    n_mentions: int
    n_documents: int
    slope: FiniteFloat
    intercept: FiniteFloat
    elsewhere: Share
    sharpness: FiniteFloat
    sure: Share
    plain: Share | None
    known: Annotated[FiniteFloat, Field(ge=0)]

    def probabilities(self, candidates: Candidates, scores: Scores, named: Rows | None = None) -> Scores:
        """The probability that each candidate is right, float64 (c,).

        The best candidate is right if any concept of its gold-equivalence group is: their probabilities sum to the
        confidence in it.

        Args:
            candidates: of some mentions.
            scores: the ranker's log-probability of each candidate (c,).
            named: which candidates rank before all others, bool (c,). In a run trained on names they have all the
                confidence of a name; without any, the candidates with a name that equals the mention share it.
        """
        mentions = candidates.mentions
        best = best_candidates(mentions, scores, named)
        odds = self.slope * _log_odds(_log_shares(candidates, scores, best))
        confidences = expit(odds + self.known * are_known(candidates)[best] + self.intercept)
        sizes = np.diff(segment_starts(mentions), append=len(scores))
        with_best = _in_best_group(candidates, best)
        if self.plain is not None:
            equal = are_names(candidates)
            if named is not None:  # the others have names in another number or spelling
                equal &= named | ~np.repeat(named[best], sizes)
            confidences[equal[best]] = self.plain
            with_best |= equal & np.repeat(equal[best], sizes)
        probabilities: Scores = np.repeat((1 - confidences) * self.elsewhere, sizes)
        probabilities[with_best] = np.repeat(confidences, sizes)[with_best]
        factors = np.where(with_best, 1.0, self.sharpness)
        for part in (with_best, ~with_best):
            probabilities[part] *= np.exp(log_softmax((factors * scores)[part], mentions[part]))
        return probabilities


@dataclass(frozen=True)
class Uncalibrated:
    """No calibration, and the reason."""

    reason: str
    source: None = None

    def probabilities(self, candidates: Candidates, scores: Scores, named: Rows | None = None) -> Scores:
        """NaN for each candidate (c,)."""
        return np.full(scores.shape, np.nan)


def save_calibration(calibration: Calibration | Uncalibrated, path: Path) -> None:
    """Writes a calibration, or the reason why there is none, as JSON."""
    write_json(path, asdict(calibration))


def load_calibration(path: Path) -> Calibration | Uncalibrated:
    """The calibration that `save_calibration` wrote.

    Raises:
        RunError: the file is missing or damaged, or of another version.
    """
    return read_record(cast(type[Calibration | Uncalibrated], Calibration | Uncalibrated), path)


def train_calibration(examples: OutOfFoldExamples, mode: Mode) -> Calibration | Uncalibrated:
    """The calibration under which the out-of-fold examples are most likely."""
    candidates, is_gold, _, documents, n_held = examples
    if n_held < MIN_MENTIONS:
        kind = "names" if mode.names_only else "mentions"
        return Uncalibrated(f"{n_held} {kind} could be held out to calibrate on; {MIN_MENTIONS} are needed")
    scores = _out_of_fold_scores(examples, mode)
    best = best_candidates(candidates.mentions, scores)
    right, plain = is_gold[best], are_plain(candidates)[best]
    proposed = np.isin(candidates.mentions[best], candidates.mentions[is_gold])
    odds = _log_odds(_log_shares(candidates, scores, best))
    is_known = are_known(candidates)[best] & (not mode.names_only)
    slope, known, intercept = _logistic(odds, is_known, right)
    confidences, of_plain = expit(slope * odds + known * is_known + intercept), None
    if mode.names_only:
        of_plain = confidences[plain] = PLAIN_IN_TEXT * float((right[plain].sum() + 1) / (plain.sum() + 2))
    return Calibration(
        mode.trained_on,
        n_held,
        len(set(documents) - {""}),
        slope,
        intercept,
        elsewhere=float((proposed[~right].sum() + 1) / ((~right).sum() + 2)),
        sharpness=_sharpness(candidates, scores, best, is_gold),
        sure=float(np.quantile(confidences, 0.75)),
        plain=of_plain,
        known=known,
    )


def _logistic(odds: Scores, known: Rows, right: Rows) -> tuple[float, float, float]:
    """The coefficients of the log-odds and of known surface forms, the latter at least 0, and the intercept."""
    from sklearn.linear_model import LogisticRegression  # linking does not need it, and starts a second faster

    # One positive and one negative pseudo-example keep the probabilities of a small sample away from 0 and 1.
    outcomes = [*right, True, False]
    columns = np.append(np.stack([odds, known], axis=1), np.zeros((2, 2)), axis=0)
    model = LogisticRegression().fit(columns, outcomes)
    if model.coef_[0, 1] < 0:
        model = LogisticRegression().fit(columns * [1, 0], outcomes)
    slope, of_known = model.coef_[0].tolist()
    return slope, of_known, float(model.intercept_[0])


def are_known(candidates: Candidates) -> Rows:
    """Whether the mention is a plain name of the candidate, or training text means the candidate by it, bool (c,)."""
    known: Rows = are_plain(candidates) | (candidates.features[:, _COUNT] > 0)
    return known


def are_names(candidates: Candidates) -> Rows:
    """Whether the mention is, in normal form, a name of the candidate, bool (c,)."""
    equal: Rows = candidates.features[:, _NORMAL] > 0
    return equal


def are_plain(candidates: Candidates) -> Rows:
    """Whether the mention is, in normal form, a name of the candidate and of no other concept, bool (c,)."""
    plain: Rows = candidates.features[:, _PLAIN].min(axis=1) > 0
    return plain


def best_candidates(mentions: Indices, scores: Scores, named: Rows | None = None) -> Indices:
    """The row of each mention's best candidate, the first of equal ones; named ones rank before all others."""
    unnamed = np.zeros(len(scores), dtype=bool) if named is None else ~named
    order = np.lexsort((-scores, unnamed, mentions))
    best: Indices = order[segment_starts(mentions[order])]
    return best


def _out_of_fold_scores(examples: OutOfFoldExamples, mode: Mode) -> Scores:
    """The log-probability of each candidate by a ranker trained without its document or name."""
    candidates, _, is_target, documents, _ = examples
    folds = _folds(documents)[candidates.mentions]
    scores = np.zeros(len(is_target))
    for fold in np.unique(folds).tolist():
        seen, unseen = _part(candidates, folds != fold), _part(candidates, folds == fold)
        ranker: Ranker = train_ranker(
            seen, is_target[folds != fold], of_names=mode.names_only, tuned_encoder=mode.tuned_encoder
        )
        scores[folds == fold] = ranker.scores(unseen)
    return scores


def _folds(documents: Sequence[str]) -> Indices:
    """The fold of each example, int64 (n,): one fold per document; names are dealt out one by one."""
    units = [document or str(row) for row, document in enumerate(documents)]
    number = {unit: n for n, unit in enumerate(dict.fromkeys(units))}
    return np.array([number[unit] % FOLDS for unit in units])


def _part(candidates: Candidates, rows: Rows) -> Candidates:
    mentions, concepts, features, _, gold_groups = candidates
    return Candidates(mentions[rows], concepts[rows], features[rows], None, gold_groups[rows])


def _in_best_group(candidates: Candidates, best: Indices) -> Rows:
    """Whether a candidate is in the gold-equivalence group of its mention's best one, bool (c,)."""
    sizes = np.diff(segment_starts(candidates.mentions), append=len(candidates.mentions))
    same: Rows = candidates.gold_groups == np.repeat(candidates.gold_groups[best], sizes)
    return same


def _log_shares(candidates: Candidates, scores: Scores, best: Indices) -> Scores:
    """The log-probability (n,) of the gold-equivalence group of each mention's best candidate."""
    same = _in_best_group(candidates, best)
    shares: Scores = np.logaddexp.reduceat(scores[same], segment_starts(candidates.mentions[same]))
    return shares


def _log_odds(scores: Scores) -> Scores:
    """Of log-probabilities."""
    odds: Scores = logit(np.clip(np.exp(scores), MIN_PROBABILITY, 1 - MIN_PROBABILITY))
    return odds


def _sharpness(candidates: Candidates, scores: Scores, best: Indices, is_gold: Rows) -> float:
    """The factor of the scores that makes right candidates most likely where the best is wrong; 1 if none is wrong."""
    from scipy.optimize import minimize_scalar  # not needed for linking

    mentions, others = candidates.mentions, ~_in_best_group(candidates, best)
    missed = (is_gold & ~np.isin(mentions, mentions[best][is_gold[best]]))[others]
    if not missed.any():
        return 1.0

    def loss(factor: float) -> float:
        log_right = log_softmax(factor * scores[others], mentions[others])[missed]
        return -float(np.logaddexp.reduceat(log_right, segment_starts(mentions[others][missed])).sum())

    return float(minimize_scalar(loss, bounds=SHARPNESS, method="bounded").x)
