"""Checks and errors of output files."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hyplink.errors import HyplinkError, InputError
from hyplink.run import Run
from hyplink.run.outputs import STDIN, check_not_input


def check_output(output: Path | None, inputs: Iterable[Path], run: Run | None = None) -> None:
    """Checks, before any work is done, that writing an output overwrites no input of the command.

    Args:
        output: the output file or folder; None for standard output.
        inputs: the files that the command reads; `-` stands for standard input.
        run: the run that the command reads.

    Raises:
        InputError: the output is `-`, an input, or a file of the run.
    """
    if output is None:
        return
    if output == STDIN:
        raise InputError("-: an output needs the name of a file; what has no --output goes to standard output")
    if run is not None and run.owns(output):
        raise InputError(f"{output}: the run {run.folder} keeps its own files there; choose another output")
    check_not_input(output, inputs)


@contextmanager
def write_errors_explained(path: Path) -> Iterator[None]:
    """Turns an error of the file system while `path` is written into a message of one line.

    Raises:
        HyplinkError: instead of any OSError.
    """
    try:
        yield
    except OSError as error:
        raise HyplinkError(f"{error.filename or path}: cannot be written: {error.strerror or error}") from error
