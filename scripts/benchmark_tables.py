"""Tables of `benchmark_linking.py`: a task with baselines and ablations, or all corpora beside earlier figures."""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import getitem
from typing import Any

from rich.table import Table

BASELINES = {
    "exact name": "exact name",
    "character n-gram TF-IDF": "TF-IDF",
    "nearest name by fastText": "fastText",
}
GIVEN = {"accuracy_at_1": "acc@1", "recall_at_5": "R@5", "tree_distance": "tree dist.", "wu_palmer": "Wu-Palmer"}
RAW = {
    "strict F1": ("mentions", "every_mention", "strict", "f1"),
    "relaxed F1": ("mentions", "every_mention", "relaxed", "f1"),
    "doc P": ("documents", "micro", "precision"),
    "doc R": ("documents", "micro", "recall"),
    "doc F1": ("documents", "micro", "f1"),
    "macro F1": ("documents", "macro", "f1"),
    "ancestors F1": ("documents", "ancestor_credit", "f1"),
}

Figures = dict[str, Any]


def given_table(task: str, results: dict[str, Figures]) -> Table:
    """A table with a row for each model, over all given mentions."""
    n_mentions = results["hyplink"]["every_mention"]["n_mentions"]
    table = _table(f"{task}: every mention, given ({n_mentions:,})", GIVEN.values())
    for name, groups in results.items():
        figures = groups["every_mention"]["figures"]
        table.add_row(name, *(_share(figures[figure]["value"]) for figure in GIVEN))
    return table


def raw_table(task: str, results: dict[str, Figures]) -> Table:
    """A table with a row for each tagger, over raw text."""
    table = _table(f"{task}: raw text ({results['hyplink']['n_documents']:,} documents)", RAW)
    for name, figures in results.items():
        table.add_row(name, *(_share(_at(figures, path)["value"]) for path in RAW.values()))
    return table


def all_given_table(results: Figures, before: Figures) -> Table:
    """A row for each corpus: accuracy@1 of given mentions beside the baselines, and the calibration error."""
    columns = ["mentions", "accuracy@1", "95% interval", "before", *BASELINES.values(), "MRR", "ECE", "ECE before"]
    table = _table("given mentions", columns)
    for name, result in results.items():
        metrics, old = result["metrics"], before.get(name, {}).get("metrics")
        figures = metrics["models"]["hyplink"]["every_mention"]["figures"]
        own = figures["accuracy_at_1"]
        table.add_row(
            name,
            f"{metrics['models']['hyplink']['every_mention']['n_mentions']:,}",
            _share(own["value"]),
            f"{_share(own['low'])}–{_share(own['high'])}",
            _share(_accuracy(old, "hyplink") if old else None),
            *(_share(_accuracy(metrics, baseline)) for baseline in BASELINES),
            _share(figures["mean_reciprocal_rank"]["value"]),
            _share(_calibration_error(metrics)),
            _share(_calibration_error(old) if old else None),
        )
    return table


def all_raw_table(results: Figures, before: Figures) -> Table:
    """A row for each corpus of running text: F1 of mentions and of the concepts of documents, beside FastHPOCR's."""
    table = _table("raw text", ["strict F1", "before", "doc F1", "95% interval", "before", "FastHPOCR doc F1"])
    for name, result in results.items():
        if raw := result["metrics"].get("raw_text"):
            old = (before.get(name, {}).get("metrics") or {}).get("raw_text")
            others = [figures for tagger, figures in result["taggers"].items() if tagger.startswith("FastHPOCR")]
            own = _at(raw, RAW["doc F1"])
            table.add_row(
                name,
                _share(_at(raw, RAW["strict F1"])["value"]),
                _share(_at(old, RAW["strict F1"])["value"] if old else None),
                _share(own["value"]),
                f"{_share(own['low'])}–{_share(own['high'])}",
                _share(_at(old, RAW["doc F1"])["value"] if old else None),
                _share(max((_at(figures, RAW["doc F1"])["value"] for figures in others), default=None)),
            )
    return table


def _accuracy(metrics: Figures, model: str) -> float | None:
    value: float | None = metrics["models"][model]["every_mention"]["figures"]["accuracy_at_1"]["value"]
    return value


def _calibration_error(metrics: Figures) -> float | None:
    calibration = (metrics.get("confidence") or {}).get("calibration")
    return calibration["expected_calibration_error"] if calibration else None


def _table(title: str, columns: Iterable[str]) -> Table:
    table = Table(box=None, header_style="dim", padding=(0, 1), title=f"\n{title}", title_justify="left")
    table.add_column("", no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _at(tree: Figures, path: Sequence[str]) -> Figures:
    return reduce(getitem, path, tree)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
