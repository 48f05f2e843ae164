"""The command `hyplink`: options of all commands, errors, warnings, and the examples in help texts."""

import io
import os
import signal
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, TextIO

import typer
from typer.core import TyperGroup

import hyplink
from hyplink.errors import HyplinkError, HyplinkWarning


class Commands(TyperGroup):
    """The commands, whose flags are shown in help as flags, without `<bool>` behind them."""

    def get_params(self, ctx: Any) -> list[Any]:  # noqa: ANN401 - a class of Typer's own copy of Click
        """The options of the program."""
        return _shown_as_flags(super().get_params(ctx))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401
        """A command; None if there is none of this name."""
        command = super().get_command(ctx, cmd_name)
        if command is not None:
            _shown_as_flags(command.get_params(ctx))
        return command


def _shown_as_flags(parameters: list[Any]) -> list[Any]:
    for each in parameters:
        if getattr(each, "is_flag", False) and each.metavar is None:
            each.metavar = ""
    return parameters


app = typer.Typer(
    name="hyplink",
    cls=Commands,
    help="Links mentions in text to the concepts of your own ontology, in hyperbolic space.",
    epilog="First steps:\n\n    hyplink init my.yaml    (then name your files in it)\n"
    "    hyplink run runs/my --config my.yaml\n    hyplink link runs/my notes.txt",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 110},
)


def main() -> None:
    """Runs the command line.

    An error is printed on one line. The exit status is then 2 for invalid input and 1 for any other error; it is 130
    after Ctrl-C, 143 after SIGTERM and 129 after SIGHUP.
    """
    _prepare_streams()
    try:
        with _warnings_as_lines(), _signals_as_exits():
            app()
    except HyplinkError as error:
        sys.stderr.write(f"hyplink: {error}\n")
        sys.exit(error.exit_status)
    except BrokenPipeError:  # `hyplink … | head`: the reader closed the pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        sys.stderr.write(f"hyplink: {place}{error.strerror or error}\n")
        sys.exit(1)
    finally:
        # CPython notes a Ctrl-C that comes while exec() runs a string, as many imports do, and ends the process by the
        # signal in place of its exit status, although the Ctrl-C was handled. The next such exec() clears the note.
        exec("")


def _prepare_streams() -> None:
    """Escapes characters that the encoding of the terminal lacks, and opens standard streams that are closed.

    Otherwise the next file that is opened would take the place of a closed stream, and receive what libraries print.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        stream = getattr(sys, name)
        if stream is None:
            null = os.open(os.devnull, os.O_RDWR)
            if null != number:
                os.dup2(null, number)
                os.close(null)
            setattr(sys, name, open(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False))  # noqa: SIM115
        elif number and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


@contextmanager
def _signals_as_exits() -> Iterator[None]:
    """Ends the program on SIGTERM and SIGHUP by an exception, so that what it was writing is deleted."""
    signals = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    ended_by = [each for each in signals if signal.getsignal(each) == signal.SIG_DFL]  # `nohup` ignores SIGHUP

    def end(number: int, _: object) -> None:
        for each in ended_by:
            signal.signal(each, signal.SIG_IGN)  # a second signal must not interrupt the deletion
        sys.exit(128 + number)

    for each in ended_by:
        signal.signal(each, end)
    try:
        yield
    finally:
        for each in ended_by:
            signal.signal(each, signal.SIG_DFL)


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
        if issubclass(category, HyplinkWarning):
            sys.stderr.write(f"hyplink: warning: {message}\n")
        else:
            show(message, category, filename, lineno, file, line)

    with warnings.catch_warnings():
        warnings.simplefilter("always", HyplinkWarning)
        show, warnings.showwarning = warnings.showwarning, print_line
        yield


def examples(*commands: str) -> str:
    """The example commands at the end of a command's help."""
    return "\n".join(["Examples:\n", *(f"    {command}" for command in commands)])


def _show_version(is_requested: bool) -> None:
    if is_requested:
        typer.echo(f"hyplink {hyplink.__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Links mentions in text to the concepts of your own ontology, in hyperbolic space."""
