"""The command `hyplink` itself: what all commands share, and how errors end the process."""

import os
import sys
from typing import Annotated

import typer

import hyplink
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
