"""Opens files that may be compressed (gzip, xz, Zstandard), and stops at content that unpacks to far more than text.

The compression format is detected from the first bytes of a file, not from its name.
"""

import gzip
import io
import lzma
import os
import zlib
from pathlib import Path
from typing import BinaryIO, cast

import zstandard

from hyplink.errors import InputError
from hyplink.reading.numbers import is_number

GZIP_MAGIC = b"\x1f\x8b"
XZ_MAGIC = b"\xfd7zXZ\x00"
ZSTANDARD_MAGIC = b"\x28\xb5\x2f\xfd"

_CHUNK = 1 << 16

SUFFIXES = frozenset({".gz", ".xz", ".zst"})
"""What the names of compressed files end with."""

DAMAGED = (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile, zstandard.ZstdError)
"""What reading a damaged compressed file raises."""

SETTING = "HYPLINK_MAX_UNPACKED_MB"
"""The environment variable that sets the most megabytes to which a compressed file may unpack."""

USUAL_BYTES, USUAL_RATIO = 256 * 2**20, 60
"""Without the setting, a file may unpack to 256 MiB, or to 60 times its size if that is more; text reaches 5 to 20."""


class TooLargeError(OSError):
    """A compressed file unpacks to more than the limit."""


def opened(path: Path) -> BinaryIO:
    """A binary stream of a file's content, unpacked if its first bytes are those of a compressed file.

    Reading the stream raises `TooLargeError`, an OSError, where the content exceeds the limit, and one of `DAMAGED`
    where it is damaged.

    Raises:
        OSError: the file is missing or cannot be opened.
        InputError: the setting of the limit is not a number.
    """
    stream = path.open("rb")
    try:
        return unpacked(stream, path.stat().st_size, close=True)
    except BaseException:
        stream.close()
        raise


def unpacked(stream: BinaryIO, n_bytes: int, *, close: bool = False) -> BinaryIO:
    """The content of a binary stream, unpacked if its first bytes are those of a compressed file; else the stream.

    Args:
        stream: is read from its position on.
        n_bytes: how long it is, by which the limit is set; 0 if that is not known.
        close: whether closing the content closes the stream.

    Raises:
        InputError: the setting of the limit is not a number.
    """
    peekable = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(cast(io.RawIOBase, stream))
    head = peekable.peek(len(XZ_MAGIC))
    if not is_compressed(head):
        return peekable
    limited = _Limited(_unpacked(peekable, head), unpacked_limit(n_bytes), peekable if close else None)
    return cast(BinaryIO, io.BufferedReader(limited))


def is_compressed(head: bytes) -> bool:
    """Whether a file that begins with some bytes is compressed in a way that `opened` unpacks."""
    return head.startswith((GZIP_MAGIC, XZ_MAGIC, ZSTANDARD_MAGIC))


def uncompressed_name(path: Path) -> Path:
    """A path without the suffix of compression: `a.jsonl` of `a.jsonl.gz`."""
    return path.with_suffix("") if path.suffix.lower() in SUFFIXES else path


def _unpacked(stream: BinaryIO, head: bytes) -> BinaryIO:
    """The unpacked content of a compressed stream that begins with some bytes."""
    if head.startswith(GZIP_MAGIC):
        return cast(BinaryIO, gzip.open(stream, "rb"))
    if head.startswith(XZ_MAGIC):
        return cast(BinaryIO, lzma.open(stream, "rb"))
    return cast(BinaryIO, _Zstandard(stream))


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


class _Zstandard(io.RawIOBase):
    """The content of a stream of Zstandard frames; unlike that of the library, one that is cut off is an error."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._frame = zstandard.ZstdDecompressor().decompressobj()

    def read(self, size: int = -1) -> bytes:
        """Some bytes, at least one unless the content ends."""
        data = b""
        while not data:
            packed = self._frame.unused_data or self._stream.read(_CHUNK)
            if self._frame.eof and packed:
                self._frame = zstandard.ZstdDecompressor().decompressobj()
            if not packed:
                if not self._frame.eof:
                    raise EOFError("it is cut off")
                return b""
            data = self._frame.decompress(packed)
        return data


class _Limited(io.RawIOBase):
    """A stream that ends with an error after so many bytes; another one is closed with it."""

    def __init__(self, stream: BinaryIO, limit: int, other: BinaryIO | None) -> None:
        self._stream, self._limit, self._left, self._ahead = stream, limit, limit, b""
        self._other = other

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._ahead or self._stream.read(len(buffer))
        data, self._ahead = data[: len(buffer)], data[len(buffer) :]
        self._left -= len(data)
        if self._left < 0:
            raise too_large(self._limit)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        if self._other is not None:
            self._other.close()
        super().close()
