"""One concept of an ontology, as its file describes it."""

from dataclasses import dataclass
from typing import Literal

Scope = Literal["EXACT", "NARROW", "BROAD", "RELATED"]


@dataclass(frozen=True, slots=True)
class Synonym:
    """Another name of a concept.

    Attributes:
        text: the name.
        scope: how near the name is to the concept's meaning, in OBO's four words.
        kind: the synonym type that the ontology declares (`PLURAL`, `layperson`), else None.
    """

    text: str
    scope: Scope = "EXACT"
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept: its names, its place in the hierarchy and its ids elsewhere.

    Attributes:
        concept_id: the CURIE as the ontology spells it (`DOID:0050686`).
        label: the preferred name.
        synonyms: the other names, in file order.
        definition: the text of the definition, else None.
        parents: ids of the is-a parents, in file order.
        alternative_ids: ids that were merged into this concept.
        cross_references: ids of the same thing in other vocabularies.
        obsolete: True for a term that the ontology has withdrawn.
        replaced_by: for an obsolete term, the ids that stand for it now.
    """

    concept_id: str
    label: str
    synonyms: tuple[Synonym, ...] = ()
    definition: str | None = None
    parents: tuple[str, ...] = ()
    alternative_ids: tuple[str, ...] = ()
    cross_references: tuple[str, ...] = ()
    obsolete: bool = False
    replaced_by: tuple[str, ...] = ()

    def names(self) -> tuple[str, ...]:
        """The label and every synonym, label first, each string once."""
        return tuple(dict.fromkeys((self.label, *(synonym.text for synonym in self.synonyms))))
