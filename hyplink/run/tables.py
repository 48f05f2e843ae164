"""Dataclasses of arrays and JSON values, stored in a folder of two files, so that precomputed data load quickly.

The fields of such a dataclass are arrays, sparse matrices, JSON values, sets of strings, or dataclasses of the same
kind. Arrays are stored in `tables.safetensors` and mapped to memory when they are read; everything else is stored in
`tables.json`. Reading never unpickles, and the caller names the class to build, not the file.
"""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import NoneType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from hyplink.errors import RunError
from hyplink.run.array_files import map_tensors, write_tensors
from hyplink.run.files import read_json

Record = TypeVar("Record")
Arrays = dict[str, NDArray[Any]]

TABLES, ARRAYS = "tables.json", "tables.safetensors"
_PARTS_OF_A_MATRIX = ("data", "indices", "indptr")


def write_tables(record: object, folder: Path) -> None:
    """Writes a dataclass to a new folder. Equal dataclasses give equal bytes."""
    folder.mkdir()
    arrays: Arrays = {}
    text = json.dumps(_to_json(record, "", arrays), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    (folder / TABLES).write_text(text, encoding="utf-8", newline="")
    write_tensors(folder / ARRAYS, arrays)


def read_tables(kind: type[Record], folder: Path) -> Record:
    """Reads a dataclass of type `kind` that `write_tables` wrote.

    Raises:
        RunError: a file is missing, damaged or of another version.
    """
    tables, arrays = read_json(folder / TABLES), map_tensors(folder / ARRAYS)
    try:
        record = cast(Record, _from_json(kind, tables, "", arrays))
    except (KeyError, TypeError, ValueError, IndexError, OverflowError) as error:
        reason = " ".join(str(error).split())
        raise RunError(
            f"{folder}: not in the format of this version ({reason}); run its stage again with --force"
        ) from error
    arrays.release()  # all of it was read to check it
    return record


def in_file(record: Record) -> Record:
    """The same dataclass, with its arrays in a temporary file that is mapped to memory.

    It bounds the memory of building large indices part by part: the system can drop the pages of a mapped part while
    the next one is built.
    """
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        write_tables(record, Path(folder) / "tables")
        return read_tables(type(record), Path(folder) / "tables")


def _to_json(value: object, name: str, arrays: Arrays) -> object:
    """The JSON part of a value; its arrays are added to `arrays`, by name."""
    from scipy import sparse  # slow to import, and not all commands read tables

    if isinstance(value, np.ndarray):
        arrays[name] = np.ascontiguousarray(value)
        return None
    if isinstance(value, sparse.csr_matrix):
        arrays.update({f"{name}/{each}": getattr(value, each) for each in _PARTS_OF_A_MATRIX})
        return value.shape
    if is_dataclass(value):
        parts = {each.name: getattr(value, each.name) for each in fields(value) if each.init}
        return {field: _to_json(each, f"{name}/{field}", arrays) for field, each in parts.items()}
    return sorted(value) if isinstance(value, frozenset) else value


def _from_json(kind: Any, value: Any, name: str, arrays: Mapping[str, NDArray[Any]]) -> object:  # noqa: ANN401
    """The value of type `kind` with this JSON part and these arrays."""
    from scipy import sparse

    if NoneType in get_args(kind):
        if value is None:
            return None
        kind = get_args(kind)[0]
    if is_dataclass(kind):
        kinds, names = get_type_hints(kind), [each.name for each in fields(kind) if each.init]
        parts = {field: _from_json(kinds[field], value[field], f"{name}/{field}", arrays) for field in names}
        return cast(type, kind)(**parts)
    origin = get_origin(kind) or kind
    if origin is np.ndarray:
        return _of_kind(arrays[name], kind)
    if origin is sparse.csr_matrix:
        data, indices, indptr = (arrays[f"{name}/{each}"] for each in _PARTS_OF_A_MATRIX)
        if [each.dtype.kind for each in (data, indices, indptr)] != ["f", "i", "i"]:
            raise TypeError("numbers of other types than expected")
        matrix = sparse.csr_matrix((data, indices, indptr), shape=value)
        matrix.check_format(full_check=True)  # an invalid index would read memory outside the arrays
        return matrix
    return TypeAdapter(kind).validate_python(value)


def _of_kind(array: NDArray[Any], kind: Any) -> NDArray[Any]:  # noqa: ANN401
    """The array, whose numbers must be of the type that `kind`, an `NDArray[…]`, names."""
    expected = get_args(get_args(kind)[1])[0]
    if array.dtype != expected:
        raise TypeError(f"numbers of type {array.dtype}; expected {np.dtype(expected)}")
    return array
