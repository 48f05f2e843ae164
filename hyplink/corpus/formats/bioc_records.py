"""The shape of BioC in JSON, as bioc, PubTator Central and PubTator 3 write it."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, TypeAdapter, ValidationError, model_validator

from hyplink.reading.json_text import parsed_json

EXPECTED = "expected a BioC collection"


class _Part(BaseModel):
    """A part of a document; what is null counts as missing."""

    infons: dict[str, Any] = {}

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, value: object) -> object:
        return {key: each for key, each in value.items() if each is not None} if isinstance(value, dict) else value


class Location(BaseModel):
    """The place of an annotation."""

    offset: int
    length: int


Identifier = Annotated[str, BeforeValidator(lambda value: str(value) if isinstance(value, int) else value)]


class Annotation(_Part):
    """An annotation."""

    id: Identifier = ""
    text: str = ""
    locations: list[Location] = []


class _Annotated(_Part):
    annotations: list[Annotation] = []
    relations: list[Any] = []


class Sentence(_Annotated):
    """A sentence of a passage."""

    offset: int
    text: str = ""


class Passage(Sentence):
    """A passage: its text, or sentences with texts."""

    sentences: list[Sentence] = []


class Document(_Annotated):
    """A document."""

    id: Identifier = ""
    passages: list[Passage]


_DOCUMENTS = TypeAdapter(list[Document])


def documents_of_json(text: str) -> list[Document]:
    """The documents of a collection, of a bare list, of a single document, or of a wrapper like that of PubTator 3.

    Raises:
        ValueError: the text is not JSON or not BioC, is nested too deeply, or contains half of a surrogate pair.
    """
    content = parsed_json(text)
    match content:
        case {"documents": documents}:
            where = "documents"
        case {"passages": _}:
            documents, where = [content], ""
        case dict() if len(content) == 1 and isinstance(next(iter(content.values())), list):  # {"PubTator3": […]}
            ((where, documents),) = content.items()
        case list():
            documents, where = content, ""
        case _:
            raise ValueError("neither `documents` nor `passages` found")
    try:
        return _DOCUMENTS.validate_python(documents)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        raise ValueError(f"{_path((where, *fault['loc']))}: {fault['msg']}") from None


def _path(steps: Sequence[str | int]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).lstrip(".")
