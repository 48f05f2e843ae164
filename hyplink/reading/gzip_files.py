"""Opens files that may be compressed with gzip, and stops at content that unpacks to far more than text does."""

import gzip
import io
import os
from pathlib import Path
from typing import BinaryIO, cast

from hyplink.errors import InputError
from hyplink.reading.numbers import is_number

GZIP_MAGIC = b"\x1f\x8b"

SETTING = "HYPLINK_MAX_UNPACKED_MB"
"""The environment variable that sets the most megabytes to which a compressed file may unpack."""

USUAL_BYTES, USUAL_RATIO = 256 * 2**20, 60
"""Without the setting, a file may unpack to 256 MiB, or to 60 times its size if that is more; text reaches 5 to 20."""


class TooLargeError(OSError):
    """A compressed file unpacks to more than the limit."""


def opened(path: Path) -> BinaryIO:
    """A binary stream of a file's content, unpacked if its first bytes are those of gzip.

    Reading the stream raises `TooLargeError`, an OSError, where the content exceeds the limit.

    Raises:
        OSError: the file is missing or cannot be opened.
        InputError: the setting of the limit is not a number.
    """
    with path.open("rb") as stream:
        is_packed = stream.read(len(GZIP_MAGIC)) == GZIP_MAGIC
    if not is_packed:
        return path.open("rb")
    limit = unpacked_limit(path.stat().st_size)
    return cast(BinaryIO, io.BufferedReader(_Limited(cast(BinaryIO, gzip.open(path, "rb")), limit)))


def unpacked_limit(packed_bytes: int) -> int:
    """The number of bytes to which content of a compressed size may unpack.

    Raises:
        InputError: the setting is not a number.
    """
    given = os.environ.get(SETTING)
    if given is None:
        return max(USUAL_BYTES, USUAL_RATIO * packed_bytes)
    if not is_number(given):
        raise InputError(f"{SETTING}={given}: expected a number of megabytes")
    return int(given) * 2**20


def too_large(limit: int) -> TooLargeError:
    """The error for content that unpacks to more than a limit."""
    message = f"unpacks to more than {limit // 2**20:,} MB; if it is sound, set {SETTING} to a larger number"
    return TooLargeError(0, message)


class _Limited(io.RawIOBase):
    """A stream that ends with an error after so many bytes."""

    def __init__(self, stream: BinaryIO, limit: int) -> None:
        self._stream, self._limit, self._left = stream, limit, limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise too_large(self._limit)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()
