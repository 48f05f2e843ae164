"""The tables of relations and of placement, as `hyplink evaluate` prints them."""

from typing import Any

from rich.console import Console
from rich.table import Table

from hyplink.cli.tables import FIGURE_WIDTH, empty_table
from hyplink.run import counted

NAME_WIDTH = 19
PLACEMENT = {
    "mean_reciprocal_rank": "MRR",
    "hits_at_1": "hits@1",
    "hits_at_5": "hits@5",
    "tree_distance": "tree dist.",
    "too_high": "too high",
    "wrong_branch": "wrong\nbranch",
}


def print_missing_concepts(missing: dict[str, Any], console: Console) -> None:
    """Prints which relations are mistaken for which, and how well the parents of missing concepts are ranked."""
    relations = missing["relations"]
    console.print(_confusion(missing))
    console.print(
        f"macro-F1 {relations['macro_f1']:.3f}; with the best thresholds on the confidence "
        f"{relations['thresholds_macro_f1']:.3f}"
    )
    console.print(
        f"expected calibration error {relations['expected_calibration_error']:.3f} (expected if calibrated: "
        f"{relations['noise_floor']:.3f}); none: F1 {relations['none_f1']:.3f}{_auroc(relations)}"
    )
    if missing["placement"]:
        console.print(_placement(missing["placement"]))


def _auroc(relations: dict[str, Any]) -> str:
    value = relations["none_auroc"]
    return "" if value is None else f", AUROC {value:.3f}"


def _confusion(missing: dict[str, Any]) -> Table:
    heading = f"relations: {counted(sum(missing['n_mentions'].values()), 'mention')}"
    names = missing["n_mentions"].keys()
    table = empty_table(heading, NAME_WIDTH, (f"given\n{name}" for name in names), FIGURE_WIDTH)
    for name, row in zip(names, missing["relations"]["confusion"], strict=True):
        table.add_row(f"right: {name}", *(f"{n:,}" for n in row))
    return table


def _placement(placement: dict[str, dict[str, Any]]) -> Table:
    first = next(iter(placement.values()))
    heading = f"direct parents of missing concepts: {counted(first['n_mentions'], 'name')}"
    table = empty_table(heading, NAME_WIDTH, PLACEMENT.values(), FIGURE_WIDTH)
    for name, figures in placement.items():
        table.add_row(name, *(f"{figures[figure]:.3f}" for figure in PLACEMENT))
    return table
