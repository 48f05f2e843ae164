"""What a new release of an ontology changes, and who each of its concepts was in the old one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hyplink.ontology.ontology import Ontology

EXAMPLES = 5
"""Concepts that are named of each kind of change."""

NAMES = 3
"""Names, or parents, that are shown of those that a concept lost and gained."""


def former_ids(old: Ontology, new: Ontology) -> dict[str, str]:
    """The old id of each live concept of the new release that was there before, under its own id or another."""
    found = {}
    for concept_id, concept in new.concepts.items():
        former = next((i for i in (concept_id, *concept.alternative_ids) if i in old.concepts), None)
        if former is not None:
            found[concept_id] = former
    for concept_id in old.concepts:
        if concept_id in new.obsolete:
            for heir in new.heirs(concept_id):
                found.setdefault(heir, concept_id)
    return found


def unmoved_ids(old: Ontology, new: Ontology, former: Mapping[str, str]) -> set[str]:
    """The concepts that were there before, and directly below nothing that they did not lie below.

    Args:
        old: the release that was.
        new: the release that is.
        former: what `former_ids` says of them.
    """
    return {
        concept_id
        for concept_id, was in former.items()
        if {former.get(parent) for parent in new.concepts[concept_id].parents} <= old.ancestors(was).keys()
    }


@dataclass(frozen=True)
class OntologyChanges:
    """The concepts that a new release changes, each by its id.

    Attributes:
        old: the release that was.
        new: the release that is.
        came: those that are new.
        went: those that are in the new release no more.
        withdrawn: those that it calls obsolete, without one that stands for them.
        merged: those whose id is no longer used, with the ids that stand for it now.
        relabelled: those with another label.
        reworded: those with other names.
        moved: those with other parents.
    """

    old: Ontology
    new: Ontology
    came: tuple[str, ...]
    went: tuple[str, ...]
    withdrawn: tuple[str, ...]
    merged: Mapping[str, tuple[str, ...]]
    relabelled: tuple[str, ...]
    reworded: tuple[str, ...]
    moved: tuple[str, ...]

    @classmethod
    def between(cls, old: Ontology, new: Ontology) -> "OntologyChanges":
        """The changes from one release to the next."""
        former = former_ids(old, new)
        lost = [concept_id for concept_id in old.concepts if concept_id not in new.concepts]
        heirs = {concept_id: tuple(sorted(new.heirs(concept_id))) for concept_id in lost}
        stayed = [(old.concepts[i], new.concepts[i]) for i in old.concepts if i in new.concepts]
        return cls(
            old,
            new,
            came=tuple(i for i in new.concepts if i not in former),
            went=tuple(i for i in lost if not heirs[i] and i not in new.obsolete),
            withdrawn=tuple(i for i in lost if not heirs[i] and i in new.obsolete),
            merged={i: found for i, found in heirs.items() if found},
            relabelled=tuple(was.concept_id for was, now in stayed if was.label != now.label),
            reworded=tuple(was.concept_id for was, now in stayed if set(was.names()) != set(now.names())),
            moved=tuple(
                was.concept_id for was, now in stayed if set(was.parents) != {former.get(i) for i in now.parents}
            ),
        )

    def lines(self) -> Iterator[str]:
        """How many concepts there are of each kind of change, with a few of them; for people to read."""
        old, new = self.old.concepts, self.new.concepts
        described = {
            "came": [f"{i} ({new[i].label})" for i in self.came],
            "went": [f"{i} ({old[i].label})" for i in self.went],
            "withdrawn": [f"{i} ({old[i].label})" for i in self.withdrawn],
            "merged": [f"{i} ({old[i].label}) into {' or '.join(now)}" for i, now in self.merged.items()],
            "with another label": [f"{i} ({old[i].label} → {new[i].label})" for i in self.relabelled],
            "with other names": [f"{i} ({_turnover(old[i].names(), new[i].names())})" for i in self.reworded],
            "with other parents": [f"{i} ({_turnover(old[i].parents, new[i].parents)})" for i in self.moved],
        }
        yield f"concepts: {len(old):,} → {len(new):,}"
        for kind, concepts in described.items():
            if concepts:
                more = "; …" if len(concepts) > EXAMPLES else ""
                yield f"{kind}: {len(concepts):,}: {'; '.join(concepts[:EXAMPLES])}{more}"


def _turnover(was: tuple[str, ...], now: tuple[str, ...]) -> str:
    """What a list lost and gained: `−rod, +cone`."""
    changes = [f"−{each}" for each in was if each not in now] + [f"+{each}" for each in now if each not in was]
    return ", ".join(changes[:NAMES]) + (", …" if len(changes) > NAMES else "")
