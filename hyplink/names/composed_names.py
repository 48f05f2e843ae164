"""Names composed from the synonyms of an ancestor: synonyms that an ontology implies but does not list.

An ontology that calls hearing impairment hearing loss too has `Prelingual sensorineural hearing impairment` below it,
often without its synonym `prelingual sensorineural hearing loss`. Where the name of a concept contains a name of one of
its ancestors, the ancestor's other names can stand in its place. That the concept is a kind of the ancestor is what
makes the replacement safe: elsewhere the same words may mean something else.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import islice

from hyplink.names.normal_forms import order_free, tokens_of
from hyplink.ontology import Ontology

MAX_NAMES = 20
"""At most this many names are composed for a concept, those from its nearest ancestors first."""

_LEAST_LETTERS = 4
_MOST_WORDS = 8
_Words = tuple[str, ...]


def composed_names(ontology: Ontology) -> Iterator[tuple[str, str]]:
    """(name, concept id) of the composed names, of several words each, that can mean a single concept.

    A name that the ontology lists, or that is composed for several concepts, in any order of words, is left out.
    """
    names_of = {concept_id: _exact_names(ontology, concept_id) for concept_id in ontology.concepts}
    given = {order_free(name) for name, _ in ontology.names()}
    concepts: dict[tuple[str, ...], set[str]] = defaultdict(set)
    composed: list[tuple[tuple[str, ...], str, str]] = []
    for concept_id in ontology.concepts:
        for name in islice(_composed(ontology, concept_id, names_of), MAX_NAMES):
            key = order_free(name)
            if len(key) > 1 and key not in given:
                concepts[key].add(concept_id)
                composed.append((key, name, concept_id))
    yield from ((name, concept_id) for key, name, concept_id in composed if len(concepts[key]) == 1)


def _composed(ontology: Ontology, concept_id: str, names_of: Mapping[str, Mapping[_Words, str]]) -> Iterator[str]:
    """The names composed for a concept, those from its nearest ancestors first."""
    for ancestor, distance in sorted(ontology.ancestors(concept_id).items(), key=lambda item: (item[1], item[0])):
        if distance and len(names_of[ancestor]) > 1:
            yield from _replaced(names_of[concept_id], names_of[ancestor])


def _exact_names(ontology: Ontology, concept_id: str) -> dict[_Words, str]:
    """The label and the exact synonyms of a concept, by their words; long and inverted ones are left out."""
    concept = ontology.concepts[concept_id]
    names = [concept.label, *(synonym.text for synonym in concept.synonyms if synonym.scope == "EXACT")]
    by_words = {tuple(token.text.lower() for token in tokens_of(name)): name for name in names}
    return {words: name for words, name in by_words.items() if len(words) <= _MOST_WORDS and "," not in name}


def _replaced(names: Mapping[_Words, str], others: Mapping[_Words, str]) -> Iterator[str]:
    """The names in which a name among `others` was replaced by each of the rest."""
    for words, name in names.items():
        for part in others:
            start = _position(part, words) if sum(map(len, part)) >= _LEAST_LETTERS else None
            if start is None:
                continue
            tokens = tokens_of(name)
            before, after = name[: tokens[start].start], name[tokens[start + len(part) - 1].end :]
            yield from (f"{before}{other}{after}" for words, other in others.items() if words != part)


def _position(part: _Words, words: _Words) -> int | None:
    """The position of the first word of a part in longer words; None if they do not contain it."""
    length = len(part)
    places = range(len(words) - length + 1) if 0 < length < len(words) else ()
    return next((i for i in places if words[i : i + length] == part), None)
