"""Checks the entities of an XML file before a parser expands them.

Nothing outside a file is read, so external entities and parameter entities are refused. Entities of the file itself
are common in OWL, where they abbreviate IRIs; they may not expand the text by more than a fixed factor.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

from hyplink.errors import InputError

MOST_EXPANSION, USUAL_EXPANSION = 10, 2**24
"""The references of a file may expand to 10 times its length, or to 16 million characters if that is more."""

LONGEST_DEFAULT = 1000
"""The longest default value of an attribute, in characters: it is repeated at every element."""

_CHUNK = 2**16
_REFERENCE = re.compile(r"&([^\s&;#]+);")
_DECLARATION = re.compile(r"\A\s*<\?xml\b[^>]*\?>")


def checked_xml(path: Path | str, text: str) -> str:
    """The text of an XML file, after a check of its entities, without the XML declaration.

    The text was decoded already, so the encoding that the declaration names does not apply to it.

    Raises:
        InputError: an entity is external, or the entities expand to more than the limit.
    """
    text = _DECLARATION.sub("", text, count=1)
    entities = _entities(path, (text[i : i + _CHUNK].encode() for i in range(0, len(text), _CHUNK)))
    limit = max(USUAL_EXPANSION, MOST_EXPANSION * len(text))
    if entities and _expanded(path, Counter(_REFERENCE.findall(text)), entities, limit) > limit:
        raise InputError.at(path, None, f"its entities expand to more than {limit:,} characters; write them out")
    return text


def refuse_entities(path: Path, stream: BinaryIO) -> None:
    """Checks that an XML file declares no entities.

    Raises:
        InputError: it does.
    """
    if entities := _entities(path, iter(partial(stream.read, _CHUNK), b"")):
        raise InputError.at(path, None, f"declares the entity {next(iter(entities))!r}; write entities out")


class _RootElement(Exception):  # noqa: N818 (a signal)
    """The declarations of a file end."""


def _entities(path: Path | str, chunks: Iterable[bytes] | Iterator[bytes]) -> dict[str, str]:
    """The entities that a file declares, by name. Malformed XML is left to the parser to report."""
    entities: dict[str, str] = {}

    def declared(name: str, is_parameter: int, value: str | None, *_: object) -> None:
        if is_parameter or value is None:
            kind = "a parameter entity" if is_parameter else "an external entity"
            raise InputError.at(path, None, f"declares {kind}, {name!r}; nothing outside the file is read")
        entities.setdefault(name, value)

    def attribute_declared(_element: str, name: str, _kind: str, default: str | None, _required: int) -> None:
        if default and len(default) > LONGEST_DEFAULT:
            raise InputError.at(path, None, f"the default of attribute {name!r} is too long; write it out")

    def root(*_: object) -> None:
        raise _RootElement

    parser = expat.ParserCreate()
    parser.EntityDeclHandler = declared
    parser.AttlistDeclHandler = attribute_declared
    parser.StartElementHandler = root
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
    except (_RootElement, expat.ExpatError, LookupError, ValueError):
        pass
    return entities


def _expanded(path: Path | str, references: Counter[str], entities: Mapping[str, str], limit: int) -> int:
    """The number of characters to which references expand, or a number above the limit."""
    lengths: dict[str, int] = {}

    def length(name: str, within: tuple[str, ...]) -> int:
        if name in within or len(within) > 100:
            raise InputError.at(path, None, f"the entity {name!r} contains itself or is nested too deeply")
        if name not in lengths:
            value = entities.get(name, "")
            inner = Counter(_REFERENCE.findall(value))
            total = len(value) + sum(n * length(each, (*within, name)) for each, n in inner.items())
            lengths[name] = min(total, limit + 1)
        return lengths[name]

    return sum(n * length(name, ()) for name, n in references.items())
