"""Arguments and options that several commands share, and the objects made from them."""

from pathlib import Path
from typing import Annotated

import typer

from hyplink.config import InputFormat, read_config
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
Format = Annotated[InputFormat, typer.Option("--input-format", help="Format of the input text.")]


def reporter_of(quiet: bool) -> Reporter:
    """The reporter of a command: it prints to standard error, or nothing if `quiet`."""
    if quiet:
        return SilentReporter()
    from hyplink.cli.console import ConsoleReporter

    return ConsoleReporter()


def created_run(path: Path, config: Path | None, overrides: list[str] | None) -> Run:
    """The run with the settings of a file, or else its own, and those of the command line; created if missing."""
    own = path / "config.yaml"
    if config is None and own.is_file():
        Run.open(path)
        config = own
    return Run.create(path, read_config(config, overrides or ()))


def existing_run(path: Path, overrides: list[str] | None) -> Run:
    """An existing run with its own settings and those of the command line."""
    run = Run.open(path)
    return Run.create(path, read_config(path / "config.yaml", overrides)) if overrides else run
