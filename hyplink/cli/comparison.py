"""The table of `hyplink compare`: metrics of two runs and their differences."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.markup import escape

from hyplink.cli.tables import empty_table
from hyplink.stages.comparison import Comparison

NAMES = {
    "accuracy_at_1": "acc@1",
    "tree_distance": "tree distance",
    "expected_calibration_error": "calibration error",
    "raw_f1": "F1 in raw text, exact span",
}
NAME_WIDTH = 28


def comparisons_as_json(first: str, compared: Mapping[str, Sequence[Comparison]]) -> dict[str, Any]:
    """The metrics of each run beside those of the first, by run and metric."""
    others = {
        name: {each.metric: {key: value for key, value in asdict(each).items() if key != "metric"} for each in rows}
        for name, rows in compared.items()
    }
    return {"compared_with": first, "runs": others}


def print_comparison(first: str, second: str, compared: Sequence[Comparison], console: Console) -> None:
    """Prints the metrics of two runs; a difference whose interval does not contain 0 is marked by `*`."""
    table = empty_table(
        escape(f"{second} compared with {first}"), NAME_WIDTH, ("first", "second", "difference", "95%"), 7
    )
    for each in compared:
        difference = each.difference
        interval = "–"
        if difference.low is not None and difference.high is not None:
            clear = "" if difference.low <= 0 <= difference.high else " *"
            interval = f"{difference.low:+.3f} to {difference.high:+.3f}{clear}"
        values = (f"{value:.3f}" if value is not None else "–" for value in (each.first, each.second))
        shown = "–" if difference.value is None else f"{difference.value:+.3f}"
        table.add_row(NAMES[each.metric], *values, shown, interval)
    console.print(table)
    console.print("paired bootstrap over documents; * the interval does not contain 0", style="dim")
