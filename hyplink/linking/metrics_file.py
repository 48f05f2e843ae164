"""The file `metrics.json` that the stage `evaluate` writes."""

from pathlib import Path
from typing import Any, NotRequired

from pydantic import FiniteFloat
from typing_extensions import TypedDict

from hyplink.errors import RunError
from hyplink.run import check_record, read_json

MODEL = "hyplink"
"""The name of the run's own answers among the models."""


class _Estimate(TypedDict):
    """A value with its confidence interval."""

    value: FiniteFloat | None
    low: FiniteFloat | None
    high: FiniteFloat | None


class _Figures(TypedDict):
    """The metrics of mentions with given spans."""

    accuracy_at_1: _Estimate
    recall_at_5: _Estimate
    recall_at_10: _Estimate
    mean_reciprocal_rank: _Estimate
    tree_distance: _Estimate
    wu_palmer: _Estimate


class _Group(TypedDict):
    """The metrics of some of the mentions."""

    n_mentions: int
    n_documents: int
    figures: _Figures


class _CompositeFigures(TypedDict):
    """The metric of composite mentions."""

    accuracy_at_n: _Estimate


class _CompositeGroup(TypedDict):
    """The metrics of some of the composite mentions."""

    n_mentions: int
    n_documents: int
    figures: _CompositeFigures


class _Model(TypedDict):
    """The metrics of a model by group of mentions."""

    every_mention: _Group
    resolvable: _Group
    seen_concept: _Group
    unseen_concept: _Group
    exact_name: _Group
    other_name: _Group
    composite_every_mention: _CompositeGroup
    composite_resolvable: _CompositeGroup


class _Errors(TypedDict):
    """The number of mentions in each class of errors, and the share of mentions with an answer."""

    same: int
    too_specific: int
    too_general: int
    sibling: int
    other: int
    missed: int
    spurious: int
    coverage: FiniteFloat | None


class _Override(TypedDict):
    """How often unambiguous names are linked to other concepts."""

    n_mentions: int
    n_overridden: int
    n_rightly: int
    n_wrongly: int


class _Overrides(TypedDict):
    """The overrides by kind of name."""

    exact_name: _Override
    any_wording: _Override


class _Rates(TypedDict):
    """Precision and recall."""

    precision: _Estimate
    recall: _Estimate
    f1: _Estimate
    n_found: int
    n_gold: int


class _Ways(TypedDict):
    """The rates with the exact span required, and with an overlapping one."""

    strict: _Rates
    relaxed: _Rates


class _Detection(TypedDict):
    """The rates of all mentions, and of those whose gold is in the ontology."""

    every_mention: _Ways
    resolvable: _Ways


class _Documents(TypedDict):
    """The rates of the concepts of documents."""

    micro: _Rates
    macro: _Rates
    ancestor_credit: _Rates


class _RawText(TypedDict):
    """The metrics of detected mentions."""

    n_documents: int
    mentions: _Detection
    documents: _Documents
    errors: _Errors
    overrides: _Overrides


class _Bin(TypedDict):
    """The mentions of a range of confidences."""

    n_mentions: int
    confidence: FiniteFloat
    accuracy: FiniteFloat


class _Calibration(TypedDict):
    """The metrics of confidences."""

    n_mentions: int
    expected_calibration_error: FiniteFloat
    noise_floor: FiniteFloat
    brier_score: FiniteFloat
    bins: list[_Bin]


class _BackOff(TypedDict):
    """The metrics of the answers with a minimum confidence."""

    min_confidence: FiniteFloat
    n_answered: int
    coverage: FiniteFloat
    accuracy: FiniteFloat | None
    depth_lost: FiniteFloat | None


class _Confidence(TypedDict):
    """The metrics of confidences, and what they were calibrated on."""

    basis: str
    calibration: _Calibration | None
    back_off: list[_BackOff]


class _NoConfidence(TypedDict):
    """Why there are no confidences."""

    basis: None
    reason: str


class _Metrics(TypedDict):
    """The whole file."""

    n_mentions: int
    branch: str | None
    models: dict[str, _Model]
    differences: NotRequired[dict[str, _Estimate]]  # evaluations of before do not have it
    errors: dict[str, _Errors]
    overrides: _Overrides
    confidence: _Confidence | _NoConfidence
    raw_text: _RawText | None


def read_metrics(path: Path) -> dict[str, Any]:
    """The metrics of an evaluation.

    Raises:
        RunError: the file is missing or damaged.
    """
    metrics: dict[str, Any] = read_json(path)
    check_record(_Metrics, metrics, path)
    if MODEL not in metrics["models"]:
        raise RunError(f"{path}: damaged: it has no metrics of {MODEL}")
    return metrics
