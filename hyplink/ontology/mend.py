"""Makes any list of concepts a sound hierarchy: unique ids, parents that exist, no cycles. Counts what it changed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from hyplink.ontology.concept import Concept, Synonym
from hyplink.ontology.problems import Problem, ProblemLog

T = TypeVar("T")


def mended(concepts: Iterable[Concept]) -> tuple[dict[str, Concept], tuple[Problem, ...]]:
    """The concepts by id, in file order, fit to be an `Ontology`, and what had to be changed for that.

    An id that is described twice is one concept: the first label and definition stand, all else is joined.
    Only live concepts have their parents mended; those of an obsolete one are left as they are.
    """
    log = ProblemLog()
    by_id = _merge_duplicates(concepts, log)
    for concept_id, concept in by_id.items():
        by_id[concept_id] = _named(concept if concept.obsolete else _with_sound_ids(concept, by_id, log), log)
    _break_cycles(by_id, log)
    return by_id, log.problems()


def without_stubs(concepts: Iterable[Concept], log: ProblemLog) -> list[Concept]:
    """The concepts without those that have no name, no parent and no child: what is left of another ontology."""
    concepts = list(concepts)
    placed = {parent for concept in concepts for parent in concept.parents}
    placed.update(concept.concept_id for concept in concepts if concept.parents or concept.obsolete)
    kept = []
    for concept in concepts:
        if concept.label or concept.synonyms or concept.concept_id in placed:
            kept.append(concept)
        else:
            log.add("stub", concept.concept_id)
    return kept


def below_genera(
    concepts: Iterable[Concept], genera: Mapping[str, Sequence[str]], log: ProblemLog
) -> Iterator[Concept]:
    """The concepts, those without a parent below the genera of their definitions that are live concepts.

    What the editors of an ontology work on leaves such edges to a reasoner.

    Args:
        concepts: of an ontology.
        genera: by the id of a concept, what it is by its logical definition.
        log: told of each edge.
    """
    concepts = list(concepts)
    live = {concept.concept_id for concept in concepts if not concept.obsolete}
    for concept in concepts:
        given = () if concept.parents or concept.obsolete else genera.get(concept.concept_id, ())
        above = tuple(each for each in given if each in live and each != concept.concept_id)
        if above:
            log.add("genus", f"{concept.concept_id} is_a {above[0]}")
        yield replace(concept, parents=above) if above else concept


def merged_as_alternatives(concepts: Iterable[Concept]) -> list[Concept]:
    """The concepts with the ids of nameless withdrawn ones among the alternative ids of what replaces them.

    OWL and OBO Graphs keep the id of a term that was merged into another as a withdrawn class of its own.
    """
    concepts = list(concepts)
    merged_ids: dict[str, list[str]] = {}
    for concept in concepts:
        if _is_merged(concept):
            merged_ids.setdefault(concept.replaced_by[0], []).append(concept.concept_id)
    kept = (concept for concept in concepts if not _is_merged(concept))
    return [
        replace(concept, alternative_ids=_once((*concept.alternative_ids, *merged_ids.get(concept.concept_id, ()))))
        for concept in kept
    ]


def _is_merged(concept: Concept) -> bool:
    return concept.obsolete and not concept.names()[0] and len(concept.replaced_by) == 1


def _merge_duplicates(concepts: Iterable[Concept], log: ProblemLog) -> dict[str, Concept]:
    by_id: dict[str, Concept] = {}
    for concept in concepts:
        first = by_id.get(concept.concept_id)
        if first is not None:
            log.add("duplicate-id", concept.concept_id)
            concept = _joined(first, concept)
        by_id[concept.concept_id] = concept
    return by_id


def _joined(first: Concept, second: Concept) -> Concept:
    further_name = (Synonym(second.label),) if second.label not in ("", first.label) else ()
    return Concept(
        concept_id=first.concept_id,
        label=first.label or second.label,
        synonyms=_once(first.synonyms + further_name + second.synonyms),
        definition=first.definition or second.definition,
        examples=_once(first.examples + second.examples),
        parents=_once(first.parents + second.parents),
        alternative_ids=_once(first.alternative_ids + second.alternative_ids),
        cross_references=_once(first.cross_references + second.cross_references),
        obsolete=first.obsolete and second.obsolete,
        replaced_by=_once(first.replaced_by + second.replaced_by),
        senses=_once(first.senses + second.senses),
        part_of_speech=first.part_of_speech or second.part_of_speech,
    )


def _once(items: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))


def _named(concept: Concept, log: ProblemLog) -> Concept:
    if concept.label:
        return concept
    if not concept.obsolete:
        log.add("no-name", concept.concept_id)
    return replace(concept, label=concept.concept_id)


def _with_sound_ids(concept: Concept, by_id: Mapping[str, Concept], log: ProblemLog) -> Concept:
    parents = tuple(p for p in _once(concept.parents) if not _is_unsound_parent(concept, p, by_id, log))
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


def _is_unsound_parent(concept: Concept, parent_id: str, by_id: Mapping[str, Concept], log: ProblemLog) -> bool:
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
    """Drops the edges that lead back up, as met on a walk down from the roots in file order.

    Walking down from the roots keeps all that hangs on a root hanging on one. A cycle that no root reaches is
    entered at its first concept in the file, which becomes a root.
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
            for upper, lower in _closing_edges(start.concept_id, children, entered):
                concept = by_id[lower]
                by_id[lower] = replace(concept, parents=tuple(p for p in concept.parents if p != upper))
                log.add("cycle", f"{lower} is_a {upper}")


def _closing_edges(start: str, children: Mapping[str, list[str]], entered: set[str]) -> list[tuple[str, str]]:
    """The edges (parent, child) of a depth-first walk down from `start` whose child is above the parent."""
    closing = []
    entered.add(start)
    above = {start: iter(children[start])}  # the path from `start` to here, with what is left to visit
    while above:
        here, rest = next(reversed(above.items()))
        child = next(rest, None)
        if child is None:
            del above[here]
        elif child in above:
            closing.append((here, child))
        elif child not in entered:
            entered.add(child)
            above[child] = iter(children[child])
    return closing
