"""Files of object stores and web servers (`s3://…`, `gs://…`, `https://…`), which fsspec finds and copies.

A file is copied to a temporary folder while it is read, so that every format can be read from everywhere. The package
of a protocol, such as s3fs, is installed by the user; fsspec itself comes with torch.
"""

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from hyplink.errors import InputError

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://.")
PATTERN = frozenset("*?[")
"""Characters of patterns of names."""


def is_address(path: Path | str) -> bool:
    """Whether a path of the user is an address with a protocol."""
    return isinstance(path, str) and _ADDRESS.match(path) is not None


def addresses_of(address: str, endings: tuple[str, ...]) -> list[str]:
    """The addresses of the files that an address names: itself, those that a pattern matches, or those of a folder.

    Args:
        address: may have `*`, `?` and `[…]`.
        endings: what the names of the files of a folder end with, in lower case.

    Raises:
        InputError: there are none, or they cannot be listed.
    """
    with _errors_explained(address):
        system, path = _system_of(address)
        if PATTERN & set(path):
            found = [each for each in sorted(system.glob(path)) if system.isfile(each)]
        elif system.isdir(path):
            found = [each for each in sorted(system.find(path)) if each.lower().endswith(endings)]
        else:
            return [address]
        addresses = [str(system.unstrip_protocol(each)) for each in found]
    if not addresses:
        raise InputError(f"{address}: no such file, or none in this folder that ends in {', '.join(endings)}")
    return addresses


def size_of(address: str) -> int:
    """The number of bytes of a file; -1 if its server does not tell.

    Raises:
        InputError: it cannot be read.
    """
    with _errors_explained(address):
        system, path = _system_of(address)
        size = system.size(path)
    return -1 if size is None else int(size)


@contextmanager
def local_copy(address: str) -> Iterator[Path]:
    """A copy of a file, with its name, which is deleted when the context ends.

    Raises:
        InputError: it cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="hyplink-") as folder:
        path = Path(folder) / PurePosixPath(address).name
        with _errors_explained(address):
            system, name = _system_of(address)
            with system.open(name, "rb") as source, path.open("wb") as target:
                shutil.copyfileobj(source, target, 1 << 20)
        yield path


def _system_of(address: str) -> tuple[Any, str]:
    """The file system of an address, and the path in it."""
    import fsspec.core

    system, path = fsspec.core.url_to_fs(address)
    return system, str(path)


@contextmanager
def _errors_explained(address: str) -> Iterator[None]:
    """Raises an error of fsspec, or of the package of a protocol, as one line about the address."""
    try:
        yield
    except InputError:
        raise
    except FileNotFoundError:
        raise InputError(f"{address}: no such file") from None
    except Exception as error:  # each protocol has a package with errors of its own
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"{address}: cannot be read: {reason}") from error
