"""Reads a pickle as data: nothing that the file names is imported, created or called.

A pickle is a program that names classes and functions for the reader to call, so that `pickle.load` of a file from a
stranger executes the stranger's code. Here every name stands for a `Recorded`, which keeps the arguments and the state
that the file gives it and does nothing with them.
"""

import io
import pickle
import struct
from collections.abc import Callable, Collection
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

RECONSTRUCT = ("numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct")
FROM_BUFFER = ("numpy.core.numeric._frombuffer", "numpy._core.numeric._frombuffer")
ENCODE = "_codecs.encode"

ARRAY_NAMES = frozenset((*RECONSTRUCT, *FROM_BUFFER, ENCODE, "numpy.ndarray", "numpy.dtype"))
"""The names in the pickle of a numpy array: before and since numpy 2, and in the protocols 2 to 5."""

FLOATS = ("f4", "f8")
"""The types of arrays that are read."""


class Recorded:
    """What a pickle would make with a class or function: its name, its arguments and its state.

    Attributes:
        name: the module and name of the class or function, as in `numpy.dtype`.
        arguments: what it would be called with.
        state: what the object would be restored from; None if the pickle gives none.
    """

    name: ClassVar[str]
    arguments: tuple[Any, ...]
    state: Any

    def __new__(cls, *arguments: object) -> "Recorded":
        """What the pickle would call with these arguments."""
        recorded = super().__new__(cls)
        recorded.arguments, recorded.state = arguments, None
        return recorded

    def __setstate__(self, state: object) -> None:
        self.state = state


class _Recorder(pickle._Unpickler):
    """The unpickler in Python: that in C allocates as much memory as a damaged file says.

    Dictionaries and sets take simple keys only: to hash a deeply nested tuple would overflow the stack of the process.
    """

    dispatch: ClassVar[dict[int, Callable[[Any], None]]] = dict(pickle._Unpickler.dispatch)

    def __init__(self, data: bytes, names: Collection[str]) -> None:
        super().__init__(io.BytesIO(data))
        self._names = names

    def find_class(self, module: str, name: str) -> type[Recorded]:
        full_name = f"{module}.{name}"
        if full_name not in self._names:
            raise pickle.UnpicklingError(f"it names {full_name}")
        return type("Recorded", (Recorded,), {"name": full_name})


def _with_simple_keys(opcode: bytes, first: int, step: int) -> None:
    """Makes an operation of `_Recorder` that hashes refuse other keys; they are every `step`-th item from `first`."""
    load = pickle._Unpickler.dispatch[opcode[0]]

    def checked(unpickler: Any) -> None:  # noqa: ANN401 - its type has no public name
        if not all(isinstance(key, str | bytes | int) for key in unpickler.stack[first::step]):
            raise pickle.UnpicklingError("a key is neither text nor a number")
        load(unpickler)

    _Recorder.dispatch[opcode[0]] = checked


def _load_bytearray(unpickler: Any) -> None:  # noqa: ANN401 - its type has no public name
    """Reads bytes before it makes an array of them, whose length the pickle gives."""
    (length,) = struct.unpack("<Q", unpickler.read(8))
    content = unpickler.read(length)
    if len(content) < length:
        raise pickle.UnpicklingError("it is cut short")
    unpickler.append(bytearray(content))


_Recorder.dispatch[pickle.BYTEARRAY8[0]] = _load_bytearray
_with_simple_keys(pickle.SETITEM, -2, 2)
_with_simple_keys(pickle.SETITEMS, 0, 2)
_with_simple_keys(pickle.DICT, 0, 2)
_with_simple_keys(pickle.ADDITEMS, 0, 1)
_with_simple_keys(pickle.FROZENSET, 0, 1)


def read_recorded(data: bytes, names: Collection[str]) -> object:
    """The object that a pickle describes: built-in types, and a `Recorded` for each class or function.

    Args:
        data: the content of the file.
        names: the classes and functions that the pickle may name.

    Raises:
        ValueError: the pickle is damaged, or names something else.
    """
    try:
        return _Recorder(data, names).load()
    except Exception as error:  # a damaged pickle can raise anything
        raise ValueError(f"{error}" or type(error).__name__) from error


def array_of(recorded: object) -> NDArray[np.float64]:
    """The numpy array, float64, that a pickle describes.

    Raises:
        ValueError: it is not an array of floating-point numbers in single or double precision, or its size is wrong.
    """
    try:
        shape, dtype, is_fortran, data = _array_parts(recorded)
        numbers = np.frombuffer(_bytes_of(data), _float_type(dtype))
        array: NDArray[np.float64] = numbers.reshape(shape, order="F" if is_fortran else "C").astype(np.float64)
    except (TypeError, IndexError) as error:
        raise ValueError("expected an array of floating-point numbers") from error
    return array


def _array_parts(recorded: object) -> tuple[Any, Any, bool, Any]:
    """The shape, the type, whether the order is Fortran's, and the bytes of an array."""
    if isinstance(recorded, Recorded) and recorded.name in RECONSTRUCT:
        _, shape, dtype, is_fortran, data = recorded.state
        return shape, dtype, bool(is_fortran), data
    if isinstance(recorded, Recorded) and recorded.name in FROM_BUFFER:
        data, dtype, shape, order = recorded.arguments
        return shape, dtype, order == "F", data
    raise TypeError("not an array")


def _float_type(recorded: object) -> np.dtype[Any]:
    if not isinstance(recorded, Recorded) or recorded.name != "numpy.dtype" or recorded.arguments[0] not in FLOATS:
        raise TypeError("not a floating-point type")
    float_type: np.dtype[Any] = np.dtype((">" if recorded.state[1] == ">" else "<") + recorded.arguments[0])
    return float_type


def _bytes_of(data: object) -> bytes:
    """Bytes, which protocols before 3 write as a call that encodes text."""
    if isinstance(data, Recorded) and data.name == ENCODE and isinstance(data.arguments[0], str):
        return data.arguments[0].encode("latin-1")
    if not isinstance(data, bytes | bytearray):
        raise TypeError("not bytes")
    return bytes(data)
