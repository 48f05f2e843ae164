"""Reads text files, plain or compressed, and reports what cannot be read."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from hyplink.errors import InputError, non_text_kind
from hyplink.reading.compressed import DAMAGED, TooLargeError, is_compressed, opened

UTF8_BOM = b"\xef\xbb\xbf"
_READ_ERRORS = (UnicodeDecodeError, OSError, *DAMAGED)


def read_numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """(1-based line number, line without its end) pairs. Compression is detected by the first bytes.

    Lines end with a line feed, a carriage return or both.

    Raises:
        InputError: the file is missing, cannot be opened, is empty, is damaged or unpacks to more than the limit,
            or has a byte that is not UTF-8.
    """
    number = 0
    try:
        with _opened(path) as stream:
            for raw in stream:
                number += 1
                line = raw.removeprefix(UTF8_BOM if number == 1 else b"").decode("utf-8").rstrip("\r\n")
                first, *others = line.split("\r")
                yield number, first
                for other in others:
                    number += 1
                    yield number, other
    except _READ_ERRORS as error:
        raise _input_error(path, number or None, error) from None
    if number == 0:
        raise _empty_file_error(path)


def read_text(path: Path) -> str:
    """The whole text of a UTF-8 file, without a byte order mark. Compression is detected by the first bytes.

    Raises:
        InputError: as for `read_numbered_lines`, but without the line.
    """
    try:
        with _opened(path) as stream:
            text = stream.read().removeprefix(UTF8_BOM).decode("utf-8")
    except _READ_ERRORS as error:
        raise _input_error(path, None, error) from None
    if not text.strip():
        raise _empty_file_error(path)
    return text


def _opened(path: Path) -> BinaryIO:
    with path.open("rb") as stream:
        head = stream.read(8)
    if not is_compressed(head) and (kind := non_text_kind(head)):
        raise InputError.at(path, None, kind)
    return opened(path)


def _input_error(path: Path, line: int | None, error: Exception) -> InputError:
    if isinstance(error, UnicodeDecodeError):
        return InputError.not_utf8(path, line, error)
    if isinstance(error, TooLargeError):
        return InputError.at(path, None, str(error.strerror))
    if isinstance(error, DAMAGED):
        return InputError.at(path, line, f"damaged compressed file ({error}); get the file again")
    return InputError.at(path, None, f"cannot be read: {getattr(error, 'strerror', None) or error}")


def _empty_file_error(path: Path) -> InputError:
    return InputError.at(path, None, "the file is empty; is it the right one?")
