"""Reading the arrays of a run, whose sizes and types are checked before they are used: a run may be damaged or hostile.

Nothing is unpickled, and what a file says of its size is compared with its real size before memory is allocated.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from hyplink.run.artifacts import damaged, unreadable

Kind = tuple[type[np.generic], tuple[int | None, ...]]
"""The type of an array's numbers, and the length of each axis; None for any length."""


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
        raise unreadable(path, error) from error
    except (ValueError, KeyError, SyntaxError, TokenError, RecursionError, MemoryError) as error:
        raise damaged(path, f"not such an array as hyplink writes ({error})") from error
    return array


def read_tensors(path: Path) -> dict[str, NDArray[Any]]:
    """Reads a safetensors file of a run.

    Raises:
        RunError: the file cannot be read, is damaged, or holds numbers that are not finite.
    """
    try:
        tensors: dict[str, NDArray[Any]] = load_file(path)
    except OSError as error:
        raise unreadable(path, error) from error
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        raise damaged(path, f"not tensors ({error})") from error
    for name, tensor in tensors.items():
        if tensor.dtype.kind == "f" and not np.isfinite(tensor).all():
            raise damaged(path, f"{name} holds numbers that are not finite")
    return tensors


def check_shapes(tensors: Mapping[str, NDArray[Any]], expected: Mapping[str, Kind], path: Path) -> None:
    """Checks the names, types and shapes of the tensors of a file; None stands for any length of an axis.

    Raises:
        RunError: they are others than expected.
    """
    if tensors.keys() != expected.keys():
        raise damaged(path, f"wrong tensors: {', '.join(sorted(tensors.keys() ^ expected.keys()))}")
    for name, (kind, shape) in expected.items():
        if tensors[name].dtype != kind or not _fits(tensors[name].shape, shape):
            raise damaged(path, f"{name} is {tensors[name].dtype} {tensors[name].shape}")


def _fits(found: tuple[int, ...], shape: tuple[int | None, ...]) -> bool:
    return len(found) == len(shape) and all(
        have >= 0 and wanted in (None, have) for have, wanted in zip(found, shape, strict=True)
    )


def _in_words(shape: tuple[int | None, ...]) -> str:
    return " × ".join("any number" if length is None else str(length) for length in shape)
