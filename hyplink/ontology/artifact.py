"""The ontology as a run directory keeps it: one gzip-compressed JSON file, the same bytes for the same ontology."""

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
_LISTS = ("parents", "alternative_ids", "cross_references", "replaced_by", "examples")


def write_ontology(ontology: Ontology, path: Path) -> None:
    """Writes everything that the ontology holds; equal ontologies give equal bytes."""
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
    """The ontology that `write_ontology` wrote.

    Raises:
        RunError: the file is missing, damaged or of another version.
    """
    try:
        content = json.loads(gzip.decompress(path.read_bytes()))
        if content["format"] != FORMAT:
            raise RunError.at(path, None, f"holds {content['format']}, not {FORMAT}; train the ontology again")
        return Ontology(
            map(_from_json, content["concepts"]),
            source=content["source"],
            release=content["release"],
            prefixes=content.get("prefixes"),  # runs of hyplink 0.1 have none
            problems=[Problem(kind, count, tuple(examples)) for kind, count, examples in content["problems"]],
        )
    except FileNotFoundError:
        raise RunError.at(path, None, "is missing; train the ontology again") from None
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
        raise RunError.at(path, None, f"is damaged ({error}); train the ontology again") from None


def _to_json(concept: Concept) -> dict[str, Any]:
    """The concept as JSON, without what is empty."""
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
    """The text of a plain exact synonym, which most are; else text, scope and kind."""
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
