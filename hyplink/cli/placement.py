"""The command that says where concepts belong that the ontology lacks."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hyplink.cli.app import app, examples
from hyplink.cli.options import FollowReferences, Quiet, RunFolder, reporter_of
from hyplink.errors import InputError
from hyplink.run import Reporter, Run, counted

if TYPE_CHECKING:
    from rich.console import Console

    from hyplink.linking.linker import Linker
    from hyplink.placement.placer import PlacedName


@app.command(
    epilog=examples(
        'hyplink place runs/my "sporadic breast carcinoma"', "hyplink place runs/my --table names.csv -o new.obo"
    )
)
def place(
    run: RunFolder,
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME…]", help="Names of new concepts.")] = None,
    definition: Annotated[
        str | None, typer.Option("--definition", metavar="TEXT", help="The definition of the only NAME.")
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option(
            "--table",
            metavar="FILE",
            help="A table (CSV, TSV, XLSX or Parquet) of names in the column mention and, where it has one, "
            "definitions in the column definition.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write rows to review, by the name of the file: .obo, .tsv or .csv (a ROBOT template), or .jsonl.",
        ),
    ] = None,
    top_k: Annotated[int, typer.Option(min=1, help="Parents given for each name.")] = 5,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing output file.")] = False,
    follow_references: FollowReferences = False,
    quiet: Quiet = False,
) -> None:
    """Ranks the parents of concepts that the ontology lacks, given their names."""
    from rich.console import Console

    from hyplink.cli.outputs import check_output, write_errors_explained
    from hyplink.export.placed_names import text_of_placed_names
    from hyplink.linking.linker import Linker
    from hyplink.run.outputs import output_file

    reporter = reporter_of(quiet)
    rows = _rows(names or [], definition, table, reporter)
    opened = Run.open(run, follow_references=follow_references)
    check_output(output, [table] if table else [], opened)
    if output is not None and output.is_file() and not force:
        raise InputError(f"{output}: the file exists; choose another name, or replace it with --force")
    linker = Linker.from_run(opened)
    rows = _without_known(rows, linker, reporter)
    if not rows:
        raise InputError("the ontology has all these names already; there is none to place")
    placed = linker.placer.place([name for name, _ in rows], [text for _, text in rows], top_k)
    if output is None:
        _print(placed, Console(highlight=False, soft_wrap=True))
        return
    text = text_of_placed_names(placed, output)
    with write_errors_explained(output), output_file(output) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="")
    reporter.line(f"{output}: {counted(len(placed), 'new concept')} to review")


def _rows(
    names: Sequence[str], definition: str | None, table: Path | None, reporter: Reporter
) -> list[tuple[str, str]]:
    """The names with their definitions, those of the command line first, each name once.

    Raises:
        InputError: there are none, a name of the command line has no words, or a definition is given for several.
    """
    from hyplink.corpus import CorpusReport, read_documents
    from hyplink.names.normal_forms import tokens_of

    if definition is not None and (len(names) != 1 or table):
        raise InputError("--definition is that of a single NAME; give the definitions of several names in --table")
    for name in names:
        if not tokens_of(name):
            raise InputError(f"{name!r} is no name: it has neither letters nor digits")
    rows, report = [(name, definition or "") for name in names], CorpusReport()
    for document in read_documents([table], "mentions", report) if table else ():
        for mention in document.mentions or ():
            cells = {heading.lower(): cell for heading, cell in mention.columns}
            rows.append((mention.text, cells.get("definition", "")))
    distinct: dict[str, tuple[str, str]] = {}
    nameless, repeated = report.notices["rows without a mention, passed over"], 0
    for row in rows:
        if not tokens_of(row[0]):
            nameless += 1
        elif distinct.setdefault(_folded(row[0]), row) is not row:
            repeated += 1
    if not distinct:
        raise InputError(f"{table}: no row has a name" if table else "there is no name to place; give NAME or --table")
    where, what = (f"{table}: ", "row") if table else ("", "name")
    for n, kind in ((nameless, "without a name"), (repeated, "with the name of another one")):
        if n:
            reporter.line(f"{where}{counted(n, what)} {kind}, passed over")
    return list(distinct.values())


def _without_known(rows: Sequence[tuple[str, str]], linker: "Linker", reporter: Reporter) -> list[tuple[str, str]]:
    """The rows whose names the ontology lacks, case, spelling variants and number aside; the others are reported."""
    from hyplink.names.normal_forms import normal_text

    ontology, unknown = linker.ontology, []
    for row in rows:
        owners = [ontology.concept_ids[each] for each in linker.generator.names.own.get(normal_text(row[0]))]
        if owners:
            reporter.line(f"{row[0]!r} is a name already, of {', '.join(owners)}: not placed")
        else:
            unknown.append(row)
    return unknown


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _print(placed: Sequence["PlacedName"], console: "Console") -> None:
    from rich.table import Table
    from rich.text import Text

    for each in placed:
        table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim")
        table.title, table.title_justify, table.title_style = Text(f"\n{each.name}"), "left", "bold"
        for heading in ("probability", "parent", "label", "evidence"):
            table.add_column(heading, overflow="fold")
        for parent in each.parents:
            cells = parent.concept, parent.label, ", ".join(parent.evidence)
            table.add_row(f"{parent.probability:.3f}", *map(Text, cells))
        console.print(table)
        if each.siblings:
            siblings = "; ".join(f"{label} ({concept})" for concept, label in each.siblings)
            console.print(Text(f"siblings below the first parent: {siblings}"))
