"""What took long to work out, laid down so that it is there at once: a dataclass of tables as a folder of two files.

Such a dataclass has arrays, sparse matrices, what JSON holds, sets of strings, and further such dataclasses. Arrays go
to `tables.safetensors`, all else to `tables.json`. Nothing is unpickled, and a file can name no class: the reader does.
"""

import json
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import NoneType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file
from scipy import sparse

from hyplink.errors import RunError
from hyplink.run.files import read_json

Whole = TypeVar("Whole")
Arrays = dict[str, NDArray[Any]]

TABLES, ARRAYS = "tables.json", "tables.safetensors"
_OF_A_MATRIX = ("data", "indices", "indptr")


def write_tables(whole: object, folder: Path) -> None:
    """Writes a dataclass to a new folder; equal ones give equal bytes."""
    folder.mkdir()
    arrays: Arrays = {}
    text = json.dumps(_taken_apart(whole, "", arrays), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    save_file(arrays, folder / ARRAYS)
    (folder / TABLES).write_text(text, encoding="utf-8", newline="")


def read_tables(kind: type[Whole], folder: Path) -> Whole:
    """The dataclass that `write_tables` wrote.

    Raises:
        RunError: a file is missing, damaged or of another version.
    """
    tables = read_json(folder / TABLES)
    try:
        return cast(Whole, _put_together(kind, tables, "", load_file(folder / ARRAYS)))
    except (OSError, SafetensorError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise RunError(f"{folder}: not as this version writes it ({error}); make it again with --force") from error


def _taken_apart(value: object, name: str, arrays: Arrays) -> object:
    """What JSON holds of a value; its arrays are put among the others by name."""
    if isinstance(value, np.ndarray):
        arrays[name] = np.ascontiguousarray(value)
        return None
    if isinstance(value, sparse.csr_matrix):
        arrays.update({f"{name}/{each}": getattr(value, each) for each in _OF_A_MATRIX})
        return value.shape
    if is_dataclass(value):
        of_fields = {each.name: getattr(value, each.name) for each in fields(value) if each.init}
        return {field: _taken_apart(each, f"{name}/{field}", arrays) for field, each in of_fields.items()}
    return sorted(value) if isinstance(value, frozenset) else value


def _put_together(kind: Any, value: Any, name: str, arrays: Arrays) -> object:  # noqa: ANN401
    """The value of a kind of which JSON and arrays hold so much."""
    if NoneType in get_args(kind):
        if value is None:
            return None
        kind = get_args(kind)[0]
    if is_dataclass(kind):
        kinds, given = get_type_hints(kind), [each.name for each in fields(kind) if each.init]
        parts = {field: _put_together(kinds[field], value[field], f"{name}/{field}", arrays) for field in given}
        return cast(type, kind)(**parts)
    kind = get_origin(kind) or kind
    if kind is np.ndarray:
        return arrays[name]
    if kind is sparse.csr_matrix:
        matrix = sparse.csr_matrix(tuple(arrays[f"{name}/{each}"] for each in _OF_A_MATRIX), shape=value)
        matrix.check_format(full_check=True)  # a wrong index would read memory that is not its own
        return matrix
    return frozenset(value) if kind is frozenset else value
