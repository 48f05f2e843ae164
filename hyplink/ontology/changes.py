"""What a new release of an ontology changes, and which id each of its concepts had in the old release."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hyplink.ontology.ontology import Ontology

EXAMPLES_SHOWN = 5
NAMES_SHOWN = 3


def previous_ids(old: Ontology, new: Ontology) -> dict[str, str]:
    """For each live concept of the new release that the old release also has, its id in the old release."""
    found = {}
    for concept_id, concept in new.concepts.items():
        previous = next((i for i in (concept_id, *concept.alternative_ids) if i in old.concepts), None)
        if previous is not None:
            found[concept_id] = previous
    for concept_id in old.concepts:
        if concept_id in new.obsolete:
            for current in new.current_ids(concept_id):
                found.setdefault(current, concept_id)
    return found


def unmoved_ids(old: Ontology, new: Ontology, previous: Mapping[str, str]) -> set[str]:
    """The concepts of both releases all of whose new parents were among their ancestors in the old release.

    Args:
        old: the old release.
        new: the new release.
        previous: the result of `previous_ids`.
    """
    return {
        concept_id
        for concept_id, old_id in previous.items()
        if {previous.get(parent) for parent in new.concepts[concept_id].parents} <= old.ancestors(old_id).keys()
    }


@dataclass(frozen=True)
class OntologyChanges:
    """The concepts that a new release changes, by id.

    Attributes:
        old: the old release.
        new: the new release.
        added: concepts that are new.
        removed: concepts that the new release does not mention.
        obsoleted: concepts that the new release makes obsolete without a replacement.
        merged: ids that are no longer concepts of their own, with the ids that replace them.
        relabelled: concepts with another label.
        renamed: concepts with other names, labels included.
        reparented: concepts with other parents.
    """

    old: Ontology
    new: Ontology
    added: tuple[str, ...]
    removed: tuple[str, ...]
    obsoleted: tuple[str, ...]
    merged: Mapping[str, tuple[str, ...]]
    relabelled: tuple[str, ...]
    renamed: tuple[str, ...]
    reparented: tuple[str, ...]

    @classmethod
    def between(cls, old: Ontology, new: Ontology) -> "OntologyChanges":
        """The changes from an old release to a new one."""
        previous = previous_ids(old, new)
        missing = [concept_id for concept_id in old.concepts if concept_id not in new.concepts]
        current = {concept_id: tuple(sorted(new.current_ids(concept_id))) for concept_id in missing}
        kept = [(old.concepts[i], new.concepts[i]) for i in old.concepts if i in new.concepts]
        return cls(
            old,
            new,
            added=tuple(i for i in new.concepts if i not in previous),
            removed=tuple(i for i in missing if not current[i] and i not in new.obsolete),
            obsoleted=tuple(i for i in missing if not current[i] and i in new.obsolete),
            merged={i: found for i, found in current.items() if found},
            relabelled=tuple(before.concept_id for before, after in kept if before.label != after.label),
            renamed=tuple(before.concept_id for before, after in kept if set(before.names()) != set(after.names())),
            reparented=tuple(
                before.concept_id
                for before, after in kept
                if set(before.parents) != {previous.get(i) for i in after.parents}
            ),
        )

    def lines(self) -> Iterator[str]:
        """Lines for the user: for each kind of change, the number of concepts and a few examples."""
        old, new = self.old.concepts, self.new.concepts
        described = {
            "added": [f"{i} ({new[i].label})" for i in self.added],
            "removed": [f"{i} ({old[i].label})" for i in self.removed],
            "made obsolete": [f"{i} ({old[i].label})" for i in self.obsoleted],
            "merged": [f"{i} ({old[i].label}) into {' or '.join(ids)}" for i, ids in self.merged.items()],
            "with another label": [f"{i} ({old[i].label} → {new[i].label})" for i in self.relabelled],
            "with other names": [f"{i} ({_difference(old[i].names(), new[i].names())})" for i in self.renamed],
            "with other parents": [f"{i} ({_difference(old[i].parents, new[i].parents)})" for i in self.reparented],
        }
        yield f"concepts: {len(old):,} → {len(new):,}"
        for kind, concepts in described.items():
            if concepts:
                more = "; …" if len(concepts) > EXAMPLES_SHOWN else ""
                yield f"{kind}: {len(concepts):,}: {'; '.join(concepts[:EXAMPLES_SHOWN])}{more}"


def _difference(before: tuple[str, ...], after: tuple[str, ...]) -> str:
    """What was removed from a list and added to it: `−rod, +cone`."""
    removed = [f"−{each}" for each in before if each not in after]
    added = [f"+{each}" for each in after if each not in before]
    changes = [*removed, *added]
    return ", ".join(changes[:NAMES_SHOWN]) + (", …" if len(changes) > NAMES_SHOWN else "")
