"""The command `hyplink` itself: what all commands share, and how errors end the process."""

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, TextIO

import typer

import hyplink
from hyplink.config import RenamedWarning
from hyplink.errors import HyplinkError

app = typer.Typer(
    name="hyplink",
    help="Links mentions in text to the concepts of your own ontology, in hyperbolic space.",
    epilog="A first run: `hyplink init my.yaml`, name your files in it, `hyplink run runs/my --config my.yaml`, "
    "then `hyplink link runs/my FILE`.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 110},
)


def main() -> None:
    """Runs the command line. An error ends the process with one line and status 2 (the input) or 1 (all else)."""
    try:
        with _warnings_as_lines():
            app()
    except HyplinkError as error:
        sys.stderr.write(f"hyplink: {error}\n")
        sys.exit(error.exit_status)
    except BrokenPipeError:  # `hyplink … | head`: the reader has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        sys.stderr.write(f"hyplink: {place}{error.strerror or error}\n")
        sys.exit(1)


@contextmanager
def _warnings_as_lines() -> Iterator[None]:
    """Prints hyplink's own warnings as one line each on standard error."""

    def print_line(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        if issubclass(category, RenamedWarning):
            sys.stderr.write(f"hyplink: warning: {message}\n")
        else:
            show(message, category, filename, lineno, file, line)

    with warnings.catch_warnings():
        warnings.simplefilter("always", RenamedWarning)
        show, warnings.showwarning = warnings.showwarning, print_line
        yield


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"hyplink {hyplink.__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Links mentions in text to the concepts of your own ontology, in hyperbolic space."""
