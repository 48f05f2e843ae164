"""Reading the files of a run, whose contents are checked before they are used: a run may be damaged, or a stranger's.

Nothing is unpickled, and what a file says of its size is compared with its real size before memory is allocated.
"""

import math
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError
from safetensors import SafetensorError
from safetensors.numpy import load_file

from hyplink.errors import RunError

Record = TypeVar("Record")

Kind = tuple[type[np.generic], tuple[int | None, ...]]
"""The type of an array's numbers, and the length of each axis; None for any length."""


def read_record(kind: type[Record], path: Path) -> Record:
    """Reads a JSON file of a run.

    Args:
        kind: the type of its content: a dataclass, a `TypedDict`, or any other type that pydantic validates.
        path: the file.

    Raises:
        RunError: the file cannot be read, is not JSON, or holds something else.
    """
    with _damage_named(path):
        record: Record = _adapter(cast(Hashable, kind)).validate_json(path.read_bytes(), strict=True)
    return record


def read_records(kind: type[Record], path: Path) -> Iterator[Record]:
    """Reads a JSON Lines file of a run, one value at a time; the arguments are those of `read_record`.

    Raises:
        RunError: the file cannot be read, or a line is not JSON or holds something else.
    """
    adapter, number = _adapter(cast(Hashable, kind)), 0
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):  # noqa: B007 - for the message
                yield adapter.validate_json(line, strict=True)
    except OSError as error:
        raise _unreadable(path, error) from error
    except ValidationError as error:
        raise _damaged(f"{path}:{number}", _reason(error)) from error


def check_record(kind: type[Record], value: object, path: Path) -> Record:
    """A value of a JSON file, if it is of this kind.

    Raises:
        RunError: it is not.
    """
    try:
        record: Record = _adapter(cast(Hashable, kind)).validate_python(value)
    except ValidationError as error:
        raise _damaged(path, _reason(error)) from error
    return record


def read_array(path: Path, kind: type[np.generic], shape: tuple[int | None, ...]) -> NDArray[Any]:
    """Reads a `.npy` file of a run.

    Args:
        path: the file.
        kind: the type of its numbers.
        shape: the length of each axis; None for any length.

    Raises:
        RunError: the file cannot be read, is no such array, is longer or shorter than its header says, or holds numbers
            that are not finite.
    """
    try:
        with path.open("rb") as file:
            version = np.lib.format.read_magic(file)
            read_header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
            found, is_fortran, dtype = read_header[version](file)
            size = path.stat().st_size - file.tell()
        if dtype != kind or is_fortran or not _fits(found, shape) or size != dtype.itemsize * math.prod(found):
            raise ValueError(f"{dtype} {found} in {size:,} bytes; expected {np.dtype(kind)} {_in_words(shape)}")
        array: NDArray[Any] = np.load(path, allow_pickle=False)
        if not np.isfinite(array).all():
            raise ValueError("numbers that are not finite")
    except OSError as error:
        raise _unreadable(path, error) from error
    except (ValueError, KeyError, SyntaxError, RecursionError, MemoryError) as error:
        raise _damaged(path, f"not such an array as hyplink writes ({error})") from error
    return array


def read_tensors(path: Path) -> dict[str, NDArray[Any]]:
    """Reads a safetensors file of a run.

    Raises:
        RunError: the file cannot be read, is damaged, or holds numbers that are not finite.
    """
    try:
        tensors: dict[str, NDArray[Any]] = load_file(path)
    except OSError as error:
        raise _unreadable(path, error) from error
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        raise _damaged(path, f"not tensors ({error})") from error
    for name, tensor in tensors.items():
        if tensor.dtype.kind == "f" and not np.isfinite(tensor).all():
            raise _damaged(path, f"{name} holds numbers that are not finite")
    return tensors


def check_shapes(tensors: Mapping[str, NDArray[Any]], expected: Mapping[str, Kind], path: Path) -> None:
    """Checks the names, types and shapes of the tensors of a file; None stands for any length of an axis.

    Raises:
        RunError: they are others than expected.
    """
    if tensors.keys() != expected.keys():
        raise _damaged(path, f"wrong tensors: {', '.join(sorted(tensors.keys() ^ expected.keys()))}")
    for name, (kind, shape) in expected.items():
        if tensors[name].dtype != kind or not _fits(tensors[name].shape, shape):
            raise _damaged(path, f"{name} is {tensors[name].dtype} {tensors[name].shape}")


@contextmanager
def _damage_named(path: Path) -> Iterator[None]:
    """Turns what reading a JSON file raises into an error of one line that names it."""
    try:
        yield
    except OSError as error:
        raise _unreadable(path, error) from error
    except ValidationError as error:
        raise _damaged(path, _reason(error)) from error


@lru_cache(None)
def _adapter(kind: Any) -> TypeAdapter[Any]:  # noqa: ANN401 (any type)
    return TypeAdapter(kind)


def _unreadable(path: Path, error: OSError) -> RunError:
    reason = error.strerror or str(error)
    return RunError(f"{path}: cannot be read: {reason}; restore the file, or re-run its stage with --force")


def _damaged(place: Path | str, reason: str) -> RunError:
    return RunError(f"{place}: damaged: {reason}; restore the file, or re-run its stage with --force")


def _reason(error: ValidationError) -> str:
    """The first of the reasons, with its place."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(map(str, first["loc"]))
    return f"{place}: {first['msg']}" if place else first["msg"]


def _fits(found: tuple[int, ...], shape: tuple[int | None, ...]) -> bool:
    return len(found) == len(shape) and all(
        have >= 0 and wanted in (None, have) for have, wanted in zip(found, shape, strict=True)
    )


def _in_words(shape: tuple[int | None, ...]) -> str:
    return " × ".join("any number" if length is None else str(length) for length in shape)
