"""Mention detection by names alone, for runs without a span detector: dictionary matches except two kinds.

Names of concepts that subsume nearly all others are dropped (`disease` in an ontology of diseases, `cell` in one of
cells), and so are verbs: `they left`, `we process`, `to match the`.
"""

import re
from collections.abc import Iterator, Sequence

from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.mentions.name_matches import DetectedMention
from hyplink.names.normal_forms import normal_text
from hyplink.ontology import Ontology

EVERYTHING = 0.9
"""A concept that subsumes at least this share of all concepts is too general to be a mention …"""

MANY = 100
"""… in an ontology of at least this many concepts; in a smaller one every concept is informative."""

_VERB_FOLLOWS = re.compile(
    r"(?:\b(?:[Hh]e|[Ss]he|[Ww]e|[Tt]hey|[Yy]ou|[Ww]ho|cannot|could|should|would|shall|will|must|might|did|does)"
    r"|(?:^|[.!?:;\"“]\s*)I)\s+$"
)
_INFINITIVE = re.compile(r"\b[Tt]o\s+$")
_OBJECT_FOLLOWS = re.compile(
    r"\s+(?:the|a|an|this|that|these|those|all|any|each|his|her|its|our|your|their|it|them|us)\b"
)
_SEEN = 16
"""Characters before a name that are examined."""


class NameOnlyDetector:
    """Detects mentions by the ontology's names alone.

    Args:
        ontology: the concepts.
        detector: finds their names in text.
    """

    def __init__(self, ontology: Ontology, detector: DictionaryDetector) -> None:
        self._detector = detector
        self._empty = {
            normal_text(name) for each in near_universal_concepts(ontology) for name in ontology.concepts[each].names()
        }

    def mentions(self, text: str, *, nested: bool = False) -> list[DetectedMention]:
        """The mentions of a text, ordered by (start, end).

        Args:
            text: the text.
            nested: give mentions inside other mentions too, instead of the longest alone.
        """
        return self.mentions_of([text], nested=nested)[0]

    def mentions_of(self, texts: Sequence[str], *, nested: bool = False) -> list[list[DetectedMention]]:
        """The mentions of each text, as `mentions` gives them."""
        return [
            [each for each in found if self.objection(text, each) is None]
            for text, found in zip(texts, self._detector.detect_many(texts, nested=nested), strict=True)
        ]

    def objection(self, text: str, found: DetectedMention) -> str | None:
        """Why a dictionary match is no mention; None if it is one."""
        if normal_text(found.name_text) in self._empty:
            return "too general: its concept subsumes nearly all others"
        return "it stands where a verb does" if _is_verb(text, found) else None


def near_universal_concepts(ontology: Ontology) -> Iterator[str]:
    """The concepts that subsume nearly all others, from the root down."""
    least, graph = EVERYTHING * len(ontology), ontology.graph
    at = graph.roots if len(ontology) >= MANY else []
    while at:
        embracing = [each for each in at if graph.n_reachable(each) >= least]
        yield from (ontology.concept_ids[each] for each in embracing)
        at = [child for each in embracing for child in graph.children[each]]


def _is_verb(text: str, found: DetectedMention) -> bool:
    """Whether a single word is in the position of an English verb."""
    if " " in found.name_text:
        return False
    before = text[max(0, found.start - _SEEN) : found.start]
    if _INFINITIVE.search(before):
        return _OBJECT_FOLLOWS.match(text, found.end) is not None
    return _VERB_FOLLOWS.search(before) is not None
