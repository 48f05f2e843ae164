"""Writes OBO files that follow the grammar, so that strict parsers accept them."""

from collections.abc import Iterable, Iterator

from hyplink.ontology.concept import Concept, Synonym
from hyplink.ontology.ontology import Ontology

# OBO has no escape for a carriage return, which ends a line.
_WHITESPACE = {"\n": "\\n", "\r": "\\n", "\t": "\\t"}
_MARKS = {"\\": "\\\\", "!": "\\!", "{": "\\{", "}": "\\}"}
_SPECIAL = str.maketrans(_WHITESPACE | _MARKS | {'"': '\\"'})
_SPECIAL_IN_ID = str.maketrans(_WHITESPACE | _MARKS | {" ": "\\W"})


def obo_lines(ontology: Ontology) -> Iterator[str]:
    """The ontology as the lines of an OBO file, obsolete concepts last; `read_obo` reads the same ontology back."""
    concepts = (*ontology.concepts.values(), *ontology.obsolete.values())
    yield "format-version: 1.4\n"
    if ontology.release:
        yield f"data-version: {_text(ontology.release)}\n"
    for prefix, address in ontology.prefixes.items():
        if prefix:
            yield f"idspace: {_id(prefix)} {address}\n"
    kinds = (synonym.kind for concept in concepts for synonym in concept.synonyms)
    for kind in sorted({kind for kind in kinds if kind}):
        yield f'synonymtypedef: {_id(kind)} "{_text(kind)}"\n'
    for concept in concepts:
        yield from term_lines(concept)


def term_lines(concept: Concept, comment: str = "") -> Iterator[str]:
    """The lines of a concept, after an empty one; a comment is a clause of its own."""
    yield "\n[Term]\n"
    yield from (f"{line}\n" for line in _clauses(concept))
    if comment:
        yield f"comment: {_text(comment)}\n"


def _clauses(concept: Concept) -> Iterator[str]:
    yield f"id: {_id(concept.concept_id)}"
    yield f"name: {_text(concept.label)}"
    yield from _id_lines("alt_id", concept.alternative_ids)
    if concept.definition:
        yield f'def: "{_text(concept.definition)}" []'
    yield from map(_synonym, concept.synonyms)
    yield from _id_lines("xref", concept.cross_references)
    yield from _id_lines("is_a", concept.parents)
    if concept.obsolete:
        yield "is_obsolete: true"
    yield from _id_lines("replaced_by", concept.replaced_by)


def _synonym(synonym: Synonym) -> str:
    kind = f" {_id(synonym.kind)}" if synonym.kind else ""
    return f'synonym: "{_text(synonym.text)}" {synonym.scope}{kind} []'


def _id_lines(tag: str, concept_ids: Iterable[str]) -> Iterator[str]:
    return (f"{tag}: {_id(concept_id)}" for concept_id in concept_ids)


def _text(text: str) -> str:
    return text.translate(_SPECIAL)


def _id(concept_id: str) -> str:
    return concept_id.translate(_SPECIAL_IN_ID)
