"""Variants of names implied by the style of taxonomies and classifications.

Texts call a category `Coats & Jackets` coats, or jackets; `Essential (primary) hypertension` is essential hypertension,
and `Pneumonia, unspecified` is pneumonia.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from hyplink.names.normal_forms import normal_name
from hyplink.ontology import Ontology

_OTHERWISE = frozenset(",()/&")
"""Characters of a name that is built of several parts."""

_PAIR = re.compile(r"([A-Z]\w+[^\Wsiu]s) and ([A-Z]\w+[^\Wsiu]s)")

_ASIDE = re.compile(r"(?<=\S) \([^()\d]*\)(?= \w)")
"""A bracket inside a name."""

_QUALIFIER = re.compile(r"(?<=[^\s,]) (?:\([^()]*\)|\[[^\[\]]*\])$")
"""A bracket at the end of a name, which distinguishes it from others or says of what kind its concept is."""

_KIND = 0.01
"""A bracket at the end of this share of the names is a kind (`asthma (disorder)`), which texts leave out."""

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
"""Remarks such as `unspecified`, in the languages of disease classifications."""

_ALTERNATIVE = re.compile(r"(?<=[^\s,]) \(& [^()]*\)$")
"""A bracket at the end of a name that adds to its meaning: `High blood pressure (& [essential hypertension])`."""


def known_names(ontology: Ontology) -> Iterator[tuple[str, str]]:
    """(name, concept id) of the ontology's names, then of their variants that are names of no concept."""
    given = set()
    for name, concept_id in ontology.names():
        given.add(normal_name(name))
        yield name, concept_id
    yield from (pair for pair in _heads(ontology).items() if normal_name(pair[0]) not in given)
    for name, concept_id in ontology.names():
        implied = (*parts_of(name), *shorter_names(name))
        yield from ((each, concept_id) for each in implied if normal_name(each) not in given)


def _heads(ontology: Ontology) -> dict[str, str]:
    """The names without the kind in brackets at their end, with their concept, if it is the only one."""
    names = list(ontology.names())
    brackets = Counter(match.group() for name, _ in names if (match := _QUALIFIER.search(name)))
    owners: dict[tuple[str, ...], set[str]] = defaultdict(set)
    heads: dict[str, str] = {}
    for name, concept_id in names:
        match = _QUALIFIER.search(name)
        if match and brackets[match.group()] >= _KIND * len(names):
            head = name[: match.start()]
            owners[normal_name(head)].add(concept_id)
            heads[head] = concept_id
    return {head: concept_id for head, concept_id in heads.items() if len(owners[normal_name(head)]) == 1}


def shorter_names(name: str) -> tuple[str, ...]:
    """The name without brackets inside it, alternatives in brackets and `unspecified`; none for most names."""
    short = _LEFT_OPEN.sub("", _ASIDE.sub("", _ALTERNATIVE.sub("", name)))
    return (short,) if short and short != name else ()


def parts_of(name: str) -> tuple[str, ...]:
    """The parts of a joint name, completed by shared words; none for a name that is not joint.

    `Bird Cages & Stands` gives bird cages and bird stands, `USB & FireWire Hubs` USB hubs and FireWire hubs. If both
    sides have several words, or a list has items of several words, it is unknown which are shared. Categories are
    plural, unlike `Marks & Spencer`; with `and`, only pairs of single capitalised words are categories (`Handbags and
    Wallets`), unlike `Pins and needles`.
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
