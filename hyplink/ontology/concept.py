"""One concept of an ontology, as its file describes it."""

from dataclasses import dataclass
from typing import Literal

from hyplink.config import PartOfSpeech

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
class Sense:
    """One word in the sense of a concept, as a lexicon lists it.

    Attributes:
        key: the lexicon's id of the sense (`bank%1:17:01::`).
        lemma: the word in lower case.
        order: 1 for the word's first sense of its part of speech, 2 for the next.
        count: how often the lexicon has met the word in this sense.
    """

    key: str
    lemma: str
    order: int
    count: int = 0


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept: its names, its place in the hierarchy and its ids elsewhere.

    Attributes:
        concept_id: the CURIE as the ontology spells it (`DOID:0050686`).
        label: the preferred name.
        synonyms: the other names, in file order.
        definition: the text of the definition, else None.
        examples: sentences that speak of the concept.
        parents: ids of the is-a parents, in file order.
        alternative_ids: ids that were merged into this concept.
        cross_references: ids of the same thing in other vocabularies.
        obsolete: True for a term that the ontology has withdrawn.
        replaced_by: for an obsolete term, the ids that stand for it now.
        senses: the words of which a lexicon calls this a sense; empty in other ontologies.
        part_of_speech: n, v, a or r in a lexicon, else None.
    """

    concept_id: str
    label: str
    synonyms: tuple[Synonym, ...] = ()
    definition: str | None = None
    examples: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    alternative_ids: tuple[str, ...] = ()
    cross_references: tuple[str, ...] = ()
    obsolete: bool = False
    replaced_by: tuple[str, ...] = ()
    senses: tuple[Sense, ...] = ()
    part_of_speech: PartOfSpeech | None = None

    def names(self) -> tuple[str, ...]:
        """The label and every synonym, label first, each string once."""
        return tuple(dict.fromkeys((self.label, *(synonym.text for synonym in self.synonyms))))
