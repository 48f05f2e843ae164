"""Lines of a text file, plain or gzip-compressed, with clear errors for what cannot be read."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from hyplink.errors import InputError

GZIP_MAGIC = b"\x1f\x8b"
UTF8_BOM = b"\xef\xbb\xbf"


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
    except UnicodeDecodeError as error:
        seen = error.object[error.start]
        raise InputError.at(path, number, f"byte 0x{seen:02x} is not UTF-8; save the file as UTF-8") from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError.at(path, number or None, f"damaged gzip ({error}); get the file again") from None
    except OSError as error:
        raise InputError.at(path, None, f"cannot be read: {error.strerror or error}") from None
    if number == 0:
        raise InputError.at(path, None, "the file is empty; is it the right one?")


def _opened(path: Path) -> BinaryIO:
    with path.open("rb") as stream:
        compressed = stream.read(len(GZIP_MAGIC)) == GZIP_MAGIC
    return cast(BinaryIO, gzip.open(path, "rb")) if compressed else path.open("rb")
