"""The ontology's file in a run directory: gzip-compressed JSON, with equal bytes for equal ontologies."""

import gzip
import json
import zlib
from pathlib import Path
from typing import Any

from hyplink.errors import RunError
from hyplink.ontology.concept import Concept, Sense, Synonym
from hyplink.ontology.ontology import Ontology
from hyplink.ontology.problems import Problem

FORMAT = "hyplink-ontology/1"
RENAMED_PROBLEMS = {"bent-quotes": "malformed-quotes", "bent-references": "malformed-references"}
"""Kinds of problems that runs of hyplink 0.1 have under other names."""

_LISTS = ("parents", "alternative_ids", "cross_references", "replaced_by", "examples")


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
        content = json.loads(gzip.decompress(path.read_bytes()))
        if content["format"] != FORMAT:
            raise RunError.at(
                path, None, f"has format {content['format']}, expected {FORMAT}; train the ontology again"
            )
        return Ontology(
            map(_from_json, content["concepts"]),
            source=content["source"],
            release=content["release"],
            prefixes=content.get("prefixes"),  # missing in runs of hyplink 0.1
            problems=[
                Problem(RENAMED_PROBLEMS.get(kind, kind), count, tuple(examples))
                for kind, count, examples in content["problems"]
            ],
        )
    except FileNotFoundError:
        raise RunError.at(path, None, "is missing; train the ontology again") from None
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
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


def _from_json(content: dict[str, Any]) -> Concept:
    return Concept(
        concept_id=content["id"],
        label=content["label"],
        synonyms=tuple(Synonym(s) if type(s) is str else Synonym(*s) for s in content.get("synonyms", ())),
        definition=content.get("definition"),
        obsolete=content.get("obsolete", False),
        senses=tuple(Sense(*sense) for sense in content.get("senses", ())),
        part_of_speech=content.get("part_of_speech"),
        **{name: tuple(content.get(name, ())) for name in _LISTS},
    )
