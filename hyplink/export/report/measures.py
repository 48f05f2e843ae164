"""The figures of `metrics.json` as the report shows them: in tables and beside one another, each explained."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hyplink.export.report.charts import SHARES, Axis
from hyplink.run import counted

MODEL = "hyplink"

MODELS = {
    MODEL: "names, word vectors and the ball, ranked together",
    "ball alone": "the concepts nearest in the ball, no names asked",
    "exact name": "the concept that bears the mention as a name",
    "character n-gram TF-IDF": "the name most alike in its letters",
    "nearest name by": "the name most alike in its vector",
}
"""What each model of the tables does, by how its name begins."""

GROUPS = {
    "every_mention": ("Every mention", "one whose annotated id leads to no concept counts as wrong"),
    "resolvable": ("Resolvable mentions", "those whose annotated id leads to a concept of this ontology"),
    "seen_concept": ("Concept seen in training", "training showed a mention of the right concept"),
    "unseen_concept": ("Concept not seen in training", "only its names were learned from"),
    "exact_name": ("Exact name of the concept", "the words are one of its names, letter case aside"),
    "other_name": ("Other wording", "the words are no name of it"),
}

FIGURES = {
    "accuracy_at_1": ("accuracy@1", "share of mentions whose first answer is right", True),
    "recall_at_5": ("recall@5", "share with a right answer among the first five", True),
    "recall_at_10": ("recall@10", "share with a right answer among the first ten", True),
    "mean_reciprocal_rank": ("MRR", "mean of 1 / rank of the right answer", True),
    "tree_distance": ("is-a steps off", "mean steps in the hierarchy from the answer to the right concept", False),
    "wu_palmer": ("Wu-Palmer", "likeness by the lowest common ancestor; 1 is the concept itself", True),
}
"""Title and meaning of each figure, and whether more is better."""

RATES = {"precision": "precision", "recall": "recall", "f1": "F1"}

WAYS = {
    "strict": ("The very characters", "right concept, exactly the annotated characters"),
    "relaxed": ("Overlapping", "right concept, a character in common with the annotated ones"),
}
"""How a found mention may lie to an annotated one."""

DOCUMENTS = {
    "micro": ("All documents", "each concept once a document, all documents pooled"),
    "macro": ("Mean of documents", "taken for each document, then averaged"),
    "ancestor_credit": ("With credit for ancestors", "a near miss earns the ancestors that it shares"),
}

ERRORS = {
    "same": ("right", "the answer is the right concept"),
    "too_specific": ("too specific", "the answer lies below the right concept"),
    "too_general": ("too general", "the answer lies above it"),
    "sibling": ("sibling", "both have a parent in common"),
    "other": ("elsewhere", "the answer lies elsewhere"),
    "missed": ("missed", "there is an annotation and no answer"),
    "spurious": ("spurious", "there is an answer and no annotation"),
}

OVERRIDES = {"exact_name": "exact name", "any_wording": "name in any wording"}


WIDEST = 0.8
"""The axis of accuracies begins here or lower: nearer, a difference of no weight would look like one."""


@dataclass(frozen=True, slots=True)
class Row:
    """A figure with its name; it has `value`, `low` and `high`, which `ends` places in percent.

    `main` is the one to look at first.
    """

    name: str
    figure: Mapping[str, float | None]
    ends: tuple[float, float, float] | None
    main: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """Figures beside one another on one axis, whose ticks stand at places in percent."""

    title: str
    note: str
    rows: tuple[Row, ...]
    ticks: tuple[tuple[float, str], ...]


def note_of(model: str) -> str:
    """What a model of the tables does; empty where nobody said."""
    return next((note for name, note in MODELS.items() if model.startswith(name)), "")


def baselines(metrics: Mapping[str, Any]) -> dict[str, float]:
    """The accuracy of each model on every mention but hyplink's own, where it has one."""
    groups = {name: model["every_mention"]["figures"] for name, model in metrics["models"].items()}
    return {
        name: figures["accuracy_at_1"]["value"]
        for name, figures in groups.items()
        if name not in (MODEL, "ball alone") and figures["accuracy_at_1"]["value"] is not None
    }


def shown_groups(metrics: Mapping[str, Any]) -> list[str]:
    """The groups that hold mentions and are not told already: all mentions may be resolvable."""
    model = metrics["models"][MODEL]
    n_mentions = {group: model[group]["n_mentions"] for group in GROUPS}
    told = n_mentions["resolvable"] == n_mentions["every_mention"]
    return [group for group, n in n_mentions.items() if n and not (group == "resolvable" and told)]


def best_models(metrics: Mapping[str, Any], group: str) -> dict[str, set[str]]:
    """For each figure the models that have the best value of it, to the digits that are shown."""
    best = {}
    for key, (_, _, more_is_better) in FIGURES.items():
        values = {
            name: round(model[group]["figures"][key]["value"], 3)
            for name, model in metrics["models"].items()
            if model[group]["figures"][key]["value"] is not None
        }
        top = (max if more_is_better else min)(values.values(), default=None)
        best[key] = {name for name, value in values.items() if value == top}
    return best


def accuracy_panels(metrics: Mapping[str, Any]) -> list[Panel]:
    """The accuracy of every model, a panel for each group of mentions, all on one axis."""
    groups = {
        group: {name: model[group]["figures"]["accuracy_at_1"] for name, model in metrics["models"].items()}
        for group in shown_groups(metrics)
    }
    lows = [_low(figure) for figures in groups.values() for figure in figures.values() if figure["value"] is not None]
    axis = Axis.over(min([*lows, WIDEST]), 1.0)
    model = metrics["models"][MODEL]
    return [
        _panel(GROUPS[group][0], f"{_size(model[group])}: {GROUPS[group][1]}", figures, axis)
        for group, figures in groups.items()
    ]


def mention_panels(mentions: Mapping[str, Any]) -> list[Panel]:
    """Precision, recall and F1 of the mentions found in raw text; the resolvable ones where they are not all."""
    groups = {"every_mention": "", "resolvable": ", resolvable"}
    if mentions["resolvable"]["strict"]["n_gold"] == mentions["every_mention"]["strict"]["n_gold"]:
        del groups["resolvable"]
    return [
        _panel(f"{title}{suffix}", note, _rates(mentions[group][way]), SHARES)
        for group, suffix in groups.items()
        for way, (title, note) in WAYS.items()
    ]


def document_panels(documents: Mapping[str, Any]) -> list[Panel]:
    """Precision, recall and F1 of the concepts that documents speak of."""
    return [_panel(title, note, _rates(documents[kind]), SHARES) for kind, (title, note) in DOCUMENTS.items()]


def _rates(rates: Mapping[str, Any]) -> dict[str, Any]:
    return {title: rates[name] for name, title in RATES.items()}


def _panel(title: str, note: str, figures: Mapping[str, Mapping[str, float | None]], axis: Axis) -> Panel:
    rows = tuple(Row(name, figure, _ends(figure, axis), name in (MODEL, "F1")) for name, figure in figures.items())
    return Panel(title, note, rows, tuple((axis.place(tick), f"{tick:g}") for tick in axis.ticks))


def _ends(figure: Mapping[str, float | None], axis: Axis) -> tuple[float, float, float] | None:
    """Where the value and the ends of its interval stand; the value itself where there is no interval."""
    value, low, high = figure["value"], figure["low"], figure["high"]
    if value is None:
        return None
    return axis.place(value), axis.place(value if low is None else low), axis.place(value if high is None else high)


def _low(figure: Mapping[str, float | None]) -> float:
    return figure["low"] if figure["low"] is not None else figure["value"] or 0.0


def n_unresolvable(metrics: Mapping[str, Any]) -> tuple[int, int]:
    """How many annotated mentions no answer could be right for: of the given ones, and of those in raw text."""
    model, raw = metrics["models"][MODEL], metrics["raw_text"]
    given = model["every_mention"]["n_mentions"] - model["resolvable"]["n_mentions"]
    mentions = raw["mentions"] if raw else {}
    counts = [mentions[group]["strict"]["n_gold"] for group in ("every_mention", "resolvable") if raw]
    return given, counts[0] - counts[1] if counts else 0


def share_of(counts: Mapping[str, int], kind: str) -> float:
    """The share of all mentions, annotated or found, that fall in a class of errors, in percent."""
    total = sum(counts[each] for each in ERRORS)
    return round(100 * counts[kind] / total, 2) if total else 0.0


def _size(group: Mapping[str, Any]) -> str:
    return f"{counted(group['n_mentions'], 'mention')} in {counted(group['n_documents'], 'document')}"
