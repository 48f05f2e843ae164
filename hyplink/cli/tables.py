"""Tables for people: the figures of an evaluation, and what a run holds."""

from typing import Any

from rich.console import Console
from rich.table import Table

GROUPS = {
    "every_mention": "every mention",
    "resolvable": "resolvable mentions",
    "seen_concept": "concept seen in training",
    "unseen_concept": "concept not seen in training",
    "exact_name": "exact name of the concept",
    "other_name": "other wording",
}
FIGURES = {
    "accuracy_at_1": "acc@1",
    "recall_at_5": "R@5",
    "recall_at_10": "R@10",
    "mean_reciprocal_rank": "MRR",
    "tree_distance": "tree dist.",
    "wu_palmer": "Wu-Palmer",
}


def print_figures(metrics: dict[str, Any], console: Console) -> None:
    """Prints a table for each group of mentions, a row a model, each figure with its 95% interval."""
    for group, title in GROUPS.items():
        first = next(iter(metrics["models"].values()))[group]
        if first["n_mentions"]:
            console.print(
                _table(metrics, group, f"{title}: {first['n_mentions']:,} in {first['n_documents']:,} documents")
            )
    composite = {name: groups["composite_resolvable"] for name, groups in metrics["models"].items()}
    for name, group in composite.items():
        if group["n_mentions"]:
            value = group["figures"]["accuracy_at_n"]["value"]
            console.print(f"composite mentions, all parts in the first n, {name}: {value:.3f} of {group['n_mentions']}")


def _table(metrics: dict[str, Any], group: str, title: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("model", no_wrap=True)
    for heading in FIGURES.values():
        table.add_column(heading, justify="right", no_wrap=True)
    for name, groups in metrics["models"].items():
        figures = groups[group]["figures"]
        table.add_row(name, *(_figure(figures[figure]) for figure in FIGURES))
    return table


def _figure(figure: dict[str, Any]) -> str:
    if figure["value"] is None:
        return "–"
    if figure["low"] is None:
        return f"{figure['value']:.3f}"
    return f"{figure['value']:.3f} [{figure['low']:.3f} {figure['high']:.3f}]"
