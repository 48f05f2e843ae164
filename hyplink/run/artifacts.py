"""Reading the JSON files of a run, whose contents are checked before they are used: a run may be damaged or hostile."""

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from hyplink.errors import RunError

Record = TypeVar("Record")


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
        raise unreadable(path, error) from error
    except ValidationError as error:
        raise damaged(f"{path}:{number}", _reason(error)) from error


def check_record(kind: type[Record], value: object, path: Path) -> Record:
    """A value of a JSON file, if it is of this kind.

    Raises:
        RunError: it is not.
    """
    try:
        record: Record = _adapter(cast(Hashable, kind)).validate_python(value)
    except ValidationError as error:
        raise damaged(path, _reason(error)) from error
    return record


@contextmanager
def _damage_named(path: Path) -> Iterator[None]:
    """Turns what reading a JSON file raises into an error of one line that names it."""
    try:
        yield
    except OSError as error:
        raise unreadable(path, error) from error
    except ValidationError as error:
        raise damaged(path, _reason(error)) from error


@lru_cache(None)
def _adapter(kind: Any) -> TypeAdapter[Any]:  # noqa: ANN401 (any type)
    return TypeAdapter(kind)


def unreadable(path: Path, error: OSError) -> RunError:
    """The error for a file that cannot be read."""
    reason = error.strerror or str(error)
    return RunError(f"{path}: cannot be read: {reason}; restore the file, or re-run its stage with --force")


def damaged(place: Path | str, reason: str) -> RunError:
    """The error for a file whose content is not what hyplink writes."""
    return RunError(f"{place}: damaged: {reason}; restore the file, or re-run its stage with --force")


def _reason(error: ValidationError) -> str:
    """The first of the reasons, with its place."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(map(str, first["loc"]))
    return f"{place}: {first['msg']}" if place else first["msg"]
