"""Arguments and options that several commands share, and the objects made from them."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hyplink.config import InputFormat, read_config
from hyplink.errors import InputError
from hyplink.run import Reporter, Run, SilentReporter
from hyplink.run.outputs import STDIN

if TYPE_CHECKING:
    from hyplink.corpus import TextColumns

RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="The run directory, which holds all files of a model.")]
ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", "-c", metavar="FILE", help="A YAML configuration, such as `hyplink init` writes."),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", "-s", metavar="SECTION.KEY=VALUE", help="Change a setting; may be repeated."),
]
Force = Annotated[bool, typer.Option("--force", help="Run again even if up to date.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")]
FollowReferences = Annotated[
    bool,
    typer.Option(
        "--follow-references",
        help="Read word vectors or a model outside the run if the run names them. Allow it only for runs you trust.",
    ),
]
Format = Annotated[InputFormat, typer.Option("--input-format", help="Format of the input text.")]
Sheet = Annotated[
    str | None, typer.Option("--sheet", metavar="NAME", help="The sheet of a workbook.", show_default="the first one")
]
TextColumn = Annotated[
    str | None,
    typer.Option("--text-column", metavar="HEADING", help="Find mentions in the texts of this column of a table."),
]
IdColumn = Annotated[
    str | None,
    typer.Option(
        "--id-column",
        metavar="HEADING",
        help="With --text-column: the column of document ids.",
        show_default="row numbers",
    ),
]


def text_columns_of(text_column: str | None, id_column: str | None) -> "TextColumns | None":
    """The columns of a table of texts; None if no column of texts is named.

    Raises:
        InputError: a column of ids is named, and none of texts.
    """
    from hyplink.corpus import TextColumns

    if id_column is not None and text_column is None:
        raise InputError("--id-column needs --text-column, the column of the texts")
    return None if text_column is None else TextColumns(text_column, id_column)


def listed(path: Path | None) -> list[str]:
    """The paths that the lines of a file or, for `-`, of standard input name; none for no file.

    Raises:
        InputError: the file cannot be read, or names none.
    """
    if path is None:
        return []
    name = "standard input" if path == STDIN else path
    try:
        text = (sys.stdin.buffer.read() if path == STDIN else path.read_bytes()).decode("utf-8")
    except OSError as error:
        raise InputError.at(name, None, f"cannot be read as a list of paths: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise InputError.at(name, None, f"cannot be read as a list of paths: {error}") from None
    paths = [line for line in text.splitlines() if line.strip()]
    if not paths:
        raise InputError.at(name, None, "the list of paths is empty; expected the path of an input on each line")
    return paths


def reporter_of(quiet: bool) -> Reporter:
    """The reporter of a command: it prints to standard error, or nothing if `quiet`."""
    if quiet:
        return SilentReporter()
    from hyplink.cli.console import ConsoleReporter

    return ConsoleReporter()


def existing_run(path: Path, overrides: list[str] | None, *, follow_references: bool = False) -> Run:
    """An existing run with its own settings and those of the command line."""
    run = Run.open(path, follow_references=follow_references)
    if not overrides:
        return run
    with run.locked():
        config = read_config(path / "config.yaml", overrides)
    return Run.create(path, config, follow_references=follow_references)
