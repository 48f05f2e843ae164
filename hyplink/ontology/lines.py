"""The content of a file, plain or gzip-compressed, with clear errors for what cannot be read."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from hyplink.errors import InputError, non_text_kind

GZIP_MAGIC = b"\x1f\x8b"
UTF8_BOM = b"\xef\xbb\xbf"
_FAULTS = (UnicodeDecodeError, EOFError, zlib.error, OSError)  # gzip.BadGzipFile is an OSError


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """(1-based number, line without its end) for each line; gzip is known by its first bytes, not by the name.

    Raises:
        InputError: the file is missing, cannot be opened, is empty, is damaged gzip, or holds a byte that is not UTF-8.
    """
    number = 0
    try:
        with _opened(path) as stream:
            for number, raw in enumerate(stream, start=1):
                yield number, raw.removeprefix(UTF8_BOM if number == 1 else b"").decode("utf-8").rstrip("\r\n")
    except _FAULTS as error:
        raise _told(path, number or None, error) from None
    if number == 0:
        raise _empty(path)


def text_of(path: Path) -> str:
    """The whole text of a UTF-8 file, without a byte order mark; gzip is known by its first bytes.

    Raises:
        InputError: as for `numbered_lines`, but without the line.
    """
    try:
        with _opened(path) as stream:
            text = stream.read().removeprefix(UTF8_BOM).decode("utf-8")
    except _FAULTS as error:
        raise _told(path, None, error) from None
    if not text.strip():
        raise _empty(path)
    return text


def _opened(path: Path) -> BinaryIO:
    with path.open("rb") as stream:
        head = stream.read(8)
    if head.startswith(GZIP_MAGIC):
        return cast(BinaryIO, gzip.open(path, "rb"))
    if what := non_text_kind(head):
        raise InputError.at(path, None, what)
    return path.open("rb")


def _told(path: Path, line: int | None, error: Exception) -> InputError:
    if isinstance(error, UnicodeDecodeError):
        return InputError.not_utf8(path, line, error)
    if isinstance(error, OSError) and not isinstance(error, gzip.BadGzipFile):
        return InputError.at(path, None, f"cannot be read: {error.strerror or error}")
    return InputError.at(path, line, f"damaged gzip ({error}); get the file again")


def _empty(path: Path) -> InputError:
    return InputError.at(path, None, "the file is empty; is it the right one?")
