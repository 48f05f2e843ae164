"""Dataclasses of arrays and JSON values, stored in a folder of two files, so that precomputed data load quickly.

The fields of such a dataclass are arrays, sparse matrices, JSON values, sets of strings, or dataclasses of the same
kind. Arrays are stored in `tables.safetensors`, everything else in `tables.json`. Reading never unpickles, and the
caller names the class to build, not the file.
"""

import json
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import NoneType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save
from scipy import sparse

from hyplink.errors import RunError
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
    (folder / ARRAYS).write_bytes(save(arrays))
    (folder / TABLES).write_text(text, encoding="utf-8", newline="")


def read_tables(kind: type[Record], folder: Path) -> Record:
    """Reads a dataclass of type `kind` that `write_tables` wrote.

    Raises:
        RunError: a file is missing, damaged or of another version.
    """
    tables = read_json(folder / TABLES)
    try:
        return cast(Record, _from_json(kind, tables, "", load_file(folder / ARRAYS)))
    except (OSError, SafetensorError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise RunError(
            f"{folder}: not in the format of this version ({error}); run its stage again with --force"
        ) from error


def _to_json(value: object, name: str, arrays: Arrays) -> object:
    """The JSON part of a value; its arrays are added to `arrays`, by name."""
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


def _from_json(kind: Any, value: Any, name: str, arrays: Arrays) -> object:  # noqa: ANN401
    """The value of type `kind` with this JSON part and these arrays."""
    if NoneType in get_args(kind):
        if value is None:
            return None
        kind = get_args(kind)[0]
    if is_dataclass(kind):
        kinds, names = get_type_hints(kind), [each.name for each in fields(kind) if each.init]
        parts = {field: _from_json(kinds[field], value[field], f"{name}/{field}", arrays) for field in names}
        return cast(type, kind)(**parts)
    kind = get_origin(kind) or kind
    if kind is np.ndarray:
        return arrays[name]
    if kind is sparse.csr_matrix:
        matrix = sparse.csr_matrix(tuple(arrays[f"{name}/{each}"] for each in _PARTS_OF_A_MATRIX), shape=value)
        matrix.check_format(full_check=True)  # an invalid index would read memory outside the arrays
        return matrix
    return frozenset(value) if kind is frozenset else value
