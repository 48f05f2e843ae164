"""The layout of the tables of an evaluation: at most 80 columns wide, with aligned columns across tables."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from hyplink.run import counted

GROUPS = {
    "every_mention": "every mention",
    "resolvable": "resolvable mentions",
    "seen_concept": "concept seen in training",
    "unseen_concept": "concept not seen in training",
    "exact_name": "exact name of the gold concept",
    "other_name": "other surface form",
}
FIGURES = {
    "accuracy_at_1": "acc@1",
    "recall_at_5": "R@5",
    "recall_at_10": "R@10",
    "mean_reciprocal_rank": "MRR",
    "tree_distance": "tree dist.",
    "wu_palmer": "Wu-Palmer",
}
MODEL_WIDTH = 16
FIGURE_WIDTH = 9
"""The width of a confidence interval, `1.00–1.00`."""


def print_given(metrics: dict[str, Any], console: Console) -> None:
    """Prints a table for each group of given mentions, with a row for each model and 95% confidence intervals."""
    models = metrics["models"]
    first = next(iter(models.values()))
    for group, title in GROUPS.items():
        if first[group]["n_mentions"] and not _repeats_every_mention(first, group):
            console.print(_table(models, group, _heading(first, group, title)))
    for name, groups in models.items():
        composite = groups["composite_resolvable"]
        if n_mentions := composite["n_mentions"]:
            value = composite["figures"]["accuracy_at_n"]["value"]
            console.print(
                f"{counted(n_mentions, 'composite mention')}, all parts in the first n candidates, {name}: {value:.3f}"
            )


def _repeats_every_mention(model: dict[str, Any], group: str) -> bool:
    """Whether the table of this group would equal the one of every mention."""
    return group == "resolvable" and model[group]["n_mentions"] == model["every_mention"]["n_mentions"]


def _heading(model: dict[str, Any], group: str, title: str) -> str:
    counts = f"{model[group]['n_mentions']:,} in {counted(model[group]['n_documents'], 'document')}"
    all_resolve = group == "every_mention" and _repeats_every_mention(model, "resolvable")
    return f"{title}: {counts}{', all resolvable' if all_resolve else ''}"


def empty_table(heading: str, first_width: int, columns: Iterable[str], width: int) -> Table:
    """A table with a heading, a column of names and columns of values."""
    table = Table(box=None, padding=(0, 0, 0, 1), pad_edge=False, header_style="dim")
    table.title, table.title_justify, table.title_style = f"\n{heading}", "left", "bold"
    table.add_column("", width=first_width, overflow="fold")
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True, min_width=width)
    return table


def _table(models: dict[str, Any], group: str, heading: str) -> Table:
    table = empty_table(heading, MODEL_WIDTH, FIGURES.values(), FIGURE_WIDTH)
    for name, groups in models.items():
        figures = groups[group]["figures"]
        table.add_row(name, *(figure_cell(figures[figure]) for figure in FIGURES))
    return table


def figure_cell(figure: dict[str, Any]) -> Text:
    """A value, with its confidence interval below it."""
    if figure["value"] is None:
        return Text("–")
    cell = Text(f"{figure['value']:.3f}")
    if figure["low"] is not None:
        cell.append(f"\n{_short(figure['low'])}–{_short(figure['high'])}", style="dim")
    return cell


def _short(number: float) -> str:
    """Two decimals without a leading zero: `.97`, `1.00`."""
    return f"{number:.2f}".removeprefix("0")
