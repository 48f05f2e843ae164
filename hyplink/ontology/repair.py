"""Repairs lists of concepts so that they form a sound hierarchy, and counts what was changed.

In a sound hierarchy ids are unique, parents are live concepts, and there are no cycles.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import TypeVar

from hyplink.ontology.concept import Concept, Synonym
from hyplink.ontology.problems import Problem, ProblemLog

T = TypeVar("T")


def repaired(concepts: Iterable[Concept]) -> tuple[dict[str, Concept], tuple[Problem, ...]]:
    """The concepts by id, in file order, as a sound hierarchy, and the problems that were repaired.

    Several descriptions of one id are merged: the first label and definition are kept, everything else is combined.
    The parents of obsolete concepts are not checked.
    """
    log = ProblemLog()
    by_id = _merge_duplicates(concepts, log)
    for concept_id, concept in by_id.items():
        by_id[concept_id] = _named(concept if concept.obsolete else _with_valid_ids(concept, by_id, log), log)
    _break_cycles(by_id, log)
    return by_id, log.problems()


def without_stubs(concepts: Iterable[Concept], log: ProblemLog) -> list[Concept]:
    """The concepts except those without names, parents and children, which extracts keep of imported ontologies."""
    concepts = list(concepts)
    in_hierarchy = {parent for concept in concepts for parent in concept.parents}
    in_hierarchy.update(concept.concept_id for concept in concepts if concept.parents or concept.obsolete)
    kept = []
    for concept in concepts:
        if concept.label or concept.synonyms or concept.concept_id in in_hierarchy:
            kept.append(concept)
        else:
            log.add("stub", concept.concept_id)
    return kept


def with_genus_parents(
    concepts: Iterable[Concept], genera: Mapping[str, Sequence[str]], log: ProblemLog
) -> Iterator[Concept]:
    """The concepts, where those without parents get the genera of their logical definitions as parents.

    In an ontology's edit file, such edges are left to a reasoner. Only live concepts become parents.

    Args:
        concepts: the concepts of an ontology.
        genera: the genera in the logical definition of each concept, by concept id.
        log: counts the added edges.
    """
    concepts = list(concepts)
    live = {concept.concept_id for concept in concepts if not concept.obsolete}
    for concept in concepts:
        given = () if concept.parents or concept.obsolete else genera.get(concept.concept_id, ())
        parents = tuple(each for each in given if each in live and each != concept.concept_id)
        if parents:
            log.add("genus", f"{concept.concept_id} is_a {parents[0]}")
        yield replace(concept, parents=parents) if parents else concept


def with_merged_ids(concepts: Iterable[Concept]) -> list[Concept]:
    """The concepts, where obsolete ones without a name become alternative ids of the concepts that replace them.

    OWL and OBO Graphs keep the id of a term that was merged into another as an obsolete class of its own. An id whose
    replacements do not lead to a concept that has a name stays an obsolete concept.
    """
    concepts = list(concepts)
    replacement = {concept.concept_id: concept.replaced_by[0] for concept in concepts if _is_merged(concept)}
    remaining = {concept.concept_id for concept in concepts} - replacement.keys()
    merged_ids: dict[str, list[str]] = {}
    for concept_id in replacement:
        target, seen = concept_id, set[str]()
        while target in replacement and target not in seen:
            seen.add(target)
            target = replacement[target]
        if target in remaining:
            merged_ids.setdefault(target, []).append(concept_id)
    merged = set(chain.from_iterable(merged_ids.values()))
    return [
        replace(concept, alternative_ids=_unique((*concept.alternative_ids, *merged_ids.get(concept.concept_id, ()))))
        for concept in concepts
        if concept.concept_id not in merged
    ]


def _is_merged(concept: Concept) -> bool:
    return concept.obsolete and not concept.names()[0] and len(concept.replaced_by) == 1


def _merge_duplicates(concepts: Iterable[Concept], log: ProblemLog) -> dict[str, Concept]:
    by_id: dict[str, list[Concept]] = {}
    for concept in concepts:
        if concept.concept_id in by_id:
            log.add("duplicate-id", concept.concept_id)
        by_id.setdefault(concept.concept_id, []).append(concept)
    return {concept_id: _merged(found) if len(found) > 1 else found[0] for concept_id, found in by_id.items()}


def _merged(concepts: Sequence[Concept]) -> Concept:
    """The descriptions of one id as one concept; labels after the first become synonyms."""
    label = next((each.label for each in concepts if each.label), "")
    synonyms = (
        synonym
        for number, each in enumerate(concepts)
        for synonym in ((Synonym(each.label), *each.synonyms) if number and each.label else each.synonyms)
        if synonym != Synonym(label)
    )
    return Concept(
        concept_id=concepts[0].concept_id,
        label=label,
        synonyms=_unique(synonyms),
        definition=next((each.definition for each in concepts if each.definition), None),
        examples=_unique(chain.from_iterable(each.examples for each in concepts)),
        parents=_unique(chain.from_iterable(each.parents for each in concepts)),
        alternative_ids=_unique(chain.from_iterable(each.alternative_ids for each in concepts)),
        cross_references=_unique(chain.from_iterable(each.cross_references for each in concepts)),
        obsolete=all(each.obsolete for each in concepts),
        replaced_by=_unique(chain.from_iterable(each.replaced_by for each in concepts)),
        senses=_unique(chain.from_iterable(each.senses for each in concepts)),
        part_of_speech=next((each.part_of_speech for each in concepts if each.part_of_speech), None),
    )


def _unique(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))


def _named(concept: Concept, log: ProblemLog) -> Concept:
    if concept.label:
        return concept
    if not concept.obsolete:
        log.add("no-name", concept.concept_id)
    return replace(concept, label=concept.concept_id)


def _with_valid_ids(concept: Concept, by_id: Mapping[str, Concept], log: ProblemLog) -> Concept:
    parents = tuple(p for p in _unique(concept.parents) if not _is_invalid_parent(concept, p, by_id, log))
    alternatives = []
    for alternative in concept.alternative_ids:
        other = by_id.get(alternative)
        if other is not None and not other.obsolete:
            log.add("alternative-id-in-use", f"{alternative} of {concept.concept_id}")
        else:
            alternatives.append(alternative)
    if parents == concept.parents and len(alternatives) == len(concept.alternative_ids):
        return concept
    return replace(concept, parents=parents, alternative_ids=tuple(alternatives))


def _is_invalid_parent(concept: Concept, parent_id: str, by_id: Mapping[str, Concept], log: ProblemLog) -> bool:
    parent = by_id.get(parent_id)
    if parent is None:
        kind = "dangling-parent"
    elif parent_id == concept.concept_id:
        kind = "self-parent"
    elif parent.obsolete:
        kind = "obsolete-parent"
    else:
        return False
    log.add(kind, f"{concept.concept_id} is_a {parent_id}")
    return True


def _break_cycles(by_id: dict[str, Concept], log: ProblemLog) -> None:
    """Removes the edges that close cycles, found by depth-first search from the roots in file order.

    Starting at the roots keeps every concept that is below a root below one. A cycle that cannot be reached from a
    root is entered at its first concept in the file, which becomes a root.
    """
    live = [concept for concept in by_id.values() if not concept.obsolete]
    children: dict[str, list[str]] = {concept.concept_id: [] for concept in live}
    for concept in live:
        for parent in concept.parents:
            children[parent].append(concept.concept_id)
    roots_first = sorted(live, key=lambda concept: bool(concept.parents))
    entered: set[str] = set()
    for start in roots_first:
        if start.concept_id not in entered:
            for parent, child in _closing_edges(start.concept_id, children, entered):
                concept = by_id[child]
                by_id[child] = replace(concept, parents=tuple(p for p in concept.parents if p != parent))
                log.add("cycle", f"{child} is_a {parent}")


def _closing_edges(start: str, children: Mapping[str, list[str]], entered: set[str]) -> list[tuple[str, str]]:
    """The edges (parent, child) of a depth-first search from `start` whose child is on the path to the parent."""
    closing = []
    entered.add(start)
    path = {start: iter(children[start])}  # the path from `start`, with the children that are left to visit
    while path:
        last, remaining = next(reversed(path.items()))
        child = next(remaining, None)
        if child is None:
            del path[last]
        elif child in path:
            closing.append((last, child))
        elif child not in entered:
            entered.add(child)
            path[child] = iter(children[child])
    return closing
