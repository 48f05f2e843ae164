"""Resolves annotated ids, often those of another vocabulary, against the concepts of an Ontology."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from hyplink.corpus import Document, Mention
from hyplink.ontology import Ontology

Way = Literal["id", "alternative id", "replacement", "cross-reference"]

EXAMPLES_SHOWN = 5
MESH_NUMBER = re.compile(r"[CD]\d{6,}")
CURIE = re.compile(r"([^:]+):\s*(.+)")
LOOSE_CURIE = re.compile(r"([A-Za-z]+)[ _](\w+)")
SAME_VOCABULARY = {"msh": "mesh", "mim": "omim"}


@dataclass(frozen=True, slots=True)
class Gold:
    """The right answers of one mention.

    Attributes:
        parts: for each annotated part the concepts that it resolves to, any of which is right; an empty set where
            it resolves to none. No part where no id was given.
        composite: whether the mention needs several parts.
    """

    parts: tuple[frozenset[str], ...]
    composite: bool

    @property
    def resolvable(self) -> bool:
        """Whether every part resolves to a concept."""
        return bool(self.parts) and all(self.parts)

    @property
    def concepts(self) -> frozenset[str]:
        """The concepts of all parts; of a mention that is not composite any is right."""
        return frozenset().union(*self.parts)


@dataclass(slots=True)
class ResolutionReport:
    """How the annotated ids of some documents resolved.

    Attributes:
        n_mentions: mentions, composite ones counted once.
        n_resolvable: those all parts of which resolve.
        n_composite: those that need several parts.
        n_without_id: those to which no id was given.
        ways: how often an id resolved in each way.
        unresolved: how often each id stood that resolves to nothing.
    """

    n_mentions: int = 0
    n_resolvable: int = 0
    n_composite: int = 0
    n_without_id: int = 0
    ways: Counter[Way] = field(default_factory=Counter)
    unresolved: Counter[str] = field(default_factory=Counter)

    @property
    def sentence(self) -> str:
        """The counts in one line, with the commonest ids that resolve to nothing."""
        share = self.n_resolvable / self.n_mentions if self.n_mentions else 0.0
        ways = ", ".join(f"{n:,} by {way}" for way, n in self.ways.most_common())
        common = ", ".join(concept_id for concept_id, _ in self.unresolved.most_common(EXAMPLES_SHOWN))
        return (
            f"{self.n_resolvable:,} of {self.n_mentions:,} mentions ({share:.1%}) resolve to concepts"
            + (f"; ids: {ways}" if ways else "")
            + (f"; {self.n_without_id:,} mentions without an id" if self.n_without_id else "")
            + (f"; {self.unresolved.total():,} ids resolve to nothing (such as {common})" if common else "")
        )


class GoldResolver:
    """Finds the concepts that an annotated id stands for.

    An id is looked up as that of a live concept, then as an alternative id, then as an obsolete concept that others
    replace, then as a cross-reference; the first way that finds concepts decides, and all that it finds are right.
    The case of a prefix does not matter, and `D003110` and `OMIM 190685` are read as `MESH:D003110` and
    `OMIM:190685`.
    """

    def __init__(self, ontology: Ontology) -> None:
        live = ontology.concepts
        self._ways: Mapping[Way, Mapping[str, frozenset[str]]] = {
            "id": _index((concept_id, concept_id) for concept_id in live),
            "alternative id": _index((i, c.concept_id) for c in live.values() for i in c.alternative_ids),
            "replacement": _index(_replacements(ontology)),
            "cross-reference": _index((i, c.concept_id) for c in live.values() for i in c.cross_references),
        }

    def concepts_of(self, annotated_id: str) -> tuple[frozenset[str], Way | None]:
        """The concepts that one id stands for and the way that found them; none, and None, where none does."""
        key = spelling_key(annotated_id)
        for way, concepts in self._ways.items():
            if key in concepts:
                return concepts[key], way
        return frozenset(), None

    def resolve(self, mention: Mention) -> Gold:
        """The right answers of a mention."""
        parts = tuple(frozenset().union(*(self.concepts_of(i)[0] for i in part)) for part in mention.parts)
        return Gold(parts, composite=len(parts) > 1)

    def resolution_report(self, documents: Iterable[Document]) -> ResolutionReport:
        """How the ids of all mentions resolve."""
        report = ResolutionReport()
        for mention in (mention for document in documents for mention in document.mentions or ()):
            gold = self.resolve(mention)
            report.n_mentions += 1
            report.n_resolvable += gold.resolvable
            report.n_composite += gold.composite
            report.n_without_id += not any(mention.parts)
            for annotated_id in (i for part in mention.parts for i in part):
                _, way = self.concepts_of(annotated_id)
                if way:
                    report.ways[way] += 1
                else:
                    report.unresolved[annotated_id] += 1
        return report


def spelling_key(annotated_id: str) -> str:
    """One text for all usual spellings of an id: `mesh:D003110` for `D003110`, `MeSH:D003110` and `MSH:D003110`."""
    annotated_id = annotated_id.strip()
    if MESH_NUMBER.fullmatch(annotated_id):
        return f"mesh:{annotated_id}"
    if curie := CURIE.fullmatch(annotated_id) or LOOSE_CURIE.fullmatch(annotated_id):
        prefix = curie[1].strip().casefold()
        return f"{SAME_VOCABULARY.get(prefix, prefix)}:{curie[2].strip()}"
    return annotated_id


def _index(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for annotated_id, concept_id in pairs:
        found[spelling_key(annotated_id)].add(concept_id)
    return {key: frozenset(concept_ids) for key, concept_ids in found.items()}


def _replacements(ontology: Ontology) -> Iterator[tuple[str, str]]:
    """(obsolete id, live id that stands for it now)."""
    return ((concept_id, heir) for concept_id in ontology.obsolete for heir in ontology.heirs(concept_id))
