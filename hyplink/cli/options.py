"""Arguments and options that several commands have, and what they are turned into."""

from pathlib import Path
from typing import Annotated

import typer

from hyplink.config import InputFormat, read_config
from hyplink.run import Reporter, Run, SilentReporter

RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="The run directory: all that a model is.")]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", "-c", metavar="FILE", help="A YAML configuration, as `hyplink init` writes.")
]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", "-s", metavar="SECTION.KEY=VALUE", help="Change one setting; may be given several times."),
]
Force = Annotated[bool, typer.Option("--force", help="Do it again even if it is up to date.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]
Format = Annotated[InputFormat, typer.Option("--input-format", help="How the text is annotated.")]


def reporter_of(quiet: bool) -> Reporter:
    """What the command reports to: the console, or nothing."""
    if quiet:
        return SilentReporter()
    from hyplink.cli.console import ConsoleReporter

    return ConsoleReporter()


def created_run(path: Path, config: Path | None, overrides: list[str] | None) -> Run:
    """The run, made if need be, with the settings of a file, or of the run itself, and those of the command line."""
    own = path / "config.yaml"
    if config is None and own.is_file():
        Run.open(path)
        config = own
    return Run.create(path, read_config(config, overrides or ()))


def existing_run(path: Path, overrides: list[str] | None) -> Run:
    """The run, which must be there, with its own settings and those of the command line."""
    run = Run.open(path)
    return Run.create(path, read_config(path / "config.yaml", overrides)) if overrides else run
