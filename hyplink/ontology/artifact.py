"""The ontology's file in a run directory: gzip-compressed JSON, with equal bytes for equal ontologies."""

import gzip
import json
import zlib
from pathlib import Path
from typing import Any, NotRequired

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json
from typing_extensions import TypedDict

from hyplink.config import PartOfSpeech
from hyplink.errors import RunError
from hyplink.ontology.concept import Concept, Scope, Sense, Synonym
from hyplink.ontology.ontology import Ontology
from hyplink.ontology.problems import Problem

FORMAT = "hyplink-ontology/1"
RENAMED_PROBLEMS = {"bent-quotes": "malformed-quotes", "bent-references": "malformed-references"}
"""Kinds of problems that runs of hyplink 0.1 have under other names."""

_LISTS = ("parents", "alternative_ids", "cross_references", "replaced_by", "examples")


class _Concept(TypedDict):
    """A concept; empty fields are left out."""

    id: str
    label: str
    synonyms: NotRequired[list[str | tuple[str, Scope, str | None]]]
    definition: NotRequired[str]
    parents: NotRequired[list[str]]
    alternative_ids: NotRequired[list[str]]
    cross_references: NotRequired[list[str]]
    replaced_by: NotRequired[list[str]]
    examples: NotRequired[list[str]]
    obsolete: NotRequired[bool]
    senses: NotRequired[list[tuple[str, str, int, int]]]
    part_of_speech: NotRequired[PartOfSpeech]


class _Content(TypedDict):
    """The whole file."""

    format: str
    source: str
    release: str | None
    prefixes: NotRequired[dict[str, str] | None]  # missing in runs of hyplink 0.1
    problems: list[tuple[str, int, list[str]]]
    concepts: list[_Concept]


_CONTENT = TypeAdapter(_Content)


def write_ontology(ontology: Ontology, path: Path) -> None:
    """Writes the whole ontology; equal ontologies give equal bytes."""
    content = {
        "format": FORMAT,
        "source": ontology.source,
        "release": ontology.release,
        "prefixes": ontology.prefixes,
        "problems": [[problem.kind, problem.count, problem.examples] for problem in ontology.problems],
        "concepts": [_to_json(c) for c in (*ontology.concepts.values(), *ontology.obsolete.values())],
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    with path.open("wb") as stream, gzip.GzipFile("", "wb", fileobj=stream, mtime=0) as packed:
        packed.write(text.encode("utf-8"))


def load_ontology(path: Path) -> Ontology:
    """Reads an ontology that `write_ontology` wrote.

    Raises:
        RunError: the file is missing, damaged or of another version.
    """
    try:
        stored = from_json(gzip.decompress(path.read_bytes()))
        version = stored.get("format") if isinstance(stored, dict) else None
        if isinstance(version, str) and version != FORMAT:
            raise RunError.at(path, None, f"has format {version}, expected {FORMAT}; train the ontology again")
        content = _CONTENT.validate_python(stored)
        return Ontology(
            map(_from_json, content["concepts"]),
            source=content["source"],
            release=content["release"],
            prefixes=content.get("prefixes"),
            problems=[
                Problem(RENAMED_PROBLEMS.get(kind, kind), count, tuple(examples))
                for kind, count, examples in content["problems"]
            ],
        )
    except FileNotFoundError:
        raise RunError.at(path, None, "is missing; train the ontology again") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise RunError.at(path, None, f"is damaged ({place}: {first['msg']}); train the ontology again") from None
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise RunError.at(path, None, f"is damaged ({error}); train the ontology again") from None


def _to_json(concept: Concept) -> dict[str, Any]:
    """The concept as JSON, without empty fields."""
    content: dict[str, Any] = {
        "id": concept.concept_id,
        "label": concept.label,
        "synonyms": [_synonym_to_json(synonym) for synonym in concept.synonyms],
        "definition": concept.definition,
        **{name: getattr(concept, name) for name in _LISTS},
        "obsolete": concept.obsolete,
        "senses": [[sense.key, sense.lemma, sense.order, sense.count] for sense in concept.senses],
        "part_of_speech": concept.part_of_speech,
    }
    return {key: value for key, value in content.items() if value}


def _synonym_to_json(synonym: Synonym) -> str | list[str | None]:
    """The text of an exact synonym without a type, as most are; otherwise text, scope and type."""
    plain = synonym.scope == "EXACT" and synonym.kind is None
    return synonym.text if plain else [synonym.text, synonym.scope, synonym.kind]


def _from_json(content: _Concept) -> Concept:
    return Concept(
        concept_id=content["id"],
        label=content["label"],
        synonyms=tuple(Synonym(s) if isinstance(s, str) else Synonym(*s) for s in content.get("synonyms", ())),
        definition=content.get("definition"),
        obsolete=content.get("obsolete", False),
        senses=tuple(Sense(*sense) for sense in content.get("senses", ())),
        part_of_speech=content.get("part_of_speech"),
        parents=tuple(content.get("parents", ())),
        alternative_ids=tuple(content.get("alternative_ids", ())),
        cross_references=tuple(content.get("cross_references", ())),
        replaced_by=tuple(content.get("replaced_by", ())),
        examples=tuple(content.get("examples", ())),
    )
