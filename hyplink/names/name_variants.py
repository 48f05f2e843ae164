"""Names that longer ones imply: what a taxonomy calls `Coats & Jackets` a text calls coats, or jackets.

So it is with what a classification writes for its own sake: `Essential (primary) hypertension` is essential
hypertension in running text, and `Pneumonia, unspecified` pneumonia.
"""

import re
from collections.abc import Iterator

from hyplink.names.normal_forms import normal_name
from hyplink.ontology import Ontology

_OTHERWISE = frozenset(",()/&")
"""Marks of a name that is made in more ways than one."""

_PAIR = re.compile(r"([A-Z]\w+[^\Wsiu]s) and ([A-Z]\w+[^\Wsiu]s)")

_ASIDE = re.compile(r"(?<=\S) \([^()\d]*\)(?= \w)")
"""A bracket within a name; at its end it would tell the name from another."""

_UNSPECIFIED = (
    r"unspecified|not otherwise specified|nicht näher bezeichnet|no especificad[oa]s?|sin otra especificación"
    r"|sans précision|non précisée?s?|non specificat[aeio]|não especificad[ao]s?|niet gespecificeerd"
)
_LEFT_OPEN = re.compile(
    r"^(?:unspecified|nicht näher bezeichnete[rs]?) "
    rf"|,(?: [^\s,]+){{0,2}} (?:{_UNSPECIFIED})(?: [^\s,]+){{0,2}}$"
    r"|,? \(?NOS\)?$",
    re.IGNORECASE,
)
"""Where a name says that something is not said, in the languages that classifications of diseases come in."""


def known_names(ontology: Ontology) -> Iterator[tuple[str, str]]:
    """(name, concept id): the names of the ontology, then those that they imply and no concept bears."""
    given = set()
    for name, concept_id in ontology.names():
        given.add(normal_name(name))
        yield name, concept_id
    for name, concept_id in ontology.names():
        implied = (*parts_of(name), *shorter_names(name))
        yield from ((each, concept_id) for each in implied if normal_name(each) not in given)


def shorter_names(name: str) -> tuple[str, ...]:
    """The name without brackets in it and without a remark that something is unspecified; none for most names."""
    short = _LEFT_OPEN.sub("", _ASIDE.sub("", name))
    return (short,) if short and short != name else ()


def parts_of(name: str) -> tuple[str, ...]:
    """The names that a joint one holds, with the words that they share; none of a name that is not joint.

    `Bird Cages & Stands` holds bird cages and bird stands, `USB & FireWire Hubs` USB hubs and FireWire hubs. Where
    there are several words on both sides, nothing tells which are shared, nor in a list but of single words. Categories
    stand in the plural, unlike `Marks & Spencer`; of those that are joined by an `and` only pairs of single words are
    (`Handbags and Wallets`), with a capital each, unlike `Pins and needles`.
    """
    if pair := _PAIR.fullmatch(name):
        return pair.groups()
    left, _, right = name.partition(" & ")
    before, after, listed = left.split(), right.split(), left.split(", ")
    if not before or not right.endswith("s") or right.endswith("ss"):
        return ()
    if len(listed) > 1 and len(listed) == len(before) and len(after) == 1:
        return *listed, right
    if min(len(before), len(after)) > 1 or _OTHERWISE & {*left, *right}:
        return ()
    if len(after) == 1:
        return left, " ".join([*before[:-1], right])
    return " ".join([left, *after[1:]]), right
