"""Parses JSON of bounded depth whose strings are sound text."""

from typing import Any

from pydantic_core import from_json


def parsed_json(text: str) -> Any:  # noqa: ANN401 (JSON holds anything)
    r"""The value of a JSON text.

    Raises:
        ValueError: the text is not JSON, is nested too deeply, or escapes half of a surrogate pair (`\ud83d`).
    """
    try:
        return from_json(text)
    except ValueError as error:
        message = str(error)
        if "surrogate" in message or "hex escape" in message:
            message = f"a \\u escape is malformed or half of a surrogate pair ({message})"
        raise ValueError(message) from None
