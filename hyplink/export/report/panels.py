"""The metrics of `metrics.json` arranged for the report: panels of intervals on a common axis, and table helpers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hyplink.export.report.charts import UNIT_AXIS, Axis
from hyplink.export.report.descriptions import DOCUMENTS, ERRORS, GROUPS, METRICS, MODEL, SCORES, SPAN_MATCHES
from hyplink.run import counted

MAX_AXIS_START = 0.8
"""The accuracy axis starts here or lower; a narrower range would exaggerate small differences."""

Estimate = Mapping[str, float | None]
"""A JSON object with `value`, `low` and `high`."""


@dataclass(frozen=True, slots=True)
class Row:
    """A named estimate; `positions` are its value, low and high in percent of the axis; `main` emphasises the row."""

    name: str
    estimate: Estimate
    positions: tuple[float, float, float] | None
    main: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """Estimates on a common axis; `ticks` are positions in percent with labels."""

    title: str
    note: str
    rows: tuple[Row, ...]
    ticks: tuple[tuple[float, str], ...]


def baselines(metrics: Mapping[str, Any]) -> dict[str, float]:
    """The accuracy of each baseline on all mentions; hyplink and its hyperbolic distance alone are no baselines."""
    groups = {name: model["every_mention"]["figures"] for name, model in metrics["models"].items()}
    return {
        name: figures["accuracy_at_1"]["value"]
        for name, figures in groups.items()
        if name not in (MODEL, "ball alone") and figures["accuracy_at_1"]["value"] is not None
    }


def shown_groups(metrics: Mapping[str, Any]) -> list[str]:
    """The groups that contain mentions, without `resolvable` if all mentions are."""
    model = metrics["models"][MODEL]
    n_mentions = {group: model[group]["n_mentions"] for group in GROUPS}
    all_resolvable = n_mentions["resolvable"] == n_mentions["every_mention"]
    return [group for group, n in n_mentions.items() if n and not (group == "resolvable" and all_resolvable)]


def best_models(metrics: Mapping[str, Any], group: str) -> dict[str, set[str]]:
    """For each metric the models with the best value, rounded to the digits shown."""
    best = {}
    for key, (_, _, higher_is_better) in METRICS.items():
        values = {
            name: round(model[group]["figures"][key]["value"], 3)
            for name, model in metrics["models"].items()
            if model[group]["figures"][key]["value"] is not None
        }
        top = (max if higher_is_better else min)(values.values(), default=None)
        best[key] = {name for name, value in values.items() if value == top}
    return best


def accuracy_panels(metrics: Mapping[str, Any]) -> list[Panel]:
    """The accuracy of every model, one panel for each group of mentions, all on one axis."""
    groups = {
        group: {name: model[group]["figures"]["accuracy_at_1"] for name, model in metrics["models"].items()}
        for group in shown_groups(metrics)
    }
    lows = [_low(each) for estimates in groups.values() for each in estimates.values() if each["value"] is not None]
    axis = Axis.over(min([*lows, MAX_AXIS_START]), 1.0)
    model = metrics["models"][MODEL]
    return [
        _panel(GROUPS[group][0], f"{_size(model[group])}: {GROUPS[group][1]}", estimates, axis)
        for group, estimates in groups.items()
    ]


def mention_panels(mentions: Mapping[str, Any]) -> list[Panel]:
    """Precision, recall and F1 on raw text, of all mentions and, if they are fewer, of the resolvable ones."""
    groups = {"every_mention": "", "resolvable": ", resolvable"}
    if mentions["resolvable"]["strict"]["n_gold"] == mentions["every_mention"]["strict"]["n_gold"]:
        del groups["resolvable"]
    return [
        _panel(f"{title}{suffix}", note, _scores(mentions[group][match]), UNIT_AXIS)
        for group, suffix in groups.items()
        for match, (title, note) in SPAN_MATCHES.items()
    ]


def document_panels(documents: Mapping[str, Any]) -> list[Panel]:
    """Precision, recall and F1 of the sets of concepts in documents."""
    return [_panel(title, note, _scores(documents[kind]), UNIT_AXIS) for kind, (title, note) in DOCUMENTS.items()]


def n_unresolvable(metrics: Mapping[str, Any]) -> tuple[int, int]:
    """The numbers of gold mentions not in the ontology: of those with given spans, and of those in raw text."""
    model, raw = metrics["models"][MODEL], metrics["raw_text"]
    given = model["every_mention"]["n_mentions"] - model["resolvable"]["n_mentions"]
    mentions = raw["mentions"] if raw else {}
    counts = [mentions[group]["strict"]["n_gold"] for group in ("every_mention", "resolvable") if raw]
    return given, counts[0] - counts[1] if counts else 0


def percent_of_class(counts: Mapping[str, int], kind: str) -> float:
    """The share of an error class among all gold and spurious mentions, in percent."""
    total = sum(counts[each] for each in ERRORS)
    return round(100 * counts[kind] / total, 2) if total else 0.0


def _scores(scores: Mapping[str, Any]) -> dict[str, Any]:
    return {title: scores[name] for name, title in SCORES.items()}


def _panel(title: str, note: str, estimates: Mapping[str, Estimate], axis: Axis) -> Panel:
    rows = tuple(Row(name, each, _positions(each, axis), name in (MODEL, "F1")) for name, each in estimates.items())
    return Panel(title, note, rows, tuple((axis.percent(tick), f"{tick:g}") for tick in axis.ticks))


def _positions(estimate: Estimate, axis: Axis) -> tuple[float, float, float] | None:
    """The positions of value, low and high; without an interval all three are those of the value."""
    value, low, high = estimate["value"], estimate["low"], estimate["high"]
    if value is None:
        return None
    return (
        axis.percent(value),
        axis.percent(value if low is None else low),
        axis.percent(value if high is None else high),
    )


def _low(estimate: Estimate) -> float:
    return estimate["low"] if estimate["low"] is not None else estimate["value"] or 0.0


def _size(group: Mapping[str, Any]) -> str:
    return f"{counted(group['n_mentions'], 'mention')} in {counted(group['n_documents'], 'document')}"
