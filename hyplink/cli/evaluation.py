"""The tables of `hyplink evaluate`: given mentions, detected mentions, classes of errors, overridden names."""

from collections.abc import Iterator
from textwrap import fill
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hyplink.cli.confidence import print_confidence
from hyplink.cli.tables import FIGURE_WIDTH, MODEL_WIDTH, empty_table, figure_cell, print_given
from hyplink.export.report.facts import comparison
from hyplink.run import counted

NAME_WIDTH = 28
WIDTH = 80
RATES = {"precision": "precision", "recall": "recall", "f1": "F1"}
WAYS = {"strict": "exact span", "relaxed": "overlapping span"}
DOCUMENT_RATES = {
    "micro": "concepts, micro average",
    "macro": "concepts, macro average",
    "ancestor_credit": "with ancestors credited",
}
ERRORS = {
    "same": "same",
    "too_specific": "too\nspecific",
    "too_general": "too\ngeneral",
    "sibling": "sibling",
    "other": "other",
    "missed": "missed",
    "spurious": "spurious",
    "coverage": "linked",
}
NAMES = {"exact_name": "exact name", "any_wording": "normalised name"}
OVERRIDES = {
    "n_mentions": "mentions",
    "n_overridden": "overridden",
    "n_rightly": "correctly",
    "n_wrongly": "wrongly",
}


def print_evaluation(metrics: dict[str, Any], console: Console) -> None:
    """Prints all tables of an evaluation, in at most 80 columns."""
    if metrics["branch"] is not None:
        console.print(f"only mentions of descendants of {metrics['branch']} are evaluated")
    print_given(metrics, console)
    if sentence := comparison(metrics):
        console.print(f"\n{escape(fill(sentence, WIDTH))}")
    print_confidence(metrics["confidence"], console)
    raw = metrics["raw_text"]
    if raw is None:
        console.print("\nno document has text outside its mentions, so mention detection is not evaluated")
    else:
        console.print(_raw_table(raw))
    console.print(_error_table(metrics))
    console.print(_override_table(metrics))
    console.print(
        "\nbelow each value: its 95% confidence interval, by the bootstrap over documents;\n"
        "intervals of shares contain the exact binomial one",
        style="dim",
    )


def _raw_table(raw: dict[str, Any]) -> Table:
    strict = raw["mentions"]["every_mention"]["strict"]
    counts = (
        f"{strict['n_gold']:,} mentions in {counted(raw['n_documents'], 'document')}, {strict['n_found']:,} detected"
    )
    table = empty_table(f"mention detection: {counts}", NAME_WIDTH, RATES.values(), FIGURE_WIDTH)
    for name, rates in _raw_rows(raw):
        table.add_row(name, *(figure_cell(rates[rate]) for rate in RATES))
    return table


def _raw_rows(raw: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(name, rates) of each row; resolvable mentions have separate rows unless all mentions are resolvable."""
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
        rows["detected"] = metrics["raw_text"]["errors"]
    table = empty_table("linked concepts compared with the gold concepts", MODEL_WIDTH, ERRORS.values(), 6)
    for name, counts in rows.items():
        shown = {kind: f"{counts[kind]:,}" for kind in ERRORS if kind != "coverage"}
        if name in metrics["errors"]:
            shown["spurious"] = "–"  # given mentions are never spurious
        share = counts["coverage"]
        table.add_row(name, *shown.values(), "–" if share is None else f"{share:.1%}")
    return table


def _override_table(metrics: dict[str, Any]) -> Table:
    """How often hyplink links an unambiguous name to a concept that does not have this name."""
    sources = {"given": metrics["overrides"]}
    if metrics["raw_text"] is not None:
        sources["detected"] = metrics["raw_text"]["overrides"]
    table = empty_table("unambiguous names, overridden", NAME_WIDTH, OVERRIDES.values(), FIGURE_WIDTH)
    for source, kinds in sources.items():
        for kind, counts in kinds.items():
            values = (counts[key] for key in OVERRIDES)
            table.add_row(f"{NAMES[kind]}, {source}", *(f"{value:,}" for value in values))
    return table
