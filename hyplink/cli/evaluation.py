"""What `hyplink evaluate` prints: given mentions, mentions found in raw text, classes of errors, overridden names."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table

from hyplink.cli.confidence import print_confidence
from hyplink.cli.tables import FIGURE_WIDTH, MODEL_WIDTH, empty_table, figure_cell, print_given
from hyplink.run import counted

NAME_WIDTH = 28
RATES = {"precision": "precision", "recall": "recall", "f1": "F1"}
WAYS = {"strict": "the very characters", "relaxed": "overlapping"}
DOCUMENT_RATES = {
    "micro": "concepts, all documents",
    "macro": "concepts, mean of documents",
    "ancestor_credit": "with credit for ancestors",
}
ERRORS = {
    "same": "same",
    "too_specific": "too\nspecific",
    "too_general": "too\ngeneral",
    "sibling": "sibling",
    "other": "other",
    "missed": "missed",
    "spurious": "spurious",
    "coverage": "answered",
}
NAMES = {"exact_name": "exact name", "any_wording": "name in any wording"}


def print_evaluation(metrics: dict[str, Any], console: Console) -> None:
    """Prints all tables of an evaluation, as narrow as a terminal of 80 columns."""
    if metrics["branch"] is not None:
        console.print(f"only mentions of concepts below {metrics['branch']} are judged")
    print_given(metrics, console)
    print_confidence(metrics["confidence"], console)
    raw = metrics["raw_text"]
    if raw is None:
        console.print("\nno document has text outside its mentions, so that none is read as raw text")
    else:
        console.print(_raw_table(raw))
    console.print(_error_table(metrics))
    console.print(_override_table(metrics))
    console.print("\nbelow a figure its 95% interval, bootstrapped over documents", style="dim")


def _raw_table(raw: dict[str, Any]) -> Table:
    strict = raw["mentions"]["every_mention"]["strict"]
    counts = f"{strict['n_gold']:,} mentions in {counted(raw['n_documents'], 'document')}, {strict['n_found']:,} found"
    table = empty_table(f"found in raw text: {counts}", NAME_WIDTH, RATES.values(), FIGURE_WIDTH)
    for name, rates in _raw_rows(raw):
        table.add_row(name, *(figure_cell(rates[rate]) for rate in RATES))
    return table


def _raw_rows(raw: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(name, rates) of each row; the resolvable mentions have rows of their own where they are not all."""
    every, resolvable = raw["mentions"]["every_mention"], raw["mentions"]["resolvable"]
    for way, words in WAYS.items():
        yield words, every[way]
    if resolvable["strict"]["n_gold"] != every["strict"]["n_gold"]:
        for way, words in WAYS.items():
            yield f"{words}, resolvable", resolvable[way]
    for kind, words in DOCUMENT_RATES.items():
        yield words, raw["documents"][kind]


def _error_table(metrics: dict[str, Any]) -> Table:
    rows = dict(metrics["errors"])
    if metrics["raw_text"] is not None:
        rows["found in raw text"] = metrics["raw_text"]["errors"]
    table = empty_table("how each answer stands to the gold concept", MODEL_WIDTH, ERRORS.values(), 6)
    for name, counts in rows.items():
        shown = {kind: f"{counts[kind]:,}" for kind in ERRORS if kind != "coverage"}
        if name in metrics["errors"]:
            shown["spurious"] = "–"  # given mentions are where they are
        share = counts["coverage"]
        table.add_row(name, *shown.values(), "–" if share is None else f"{share:.1%}")
    return table


def _override_table(metrics: dict[str, Any]) -> Table:
    """How often hyplink answers with another concept than the only one that bears the mention as a name."""
    sources = {"given": metrics["overrides"]}
    if metrics["raw_text"] is not None:
        sources["found"] = metrics["raw_text"]["overrides"]
    columns = ("mentions", "overridden", "rightly", "wrongly")
    table = empty_table("names of one concept alone, overridden", NAME_WIDTH, columns, FIGURE_WIDTH)
    for source, kinds in sources.items():
        for kind, counts in kinds.items():
            values = (counts[f"n_{column}"] for column in columns)
            table.add_row(f"{NAMES[kind]}, {source}", *(f"{value:,}" for value in values))
    return table
