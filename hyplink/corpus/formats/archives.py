"""Tar archives, plain or compressed: each text file in it, plain or compressed, is read as a file of its own."""

import io
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple, cast

from hyplink.errors import InputError
from hyplink.reading.compressed import DAMAGED, opened, uncompressed_name
from hyplink.reading.surrogates import readable_name

SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.zst")


class ArchiveError(InputError):
    """An archive cannot be read, or not from here on: none of its files follows."""


class Member(NamedTuple):
    """A file in an archive.

    Attributes:
        name: its path in the archive.
        stream: its content, which is read before the next member is. Reading it raises `ArchiveError`.
        size: the number of bytes.
    """

    name: PurePosixPath
    stream: BinaryIO
    size: int

    @property
    def doc_id(self) -> str:
        """The id of a document in a format without ids of its own: the path without its suffix."""
        return uncompressed_name(Path(self.name)).with_suffix("").as_posix()


def is_archive(path: Path) -> bool:
    """Whether a path has the name of an archive."""
    return path.name.lower().endswith(SUFFIXES)


def members_of(path: Path, endings: tuple[str, ...]) -> Iterator[Member]:
    """The files of an archive whose names have certain endings, in their order. Nothing is written to the disk.

    Links, devices and hidden files are passed over. As nothing is written, a path that leads out of the folder
    (`../a.txt`) is a name like others.

    Raises:
        ArchiveError: the archive is missing or damaged.
        InputError: it has no such file.
    """
    n_members = 0
    with (
        _errors_explained(path),
        opened(path) as stream,
        tarfile.open(fileobj=_Explained.reader(stream, path), mode="r|", tarinfo=_Header) as archive,
    ):
        for each in archive:
            name = PurePosixPath(readable_name(each.name))
            if not each.isreg() or _is_hidden(name) or not name.name.lower().endswith(endings):
                continue
            content = archive.extractfile(each)
            if content is not None:
                n_members += 1
                yield Member(name, _Explained.reader(cast(BinaryIO, content), path), each.size)
    if n_members == 0:
        raise InputError.at(path, None, f"no file in this archive ends in {', '.join(sorted(endings))}")


def _is_hidden(name: PurePosixPath) -> bool:
    return any((part.startswith(".") and part not in (".", "..")) or part == "__MACOSX" for part in name.parts)


class _Header(tarfile.TarInfo):
    """The header of a member. An archive that ends otherwise than in zeros, or has an invalid header, is damaged."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> "_Header":
        """The next header; tarfile would take an invalid one for the end of the archive."""
        try:
            return super().fromtarfile(archive)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]
            raise
        except tarfile.EmptyHeaderError:  # type: ignore[attr-defined]
            raise tarfile.ReadError("it ends too early") from None
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(str(error)) from None


class _Explained(io.RawIOBase):
    """A stream of an archive, or of a member of it, whose errors are those of the archive."""

    def __init__(self, stream: BinaryIO, path: Path) -> None:
        self._stream, self._path = stream, path

    @classmethod
    def reader(cls, stream: BinaryIO, path: Path) -> BinaryIO:
        """The stream with a buffer."""
        return cast(BinaryIO, io.BufferedReader(cls(stream, path)))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        with _errors_explained(self._path):
            data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


@contextmanager
def _errors_explained(path: Path) -> Iterator[None]:
    """Turns an error of reading an archive into a message of one line.

    Raises:
        ArchiveError: instead of an error of the file system, of tarfile or of a damaged compressed file.
    """
    try:
        yield
    except (tarfile.TarError, *DAMAGED) as error:
        raise ArchiveError.at(path, None, f"damaged archive ({error}); get the file again") from None
    except OSError as error:
        raise ArchiveError.at(path, None, f"cannot be read: {error.strerror or error}") from None
