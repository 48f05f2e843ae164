"""Makes two releases from one ontology that differ as real releases do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from hyplink.ontology import Concept, Ontology, Synonym


@dataclass(frozen=True)
class Releases:
    """Two releases made out of one ontology.

    Attributes:
        old: without what the new one brings.
        new: with concepts that came, and others dropped, merged, renamed and put elsewhere.
        came: ids of the concepts that the new one brings.
    """

    old: Ontology
    new: Ontology
    came: frozenset[str]


def releases_of(
    whole: Ontology, spoken_of: Iterable[str], *, n_come: int, n_go: int, n_merge: int, n_rename: int, n_move: int
) -> Releases:
    """Two releases out of one ontology, the choice always the same.

    Args:
        whole: the ontology. Its roots stay as they are.
        spoken_of: ids in annotated text; a fifth of the concepts that come are taken from them.
        n_come: number of concepts that are only in the new release.
        n_go: concepts that the new one lacks; what lies below them hangs on their parents.
        n_merge: concepts that become names of a parent: every other one as an alternative id, the others withdrawn.
        n_rename: concepts whose label changes place with their first synonym.
        n_move: concepts that are put below a neighbour of their parent.
    """
    generator = np.random.default_rng(0)
    known = sorted({concept_id for concept_id in spoken_of if concept_id in whole.concepts} - set(whole.roots))
    drawn = iter(generator.permutation(sorted(set(whole.concept_ids) - set(whole.roots) - set(known))).tolist())
    n_spoken = min(n_come // 5, len(known))
    came = frozenset([*generator.choice(known, n_spoken, replace=False).tolist(), *_first(drawn, n_come - n_spoken)])
    gone, merged = frozenset(_first(drawn, n_go)), _first(drawn, n_merge)
    changed = _moved(whole, _first(drawn, n_move), generator)
    renamable = (i for i in drawn if whole.concepts[i].synonyms)
    changed |= {i: _renamed(whole.concepts[i]) for i in _first(renamable, n_rename)}
    new = Ontology({**whole.concepts, **changed, **whole.obsolete}.values(), source="new.obo", release="new")
    new = _with_merged(new, merged)
    return Releases(_without(whole, came, "old"), _without(new, gone, "new"), came)


def _first(items: Iterable[str], n: int) -> list[str]:
    return [item for _, item in zip(range(n), items, strict=False)]


def _renamed(concept: Concept) -> Concept:
    first, *others = concept.synonyms
    return replace(concept, label=first.text, synonyms=(Synonym(concept.label), *others))


def _moved(whole: Ontology, chosen: Iterable[str], generator: np.random.Generator) -> dict[str, Concept]:
    moved = {}
    for concept_id in chosen:
        below = whole.descendants(concept_id)
        parent = whole.concepts[concept_id].parents[0]
        near = sorted(whole.near_concepts(parent, 2).keys() - below - {parent})
        if near:
            moved[concept_id] = replace(whole.concepts[concept_id], parents=(near[generator.integers(len(near))],))
    return moved


def _with_merged(ontology: Ontology, merged: list[str]) -> Ontology:
    concepts = dict(ontology.concepts)
    withdrawn = dict(ontology.obsolete)
    for number, concept_id in enumerate(merged):
        concept = concepts[concept_id]
        heir = concepts[concept.parents[0]]
        names = heir.synonyms + tuple(Synonym(name) for name in concept.names())
        others = (concept_id,) if number % 2 else ()
        concepts[heir.concept_id] = replace(heir, synonyms=names, alternative_ids=heir.alternative_ids + others)
        if not others:
            withdrawn[concept_id] = Concept(concept_id, concept.label, obsolete=True, replaced_by=(heir.concept_id,))
    return Ontology(
        (*_lifted(concepts, frozenset(merged)), *withdrawn.values()), source=ontology.source, release=ontology.release
    )


def _without(ontology: Ontology, gone: frozenset[str], release: str) -> Ontology:
    live = _lifted(ontology.concepts, gone)
    return Ontology((*live, *ontology.obsolete.values()), source=f"{release}.obo", release=release)


def _lifted(concepts: Mapping[str, Concept], gone: frozenset[str]) -> list[Concept]:
    """The concepts without the removed ones, whose children get their parents."""

    def lifted(parents: Iterable[str]) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys(
                i for parent in parents for i in ((parent,) if parent not in gone else lifted(concepts[parent].parents))
            )
        )

    return [replace(c, parents=lifted(c.parents)) for i, c in concepts.items() if i not in gone]
