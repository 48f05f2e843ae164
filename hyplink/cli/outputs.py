"""Errors of output files."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hyplink.errors import HyplinkError


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
