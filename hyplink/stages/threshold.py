"""Not a stage but a question to the dev data: which confidence must be demanded for a wanted accuracy."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hyplink.candidates.examples import Example, read_examples
from hyplink.confidence.backoff import Posterior, backed_off
from hyplink.confidence.calibration import Calibration, Uncalibrated
from hyplink.confidence.reliability import posteriors_about
from hyplink.errors import HyplinkError, InputError
from hyplink.linking.linker import Linker
from hyplink.metrics.backoff import BackOffPoint, back_off_point, steps_above_gold
from hyplink.metrics.guarantee import binomial_p_value, hoeffding_bentkus_p_value, n_rejected
from hyplink.ontology import Ontology
from hyplink.run import Run

PERCENT = 100
"""Thresholds are tried in steps of one in so many."""

Unit = Literal["documents", "mentions"]


@dataclass(frozen=True, slots=True)
class Threshold:
    """The least confidence that was shown to be enough.

    Attributes:
        point: what it makes of the dev data.
        unit: what was taken to be exchangeable, documents or mentions.
        n_units: how many of them have an answer at this confidence.
        p_value: of the hypothesis that it is not enough.
    """

    point: BackOffPoint
    unit: Unit
    n_units: int
    p_value: float


def find_threshold(run: Run, accuracy: float, delta: float, unit: Unit) -> Threshold:
    """The least confidence at which answers are as accurate as wanted, with probability at least 1 - delta.

    Args:
        run: a finished run with dev data.
        accuracy: the wanted share of right answers, in (0, 1): of an answered document on average, or of all mentions.
        delta: the risk, over the choice of the dev data, that the threshold does not keep it, in (0, 1).
        unit: what is exchangeable with what will be linked later.

    Raises:
        InputError: the run has no dev data or no confidences.
        HyplinkError: not even the strictest threshold is shown to be enough.
    """
    linker = Linker.from_run(run)
    if isinstance(linker.calibration, Uncalibrated):
        raise InputError(f"this run gives no confidences to choose from: {linker.calibration.reason}")
    examples, doubts = _dev_doubts(run, linker)
    trials = [
        _trial(least, examples, doubts, linker.ontology, accuracy, unit)
        for least in thresholds_from(linker.calibration)
    ]
    count = n_rejected((trial.p_value for trial in trials), delta)
    if not count:
        raise HyplinkError(_refusal(trials[0], accuracy, delta, unit))
    chosen = trials[count - 1]
    golds = [frozenset(example.gold[0]) for example in examples]
    point = back_off_point(chosen.least, chosen.answers, golds, linker.ontology)
    return Threshold(point, unit, chosen.n_units, chosen.p_value)


def thresholds_from(calibration: Calibration) -> list[float]:
    """The confidences to try, the strictest first: one that a quarter of the links reached when they were calibrated.

    The order of the tests must be fixed before the dev data are seen, and so it is.
    """
    return [percent / PERCENT for percent in range(int(PERCENT * calibration.sure), -1, -1)]


class _Trial(NamedTuple):
    """What came of one threshold."""

    least: float
    answers: list[str | None]
    n_units: int
    p_value: float


def _trial(
    least: float,
    examples: Sequence[Example],
    doubts: Sequence[Posterior],
    ontology: Ontology,
    accuracy: float,
    unit: Unit,
) -> _Trial:
    answers = [backed_off(doubt, least, ontology).concept for doubt in doubts]
    losses = losses_of(examples, answers, ontology, unit)
    p_value_of = hoeffding_bentkus_p_value if unit == "documents" else binomial_p_value
    return _Trial(least, answers, len(losses), p_value_of(losses, 1 - accuracy))


def losses_of(
    examples: Sequence[Example], answers: Sequence[str | None], ontology: Ontology, unit: Unit
) -> NDArray[np.float64]:
    """How wrong the answers are, 0 to 1: the share of wrong ones of each answered document, or each of them by itself.

    Args:
        examples: mentions that are not composite.
        answers: to each; None for NIL, which is no answer.
        ontology: the concepts.
        unit: documents or mentions.
    """
    wrong = defaultdict(list)
    for row, (example, answer) in enumerate(zip(examples, answers, strict=True)):
        if answer is not None:
            is_wrong = steps_above_gold(answer, frozenset(example.gold[0]), ontology) is None
            wrong[example.doc if unit == "documents" else str(row)].append(is_wrong)
    return np.array([np.mean(each) for each in wrong.values()], dtype=np.float64)


def _dev_doubts(run: Run, linker: Linker) -> tuple[list[Example], list[Posterior]]:
    """The dev mentions that are not composite, and the doubt about each."""
    examples = read_examples(run.path("encode", "mentions.jsonl"))["dev"]
    if not examples:
        raise InputError("there are no annotated dev mentions to choose a threshold on; set data.dev")
    vectors = np.load(run.path("encode", "dev.npy"), allow_pickle=False)
    candidates = linker.evidence.candidates(
        [example.read_as for example in examples],
        vectors,
        [example.doc for example in examples],
        uses=[example.use for example in examples],
    )
    doubts = posteriors_about(candidates, linker.ranker, linker.calibration, linker.ontology)
    single = [row for row, example in enumerate(examples) if len(example.gold) == 1]
    return [examples[row] for row in single], [doubts[row] for row in single]


def _refusal(strictest: _Trial, accuracy: float, delta: float, unit: Unit) -> str:
    """Why no threshold was found: too few units to show it even without an error, or too many errors."""
    n_units = strictest.n_units
    most = delta ** (1 / n_units) if n_units else 0.0
    if most < accuracy:
        further = "" if unit == "mentions" else ", or take mentions for exchangeable with --unit mentions"
        return (
            f"no threshold: {n_units} dev {unit} with an answer can show no accuracy above {most:.3f} at delta "
            f"{delta:g}, not even without an error; {accuracy:g} was wanted: give more dev data{further}"
        )
    return (
        f"no threshold: on {n_units} dev {unit} an accuracy of {accuracy:g} cannot be shown at delta {delta:g} even at "
        f"confidence {strictest.least:g} (p = {strictest.p_value:.3f}); ask for less, or give more dev data"
    )
