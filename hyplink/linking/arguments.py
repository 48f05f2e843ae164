"""Checks of the arguments of a linker's methods: a wrong one is an error of the call that gave it."""

import math
from collections.abc import Iterable, Iterator, Mapping
from os import PathLike
from typing import NamedTuple, get_args

import numpy as np

from hyplink.corpus import Document
from hyplink.errors import InputError
from hyplink.mentions.learned import Prefer


class LinkOptions(NamedTuple):
    """The arguments of `Linker.link_many` that change links."""

    top_k: int
    min_confidence: float | None
    nested: bool
    search_all: bool
    prefer: Prefer = "balanced"

    def check(self) -> None:
        """Raises an InputError for a value out of its range."""
        check_count("top_k", self.top_k)
        least = self.min_confidence
        is_number = isinstance(least, int | float) and not isinstance(least, bool)
        if least is not None and not (is_number and math.isfinite(least) and 0 <= least <= 1):
            raise InputError(f"min_confidence must be a probability between 0 and 1, or None; not {least!r}")
        if self.prefer not in get_args(Prefer):
            raise InputError(f"prefer must be one of {', '.join(get_args(Prefer))}; not {self.prefer!r}")


def check_count(name: str, value: object) -> None:
    """Raises an InputError if a value is not an integer of at least 1."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise InputError(f"{name} must be an integer, at least 1; not {value!r}")


def check_path(path: object) -> None:
    """Raises an InputError if an object is not a path."""
    if not isinstance(path, str | PathLike):
        raise InputError(f"expected the path of a run directory, not {_kind(path)}")


def check_text(text: object) -> str:
    """The argument unchanged, after a check that it is a text.

    Raises:
        InputError: it is not.
    """
    if not isinstance(text, str):
        raise InputError(f"expected a text (str), not {_kind(text)}; several texts are linked by link_many")
    return text


def check_several(documents: object) -> None:
    """Raises an InputError if documents cannot be iterated over, or are a single text."""
    is_single = isinstance(documents, str | Document)
    if not is_single and (isinstance(documents, Mapping) or hasattr(documents, "columns")):
        raise InputError(f"expected several texts or hyplink.Documents, not {_kind(documents)}; give one column of it")
    if is_single or not isinstance(documents, Iterable):
        raise InputError(
            f"expected several texts or hyplink.Documents, not {_kind(documents)}; put a single one in a list"
        )


def check_points(points: object, dim: int) -> None:
    """Raises an InputError if an object is not an array of points inside the ball, (n, dim)."""
    if not isinstance(points, np.ndarray) or points.dtype.kind != "f" or points.ndim != 2 or points.shape[1] != dim:
        shape = f" of {points.dtype} {points.shape}" if isinstance(points, np.ndarray) else ""
        raise InputError(f"expected points as a NumPy array of floats (n, {dim}), not {_kind(points)}{shape}")
    if not (np.linalg.norm(points.clip(-2, 2), axis=1) < 1).all():  # false for NaN too; no square overflows
        raise InputError("expected points inside the ball: each needs a norm below 1")


def as_documents(documents: Iterable[str | tuple[str, str] | Document]) -> Iterator[Document]:
    """Texts, pairs of an id and a text, and documents as documents; mentions are detected in texts.

    Raises:
        InputError: an item is neither, or a mention is empty or outside the text.
    """
    for number, each in enumerate(documents, start=1):
        document = _document(each)
        if document is None:
            kinds = f" of {', '.join(map(_kind, each))}" if isinstance(each, tuple) else ""
            raise InputError(
                f"document {number}: expected a text (str), a pair of an id (str) and a text, or a hyplink.Document, "
                f"not {_kind(each)}{kinds}"
            )
        for mention in document.mentions or ():
            spans = mention.spans or ((mention.start, mention.end),)
            if not all(0 <= start < end <= len(document.text) for start, end in spans):
                place = ", ".join(f"{start}-{end}" for start, end in spans)
                raise InputError(
                    f"document {number}: a mention at {place}, outside its text of {len(document.text)} characters"
                )
        yield document


def _document(value: object) -> Document | None:
    match value:
        case Document():
            return value
        case str():
            return Document("", value)
        case (str() as doc_id, text) if isinstance(text, str) or _is_missing(text):
            return Document(doc_id, text if isinstance(text, str) else "")
    return Document("", "") if _is_missing(value) else None


def _is_missing(value: object) -> bool:
    """Whether a value stands for an empty cell, as pandas and polars have them: None, NaN, NaT or pandas.NA."""
    return (
        value is None
        or (isinstance(value, float) and math.isnan(value))
        or type(value).__name__ in ("NAType", "NaTType")
    )


def _kind(value: object) -> str:
    return "None" if value is None else f"a {type(value).__name__}"
