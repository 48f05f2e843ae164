"""Finds, on the dev data, the confidence threshold for a required accuracy, with a finite-sample guarantee."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hyplink.candidates.examples import Example, mention_batch, read_examples, require_text, texts_of
from hyplink.confidence.backoff import Posterior, backed_off
from hyplink.confidence.calibration import Calibration, Uncalibrated
from hyplink.confidence.reliability import posteriors_about
from hyplink.corpus import read_documents
from hyplink.errors import HyplinkError, InputError
from hyplink.linking.linker import Linker
from hyplink.metrics.backoff import BackOffPoint, back_off_point, steps_above_gold
from hyplink.metrics.guarantee import binomial_p_value, hoeffding_bentkus_p_value, n_rejected
from hyplink.ontology import Ontology
from hyplink.run import Run
from hyplink.run.array_files import read_array

PERCENT = 100
"""Number of steps between 0 and 1 in which thresholds are tested."""

Unit = Literal["documents", "mentions"]


@dataclass(frozen=True, slots=True)
class Threshold:
    """The lowest confidence that was shown to suffice.

    Attributes:
        point: the back-off metrics of the dev data at it.
        unit: the exchangeable units, documents or mentions.
        n_units: how many of them have an answer at this confidence.
        p_value: of the hypothesis that it does not suffice.
    """

    point: BackOffPoint
    unit: Unit
    n_units: int
    p_value: float


def find_threshold(run: Run, accuracy: float, delta: float, unit: Unit) -> Threshold:
    """The lowest confidence threshold at which answers have the required accuracy, with probability at least 1 - delta.

    Args:
        run: a finished run with dev data.
        accuracy: the wanted share of right answers, in (0, 1): of an answered document on average, or of all mentions.
        delta: the risk, over the choice of the dev data, that the threshold does not keep it, in (0, 1).
        unit: the units of dev data that are exchangeable with those to be linked later.

    Raises:
        InputError: the run has no dev data or no calibration.
        HyplinkError: not even the strictest threshold is shown to suffice.
    """
    linker = Linker.from_run(run)
    if isinstance(linker.calibration, Uncalibrated):
        raise InputError(f"this run gives no confidences to choose from: {linker.calibration.reason}")
    examples, posteriors = _dev_posteriors(run, linker)
    trials = [
        _trial(least, examples, posteriors, linker.ontology, accuracy, unit)
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
    """The confidences to test, strictest first, starting at one that a quarter of the calibration examples reached.

    Fixed-sequence testing requires an order of tests that does not depend on the dev data.
    """
    return [percent / PERCENT for percent in range(int(PERCENT * calibration.sure), -1, -1)]


class _Trial(NamedTuple):
    """The test of one threshold."""

    least: float
    answers: list[str | None]
    n_units: int
    p_value: float


def _trial(
    least: float,
    examples: Sequence[Example],
    posteriors: Sequence[Posterior],
    ontology: Ontology,
    accuracy: float,
    unit: Unit,
) -> _Trial:
    answers = [backed_off(posterior, least, ontology).concept for posterior in posteriors]
    losses = losses_of(examples, answers, ontology, unit)
    p_value_of = hoeffding_bentkus_p_value if unit == "documents" else binomial_p_value
    return _Trial(least, answers, len(losses), p_value_of(losses, 1 - accuracy))


def losses_of(
    examples: Sequence[Example], answers: Sequence[str | None], ontology: Ontology, unit: Unit
) -> NDArray[np.float64]:
    """Error rates in [0, 1]: the share of wrong answers of each answered document, or 0 or 1 for each answer.

    Args:
        examples: mentions that are not composite.
        answers: to each; None for NIL, which does not count as an answer.
        ontology: the concepts.
        unit: documents or mentions.
    """
    wrong = defaultdict(list)
    for row, (example, answer) in enumerate(zip(examples, answers, strict=True)):
        if answer is not None:
            is_wrong = steps_above_gold(answer, frozenset(example.gold[0]), ontology) is None
            wrong[example.doc if unit == "documents" else str(row)].append(is_wrong)
    return np.array([np.mean(each) for each in wrong.values()], dtype=np.float64)


def _dev_posteriors(run: Run, linker: Linker) -> tuple[list[Example], list[Posterior]]:
    """The dev mentions that are not composite, and the posterior of each."""
    examples = read_examples(run.path("encode", "mentions.jsonl"))["dev"]
    if not examples:
        raise InputError("there are no annotated dev mentions to choose a threshold on; set data.dev")
    require_text(examples, run.path("encode", "mentions.jsonl"))
    vectors = read_array(run.path("encode", "dev.npy"), np.float32, (len(examples), None))
    data = run.config.data
    texts = texts_of(read_documents(data.dev, data.input_format, sheet=data.dev_sheet))
    if missing := {example.doc for example in examples} - texts.keys():
        raise InputError(
            f"data.dev no longer has the document {min(missing)!r}; `hyplink encode {run.folder}` reads it anew"
        )
    candidates = linker.candidates(mention_batch(examples), vectors, texts)
    posteriors = posteriors_about(candidates, linker.ranker, linker.calibration, linker.ontology)
    single = [row for row, example in enumerate(examples) if len(example.gold) == 1]
    return [examples[row] for row in single], [posteriors[row] for row in single]


def _refusal(strictest: _Trial, accuracy: float, delta: float, unit: Unit) -> str:
    """The message that no threshold suffices: too few units to show it even without errors, or too many errors."""
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
