"""Names that joint names hold: what a taxonomy calls `Coats & Jackets` a text calls coats, or jackets."""

from collections.abc import Iterator

from hyplink.linking.normalise import normal_name
from hyplink.ontology import Ontology

_OTHERWISE = frozenset(",()/&")
"""Marks of a name that is made in more ways than one."""


def known_names(ontology: Ontology) -> Iterator[tuple[str, str]]:
    """(name, concept id): the names of the ontology, then those that its joint names hold and no concept bears."""
    given = set()
    for name, concept_id in ontology.names():
        given.add(normal_name(name))
        yield name, concept_id
    for name, concept_id in ontology.names():
        yield from ((part, concept_id) for part in parts_of(name) if normal_name(part) not in given)


def parts_of(name: str) -> tuple[str, ...]:
    """The two names that a joint one holds, with the words that they share; none of a name that is not joint.

    `Bird Cages & Stands` holds bird cages and bird stands, `USB & FireWire Hubs` USB hubs and FireWire hubs. Where
    there are several words on both sides, nothing tells which are shared. Categories stand in the plural, unlike
    `Marks & Spencer`.
    """
    left, _, right = name.partition(" & ")
    before, after = left.split(), right.split()
    is_plural = right.endswith("s") and not right.endswith("ss")
    if not before or not is_plural or min(len(before), len(after)) > 1 or _OTHERWISE & {*left, *right}:
        return ()
    if len(after) == 1:
        return left, " ".join([*before[:-1], right])
    return " ".join([left, *after[1:]]), right
