"""What took long to work out, laid down so that it is there at once: dataclasses of tables as two files.

A part is a dataclass of arrays, sparse matrices, what JSON holds, sets of strings, and further parts. Its arrays go to
`NAME.safetensors`, all else to `NAME.json`. Nothing is unpickled, and a file can name no class: the reader does.
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

Part = TypeVar("Part")
Arrays = dict[str, NDArray[Any]]

_OF_A_MATRIX = ("data", "indices", "indptr")


def write_part(part: object, folder: Path, name: str) -> None:
    """Writes a dataclass to `NAME.json` and `NAME.safetensors` of a folder; equal parts give equal bytes."""
    arrays: Arrays = {}
    tables = _taken_apart(part, name, arrays)
    save_file(arrays, folder / f"{name}.safetensors")
    text = json.dumps(tables, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    (folder / f"{name}.json").write_text(text, encoding="utf-8", newline="")


def read_part(kind: type[Part], folder: Path, name: str) -> Part:
    """The dataclass that `write_part` wrote.

    Raises:
        RunError: a file is missing, damaged or of another version.
    """
    tables = read_json(folder / f"{name}.json")
    try:
        return cast(Part, _put_together(kind, tables, name, load_file(folder / f"{name}.safetensors")))
    except (OSError, SafetensorError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise RunError(f"{folder / name}: not as this version writes it ({error}); make it again") from error


def _taken_apart(value: object, name: str, arrays: Arrays) -> object:
    """What JSON holds of a value; its arrays are put among the others by name."""
    if isinstance(value, np.ndarray):
        arrays[name] = np.ascontiguousarray(value)
        return None
    if isinstance(value, sparse.csr_matrix):
        arrays.update({f"{name}.{each}": getattr(value, each) for each in _OF_A_MATRIX})
        return value.shape
    if is_dataclass(value):
        of_fields = {each.name: getattr(value, each.name) for each in fields(value)}
        return {field: _taken_apart(each, f"{name}.{field}", arrays) for field, each in of_fields.items()}
    return sorted(value) if isinstance(value, frozenset) else value


def _put_together(kind: Any, value: Any, name: str, arrays: Arrays) -> object:  # noqa: ANN401
    """The value of a kind of which JSON and arrays hold so much."""
    if NoneType in get_args(kind):
        if value is None:
            return None
        kind = get_args(kind)[0]
    if is_dataclass(kind):
        kinds = get_type_hints(kind).items()
        parts = {field: _put_together(each, value[field], f"{name}.{field}", arrays) for field, each in kinds}
        return cast(type, kind)(**parts)
    kind = get_origin(kind) or kind
    if kind is np.ndarray:
        return arrays[name]
    if kind is sparse.csr_matrix:
        matrix = sparse.csr_matrix(tuple(arrays[f"{name}.{each}"] for each in _OF_A_MATRIX), shape=value)
        matrix.check_format(full_check=True)  # a wrong index would read memory that is not its own
        return matrix
    return frozenset(value) if kind is frozenset else value
