"""The shorter names that a name stands for: what a catalogue writes for its own sake is left out in running text.

`Essential (primary) hypertension` is `essential hypertension`, `Pneumonia, unspecified` is `pneumonia`, and who says
`sandals` means `Sandals & Slippers`. A bracket at the end of a name is kept: it tells the name from another.
"""

import re
from collections.abc import Iterator

from hyplink.linking.normalise import normal_word

_BRACKET_WITHIN = re.compile(r"(?<=\S) \([^()]*\)(?= \w)")

_UNSPECIFIED = (
    r"unspecified|not otherwise specified|nos|nicht näher bezeichnet|no especificad[oa]s?|sin otra especificación"
    r"|sans précision|non précisée?s?|non specificat[aeio]|não especificad[ao]s?|niet gespecificeerd"
)
_LEFT_OPEN = re.compile(
    rf"^(?:unspecified|nicht näher bezeichnete[rs]?) |,[^,]*\b(?:{_UNSPECIFIED})\b[^,]*$| NOS$", re.I
)
"""Where a name says that something is not said, in the languages that classifications of diseases come in."""

_LIST = re.compile(r",? & |, ")


def shorter_names(name: str) -> list[str]:
    """The shorter names that a name stands for, without itself; most names stand for none."""
    found = list(_sides(name)) if " & " in name else []
    plain = _LEFT_OPEN.sub("", _BRACKET_WITHIN.sub("", name))
    return [short for short in [*found, plain] if short and short != name]


def _sides(name: str) -> Iterator[str]:
    """The names that a list with an `&` holds.

    Single words are names where all are plurals: things, and no wide field as `Home & Garden`. Else a single word may
    share one with the other side, of two: `Toothpick Holders & Dispensers`, `Art & Crafting Tools`.
    """
    sides = [side.split() for side in _LIST.split(name)]
    alone = all(len(side) == 1 and normal_word(side[0]) != side[0].lower() for side in sides)
    yield from (" ".join(side) for side in sides if alone or len(side) > 1)
    if len(sides) == 2 and sorted(map(len, sides)) > [1, 1]:
        first, second = sides
        if len(second) == 1:
            yield " ".join([*first[:-1], *second])
        elif len(first) == 1:
            yield " ".join([*first, second[-1]])
