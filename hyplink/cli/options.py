"""Arguments and options that several commands share, and the objects made from them."""

from pathlib import Path
from typing import Annotated

import typer

from hyplink.config import InputFormat, read_config
from hyplink.errors import InputError
from hyplink.run import Reporter, Run, SilentReporter

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


def listed(path: Path | None) -> list[str]:
    """The paths that the lines of a file name; none for no file.

    Raises:
        InputError: the file cannot be read.
    """
    if path is None:
        return []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError.at(path, None, f"cannot be read as a list of paths: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise InputError.at(path, None, f"cannot be read as a list of paths: {error}") from None
    return [line for line in lines if line.strip()]


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
