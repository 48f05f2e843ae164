"""One concept of an ontology, as its file describes it."""

from dataclasses import dataclass
from typing import Literal

from hyplink.config import PartOfSpeech

Scope = Literal["EXACT", "NARROW", "BROAD", "RELATED"]


@dataclass(frozen=True, slots=True)
class Synonym:
    """A name of a concept other than its label.

    Attributes:
        text: the name.
        scope: how the name's meaning relates to the concept, one of OBO's four scopes.
        kind: the synonym type that the ontology declares (`PLURAL`, `layperson`), or None.
    """

    text: str
    scope: Scope = "EXACT"
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Sense:
    """A word sense of a lexicon: one word with the meaning of a concept.

    Attributes:
        key: the lexicon's id of the sense (`bank%1:17:01::`).
        lemma: the word in lower case.
        order: 1 for the word's first sense of its part of speech, 2 for the second, and so on.
        count: how often the word occurs in this sense in the text that the lexicon was counted on.
    """

    key: str
    lemma: str
    order: int
    count: int = 0


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept with its names, its parents and its ids.

    Attributes:
        concept_id: the CURIE as the ontology spells it (`DOID:0050686`).
        label: the preferred name.
        synonyms: the other names, in file order.
        definition: the text of the definition, or None.
        examples: example sentences.
        parents: ids of the is-a parents, in file order.
        alternative_ids: ids that were merged into this concept.
        cross_references: ids of the same concept in other vocabularies.
        obsolete: whether the ontology marks the concept as obsolete.
        replaced_by: for an obsolete concept, the ids that replace it.
        senses: the word senses of the concept in a lexicon; empty in other ontologies.
        part_of_speech: n, v, a or r in a lexicon, otherwise None.
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
        """The label and the texts of all synonyms, label first, without duplicates."""
        return tuple(dict.fromkeys((self.label, *(synonym.text for synonym in self.synonyms))))
