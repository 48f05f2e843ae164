"""Resolves the concept ids of annotated text, often those of another vocabulary, to concepts of an ontology."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from hyplink.corpus import Mention
from hyplink.ontology import Ontology
from hyplink.ontology.prefixes import PrefixMap

MESH_ID = re.compile(r"[CD]\d{6,}")
CURIE = re.compile(r"([^:]+):\s*(.+)")
CURIE_WITHOUT_COLON = re.compile(r"([A-Za-z]+)[ _](\w+)")
PREFIX_ALIASES = {"msh": "mesh", "mim": "omim"}


@dataclass(frozen=True, slots=True)
class Gold:
    """The gold concepts of one mention.

    Attributes:
        parts: for each annotated part, the concepts that its ids resolve to, any of which is right; empty if no id of
            the part resolves. A mention without an id has no parts.
        composite: whether the mention has several parts.
    """

    parts: tuple[frozenset[str], ...]
    composite: bool

    @property
    def resolvable(self) -> bool:
        """Whether there are parts and each resolves to a concept."""
        return bool(self.parts) and all(self.parts)

    @property
    def concepts(self) -> frozenset[str]:
        """The concepts of all parts. For a mention that is not composite, any of them is right."""
        return frozenset().union(*self.parts)


class GoldResolver:
    """Resolves annotated ids to live concepts of an ontology.

    An id is looked up first among the ids of live concepts, then among alternative ids, replaced obsolete concepts and
    cross-references. The first of these that contains it decides, and all concepts found there are right. Last, what is
    no id may be the id or the label of a single concept in another case, as people write when they correct links.
    Prefixes are compared ignoring case, and `D003110` and `OMIM 190685` are read as `MESH:D003110` and `OMIM:190685`.
    An IRI is shortened with the ontology's prefixes and those of well-known vocabularies.
    """

    def __init__(self, ontology: Ontology) -> None:
        live, lookup = ontology.concepts, self._lookup
        self._prefixes = PrefixMap(ontology.prefixes)
        self._by_written = _by_written(ontology)
        self._lookups: tuple[Mapping[str, frozenset[str]], ...] = (
            lookup((concept_id, concept_id) for concept_id in live),
            lookup((i, c.concept_id) for c in live.values() for i in c.alternative_ids),
            lookup(_replacements(ontology)),
            lookup((i, c.concept_id) for c in live.values() for i in c.cross_references),
        )

    def concepts_of(self, annotated_id: str) -> frozenset[str]:
        """The concepts that an annotated id resolves to; empty if there are none."""
        key = self._key(annotated_id)
        written = self._by_written.get(annotated_id.strip().casefold(), frozenset[str]())
        return next((concepts[key] for concepts in self._lookups if key in concepts), written)

    def concepts_in(self, parts: Iterable[Iterable[str]]) -> frozenset[str]:
        """The concepts that any id of an annotation's parts resolves to."""
        return frozenset().union(*(self.concepts_of(each) for part in parts for each in part))

    def resolve(self, mention: Mention) -> Gold:
        """The gold concepts of a mention."""
        parts = tuple(frozenset().union(*map(self.concepts_of, part)) for part in mention.parts)
        return Gold(parts, composite=len(parts) > 1)

    def _key(self, annotated_id: str) -> str:
        is_iri = "://" in annotated_id or annotated_id.startswith("urn:")
        return normalized_id(self._prefixes.curie(annotated_id.strip("<> ")) if is_iri else annotated_id)

    def _lookup(self, pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
        """The concept ids for each normalized annotated id, from (annotated id, concept id) pairs."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for annotated_id, concept_id in pairs:
            found[self._key(annotated_id)].add(concept_id)
        return {key: frozenset(concept_ids) for key, concept_ids in found.items()}


def normalized_id(annotated_id: str) -> str:
    """One spelling for all usual ones: `mesh:D003110` for `D003110`, `MeSH:D003110` and `MSH:D003110`."""
    annotated_id = annotated_id.strip()
    if MESH_ID.fullmatch(annotated_id):
        return f"mesh:{annotated_id}"
    if curie := CURIE.fullmatch(annotated_id) or CURIE_WITHOUT_COLON.fullmatch(annotated_id):
        prefix = curie[1].strip().casefold()
        return f"{PREFIX_ALIASES.get(prefix, prefix)}:{curie[2].strip()}"
    return annotated_id


def _by_written(ontology: Ontology) -> dict[str, frozenset[str]]:
    """The concept of each id and each label in lower case that only one has; an id comes before a label."""
    ids, labels = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for concept_id, concept in ontology.concepts.items():
        ids[concept_id.casefold()].add(concept_id)
        labels[concept.label.casefold()].add(concept_id)
    return {text: frozenset(found) for text, found in {**labels, **ids}.items() if len(found) == 1}


def _replacements(ontology: Ontology) -> Iterator[tuple[str, str]]:
    """(obsolete id, live id that replaces it) pairs, also for the alternative ids of obsolete concepts."""
    for concept_id, concept in ontology.obsolete.items():
        for former in (concept_id, *concept.alternative_ids):
            yield from ((former, current) for current in ontology.current_ids(former))
