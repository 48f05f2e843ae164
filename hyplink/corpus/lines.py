"""Lines of a text exactly as given, each with its file and number for error messages."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from hyplink.errors import InputError
from hyplink.reading.compressed import DAMAGED, opened, unpacked

BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file.

    Attributes:
        path: the file, or a name for a stream.
        number: 1-based line number.
        text: the line with its line end, exactly as given.
    """

    path: str
    number: int
    text: str

    def content(self) -> str:
        """The line without its line end, and without a byte order mark at the beginning of the file."""
        text = self.text.removeprefix(BOM) if self.number == 1 else self.text
        return text.removesuffix("\n").removesuffix("\r")

    def error(self, message: str) -> InputError:
        """An error that names this line."""
        return InputError.at(self.path, self.number, message)


def read_lines(path: Path) -> Iterator[Line]:
    """The lines of a UTF-8 file, plain or compressed.

    Raises:
        InputError: the file is missing, cannot be read, is damaged or unpacks to more than the limit, or a byte is not
            UTF-8.
    """
    with read_errors_explained(path), opened(path) as stream:
        yield from decode_lines(stream, str(path))


def read_stream(stream: BinaryIO, name: str, n_bytes: int) -> Iterator[Line]:
    """The lines of a UTF-8 stream, plain or compressed, which errors call `name`.

    Args:
        stream: is not closed.
        name: of the file or member of an archive that it is.
        n_bytes: how long it is; 0 if that is not known.

    Raises:
        InputError: as for `read_lines`.
    """
    with read_errors_explained(name):
        yield from decode_lines(unpacked(stream, n_bytes), name)


@contextmanager
def read_errors_explained(name: Path | str) -> Iterator[None]:
    """Turns an error of reading a file into a message of one line.

    Raises:
        InputError: instead of an error of the file system or of a damaged compressed file.
    """
    try:
        yield
    except DAMAGED as error:
        raise InputError.at(name, None, f"damaged compressed file ({error}); get the file again") from None
    except OSError as error:
        raise InputError.at(name, None, f"cannot be read: {error.strerror or error}") from None


def read_bytes(path: Path) -> bytes:
    """The content of a binary file.

    Raises:
        InputError: the file is missing or cannot be read.
    """
    with read_errors_explained(path):
        return path.read_bytes()


def decode_lines(stream: Iterable[bytes], name: str) -> Iterator[Line]:
    """The lines of a binary stream, decoded from UTF-8. Only a line feed ends a line.

    Raises:
        InputError: a byte is not UTF-8.
    """
    for number, raw in enumerate(stream, start=1):
        try:
            yield Line(name, number, raw.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise InputError.not_utf8(name, number, error) from None
