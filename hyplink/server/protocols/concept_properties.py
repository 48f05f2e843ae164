"""The properties of concepts that other tools can ask for."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from hyplink.linking.explain import path_to
from hyplink.ontology import Ontology
from hyplink.ontology.prefixes import PrefixMap

Value = dict[str, Any]


class Property(NamedTuple):
    """A property of concepts.

    Attributes:
        name: as users read it.
        description: what its values are.
        values: of a concept; an entity has `id` and `name`, a text `str` and a number `int`.
        are_concepts: whether the values are concepts.
    """

    name: str
    description: str
    values: Callable[[str, Ontology], list[Value]]
    are_concepts: bool = False


def _texts(values: tuple[str, ...]) -> list[Value]:
    return [{"str": value} for value in values]


def _entities(concept_ids: list[str], ontology: Ontology) -> list[Value]:
    return [{"id": each, "name": ontology.concepts[each].label} for each in concept_ids]


def _ancestors(concept_id: str, ontology: Ontology) -> list[Value]:
    steps = sorted(ontology.ancestors(concept_id).items(), key=lambda each: each[1])
    return _entities([each for each, n in steps if n], ontology)


PROPERTIES: Mapping[str, Property] = {
    "label": Property("label", "the preferred name", lambda i, o: _texts((o.concepts[i].label,))),
    "synonyms": Property(
        "synonyms", "the other names", lambda i, o: _texts(tuple(each.text for each in o.concepts[i].synonyms))
    ),
    "definition": Property(
        "definition",
        "the text of the definition",
        lambda i, o: _texts(tuple(filter(None, (o.concepts[i].definition,)))),
    ),
    "iri": Property("IRI", "the id in full", lambda i, o: _texts((PrefixMap(o.prefixes).iri(i),))),
    "parents": Property(
        "parents", "the more general concepts", lambda i, o: _entities(list(o.concepts[i].parents), o), True
    ),
    "ancestors": Property("ancestors", "all more general concepts, nearest first", _ancestors, True),
    "children": Property(
        "children", "the more specific concepts", lambda i, o: _entities(list(o.children(i)), o), True
    ),
    "path": Property(
        "path", "the labels from a root down", lambda i, o: _texts((" › ".join(label for _, label in path_to(i, o)),))
    ),
    "depth": Property("depth", "the number of steps to a root", lambda i, o: [{"int": o.depth(i)}]),
    "cross_references": Property(
        "cross-references", "ids in other vocabularies", lambda i, o: _texts(tuple(o.concepts[i].cross_references))
    ),
    "alternative_ids": Property(
        "alternative ids", "ids merged into it", lambda i, o: _texts(tuple(o.concepts[i].alternative_ids))
    ),
}
"""The properties by their ids."""


def values_as_text(property_id: str, concept_id: str, ontology: Ontology) -> set[str]:
    """The values of a property in lower case; of a concept its id and its label. Empty for an unknown property."""
    if property_id not in PROPERTIES:
        return set()
    values = PROPERTIES[property_id].values(concept_id, ontology)
    return {str(each).casefold() for value in values for each in value.values()}
