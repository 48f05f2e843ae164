"""Checks JSON-LD before rdflib reads it: its parser would fetch the contexts that a document names by address."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hyplink.errors import InputError
from hyplink.reading.json_text import parsed_json


def checked_context(path: Path, text: str) -> Any:  # noqa: ANN401 (any JSON)
    """The `@context` of a JSON-LD document, None if it has none, after a check of all contexts in the document.

    Raises:
        InputError: the text is not JSON, or a context is in another file or on the web.
    """
    try:
        document = parsed_json(text)
    except ValueError as error:
        raise InputError.at(path, None, f"cannot be read as json-ld: {error}") from None
    for address in _foreign_contexts(document):
        raise InputError.at(
            path,
            None,
            f"its @context {str(address)[:80]!r} is not in the file, and nothing is downloaded; save it as Turtle",
        )
    return document.get("@context") if isinstance(document, dict) else None


def _foreign_contexts(document: object) -> Iterator[object]:
    """What the contexts of a document name by address, at any depth, with a URL or the name of a file."""
    pending = [document]
    while pending:
        value = pending.pop()
        if isinstance(value, list):
            pending += value
        elif isinstance(value, dict):
            contexts = value.get("@context", [])
            for context in contexts if isinstance(contexts, list) else [contexts]:
                if isinstance(context, str):
                    yield context
                elif isinstance(context, dict) and "@import" in context:
                    yield context["@import"]
            pending += value.values()
