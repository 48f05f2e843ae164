"""Tar archives, plain or compressed: each text file in it is read as a file of its own."""

import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple, cast

from hyplink.errors import InputError
from hyplink.reading.compressed import DAMAGED, opened
from hyplink.reading.surrogates import readable_name

SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.zst")


class Member(NamedTuple):
    """A file in an archive.

    Attributes:
        name: its path in the archive.
        stream: its content, which is read before the next member is.
    """

    name: PurePosixPath
    stream: BinaryIO

    @property
    def doc_id(self) -> str:
        """The id of a document in a format without ids of its own: the path without its suffix."""
        return self.name.with_suffix("").as_posix()


def is_archive(path: Path) -> bool:
    """Whether a path has the name of an archive."""
    return path.name.lower().endswith(SUFFIXES)


def members_of(path: Path, endings: tuple[str, ...]) -> Iterator[Member]:
    """The files of an archive whose names have certain endings, in their order. Nothing is written to the disk.

    Links, devices and hidden files are passed over.

    Raises:
        InputError: the archive is missing, damaged, or has no such file.
    """
    n_members = 0
    try:
        with opened(path) as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
            for each in archive:
                name = PurePosixPath(readable_name(each.name))
                is_hidden = any((part.startswith(".") and part != ".") or part == "__MACOSX" for part in name.parts)
                if not each.isreg() or is_hidden or not name.name.lower().endswith(endings):
                    continue
                content = archive.extractfile(each)
                if content is not None:
                    n_members += 1
                    yield Member(name, cast(BinaryIO, content))
    except (tarfile.TarError, *DAMAGED) as error:
        raise InputError.at(path, None, f"damaged archive ({error}); get the file again") from None
    except OSError as error:
        raise InputError.at(path, None, f"cannot be read: {error.strerror or error}") from None
    if n_members == 0:
        raise InputError.at(path, None, f"no file in this archive ends in {', '.join(sorted(endings))}")
