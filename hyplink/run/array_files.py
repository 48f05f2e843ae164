"""Reading the arrays of a run, whose sizes and types are checked before they are used: a run may be damaged or hostile.

Nothing is unpickled, and what a file says of its size is compared with its real size before memory is allocated.
"""

import json
import math
import mmap
from collections.abc import Mapping
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load_file

from hyplink.errors import HyplinkError
from hyplink.run.artifacts import damaged, unreadable

_DTYPES = {"BOOL": "?", "U8": "u1", "I32": "<i4", "I64": "<i8", "F16": "<f2", "F32": "<f4", "F64": "<f8"}
"""The types of numbers in the safetensors files of a run, as numpy names them."""

_NAMES = {np.dtype(dtype).str: name for name, dtype in _DTYPES.items()}

_NUMBERS_CHECKED = 1 << 22
"""Numbers of a mapped tensor that are checked at a time."""

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


def write_tensors(path: Path, tensors: Mapping[str, NDArray[Any]]) -> None:
    """Writes tensors in safetensors format, one after the other: the library would hold a copy of all in memory.

    Raises:
        HyplinkError: the file cannot be written.
    """
    # Tensors of larger numbers go first, so that each starts at a multiple of the size of its numbers.
    arrays = {name: _little_endian(tensors[name]) for name in sorted(tensors, key=lambda n: (-tensors[n].itemsize, n))}
    ends = np.cumsum([0, *(array.nbytes for array in arrays.values())]).tolist()
    described = {
        name: {"dtype": _NAMES[array.dtype.str], "shape": array.shape, "data_offsets": ends[i : i + 2]}
        for i, (name, array) in enumerate(arrays.items())
    }
    header = json.dumps(described, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    try:
        with path.open("wb") as file:
            file.write(len(header).to_bytes(8, "little") + header)
            for array in arrays.values():
                file.write(array.data)
                _release(array)
    except OSError as error:
        raise HyplinkError(f"{path}: cannot write the arrays ({error}); is the disk full?") from error


def _little_endian(array: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(array, array.dtype.newbyteorder("<"), order="C")


class MappedTensors(dict[str, NDArray[Any]]):
    """Tensors in a file that is mapped to memory, by name.

    Args:
        mapped: the file.
        start: the first byte after its header.
        described: its header.
    """

    def __init__(self, mapped: mmap.mmap, start: int, described: Mapping[str, Any]) -> None:
        super().__init__((name, _mapped_tensor(mapped, start, each)) for name, each in described.items())
        self._mapped = mapped

    def release(self) -> None:
        """Lets go of the memory of what was read so far, which is mapped again when it is next read."""
        _release_file(self._mapped)


def _release(array: NDArray[Any]) -> None:
    """The same for the file that an array is mapped to, if it is."""
    base: object = array
    while isinstance(base, np.ndarray):
        base = base.base
    if isinstance(base, memoryview) and base.readonly and isinstance(base.obj, mmap.mmap):
        _release_file(base.obj)


def _release_file(mapped: mmap.mmap) -> None:
    if hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)


def map_tensors(path: Path) -> MappedTensors:
    """Maps the tensors of a safetensors file of a run to memory, which processes share; they cannot be written to.

    Raises:
        RunError: the file cannot be read, is damaged, or holds numbers that are not finite.
    """
    try:
        with safe_open(path, framework="numpy"), path.open("rb") as file:  # the former checks header and size
            start = int.from_bytes(file.read(8), "little")
            described = json.loads(file.read(start))
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        described.pop("__metadata__", None)
        tensors = MappedTensors(mapped, 8 + start, described)
    except OSError as error:
        raise unreadable(path, error) from error
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        raise damaged(path, f"not tensors ({error})") from error
    for name, tensor in tensors.items():
        if tensor.dtype.kind == "f" and not _is_finite(tensor.reshape(-1), tensors):
            raise damaged(path, f"{name} holds numbers that are not finite")
    return tensors


def _mapped_tensor(mapped: mmap.mmap, start: int, described: Mapping[str, Any]) -> NDArray[Any]:
    """The tensor that an entry of the header describes, given the start of the data."""
    dtype, shape = np.dtype(_DTYPES[described["dtype"]]), described["shape"]
    tensor: NDArray[Any] = np.frombuffer(mapped, dtype, math.prod(shape), start + described["data_offsets"][0])
    return tensor.reshape(shape)


def _is_finite(numbers: NDArray[Any], tensors: MappedTensors) -> bool:
    """Whether the numbers (n,) of one of some tensors are finite."""
    for at in range(0, len(numbers), _NUMBERS_CHECKED):
        if not np.isfinite(numbers[at : at + _NUMBERS_CHECKED]).all():
            return False
        tensors.release()
    return True


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
