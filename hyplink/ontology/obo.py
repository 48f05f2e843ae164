"""Reads OBO files: terms, their names and their is-a edges."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import cast

from hyplink.errors import InputError
from hyplink.ontology.concept import Concept, Scope, Synonym
from hyplink.ontology.obo_syntax import (
    Clause,
    Quoted,
    Stanza,
    first_word,
    is_reference_list,
    plain,
    quoted,
    read_stanzas,
)
from hyplink.ontology.ontology import Ontology
from hyplink.ontology.prefixes import used_prefixes
from hyplink.ontology.problems import ProblemLog
from hyplink.ontology.repair import with_genus_parents, without_stubs

SYNONYM_TAGS: Mapping[str, Scope | None] = {
    "synonym": None,  # the scope is part of the value
    "exact_synonym": "EXACT",
    "narrow_synonym": "NARROW",
    "broad_synonym": "BROAD",
    "related_synonym": "RELATED",
}
SINGLE_TAGS = ("name", "def", "is_obsolete")


def read_obo(path: Path) -> Ontology:
    """The ontology of an OBO file, plain or gzip-compressed.

    Of all relations only is_a is used. A term without one has the genera of its logical definition (`intersection_of`)
    as parents, because the files that editors work on leave such edges to a reasoner. Stanzas other than [Term] are
    ignored, and so are terms without names, parents and children, which extracts keep of imported ontologies.

    Raises:
        InputError: the file cannot be read, is not OBO, or a [Term] has no id or two (file and line).
    """
    log = ProblemLog()
    release, declared = None, dict[str, str]()
    concepts, genera = [], {}
    for stanza in read_stanzas(path):
        if stanza.heading == "Term":
            concepts.append(_concept(path, stanza, log))
            genera[concepts[-1].concept_id] = _genera(stanza.clauses)
        elif stanza.heading == "":
            release, declared = _release(stanza.clauses), _idspaces(stanza.clauses, log)
    if not concepts:
        raise InputError.at(path, None, "contains no [Term]; expected an OBO ontology")
    concepts = without_stubs(with_genus_parents(concepts, genera, log), log)
    prefixes = used_prefixes(concepts, declared)
    return Ontology(concepts, source=path.name, release=release, prefixes=prefixes, problems=log.problems())


def _release(header: Iterable[Clause]) -> str | None:
    given = {clause.tag: plain(clause.value) for clause in header}
    return given.get("data-version") or given.get("version") or given.get("date") or None


def _idspaces(header: Iterable[Clause], log: ProblemLog) -> dict[str, str]:
    """The prefixes that `idspace: MESH http://id.nlm.nih.gov/mesh/ "a comment"` declares."""
    prefixes = {}
    for clause in header:
        if clause.tag == "idspace":
            match plain(clause.value).split(maxsplit=2):
                case [prefix, address, *_]:
                    prefixes[prefix] = address
                case _:
                    log.add("malformed-idspace", f"line {clause.line}")
    return prefixes


def _concept(path: Path, stanza: Stanza, log: ProblemLog) -> Concept:
    concept_id = _id(path, stanza)
    clauses = _by_tag(stanza, log)
    return Concept(
        concept_id=concept_id,
        label=next((plain(clause.value) for clause in clauses["name"]), ""),
        synonyms=_synonyms(stanza.clauses, log),
        definition=_definition(clauses["def"], log),
        parents=_ids(clauses["is_a"]),
        alternative_ids=_ids(clauses["alt_id"]),
        cross_references=_ids(clauses["xref"]),
        obsolete=any(plain(clause.value) == "true" for clause in clauses["is_obsolete"]),
        replaced_by=_ids(clauses["replaced_by"]),
    )


def _id(path: Path, stanza: Stanza) -> str:
    ids = [(clause.line, first_word(clause.value)) for clause in stanza.clauses if clause.tag == "id"]
    if not ids or not ids[0][1]:
        raise InputError.at(path, stanza.line, "this [Term] has no id; give it a line 'id: PREFIX:number'")
    if len(ids) > 1:
        raise InputError.at(path, ids[1][0], "a second id in one [Term]; is a line '[Term]' missing above it?")
    return ids[0][1]


def _by_tag(stanza: Stanza, log: ProblemLog) -> dict[str, list[Clause]]:
    by_tag: dict[str, list[Clause]] = defaultdict(list)
    for clause in stanza.clauses:
        if not clause.value:
            log.add("empty-tag", f"line {clause.line}: {clause.tag}")
        elif clause.tag in SINGLE_TAGS and by_tag[clause.tag]:
            log.add("repeated-tag", f"line {clause.line}: {clause.tag}")
        else:
            by_tag[clause.tag].append(clause)
    return by_tag


def _ids(clauses: Iterable[Clause]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (first_word(clause.value) for clause in clauses))))


def _genera(clauses: Iterable[Clause]) -> list[str]:
    """The genera of a logical definition. Its other parts have a relation before the term."""
    parts = (clause.value.partition(" !")[0].split() for clause in clauses if clause.tag == "intersection_of")
    return [part[0] for part in parts if len(part) == 1]


def _definition(clauses: Iterable[Clause], log: ProblemLog) -> str | None:
    return next((_quoted(clause, log).text or None for clause in clauses), None)


def _synonyms(clauses: Iterable[Clause], log: ProblemLog) -> tuple[Synonym, ...]:
    given = (clause for clause in clauses if clause.tag in SYNONYM_TAGS and clause.value)
    return tuple(synonym for synonym in (_synonym(clause, log) for clause in given) if synonym.text)


def _synonym(clause: Clause, log: ProblemLog) -> Synonym:
    found = _quoted(clause, log)
    scope = SYNONYM_TAGS[clause.tag] or found.scope
    if scope is None:
        log.add("no-scope", f"line {clause.line}")
    return Synonym(found.text, cast(Scope, scope or "RELATED"), found.kind)


def _quoted(clause: Clause, log: ProblemLog) -> Quoted:
    found = quoted(clause.value)
    if not found.well_formed:
        log.add("malformed-quotes", f"line {clause.line}")
    if not is_reference_list(found.references):
        log.add("malformed-references", f"line {clause.line}")
    return found
