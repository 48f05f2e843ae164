"""How the words of a text match a name that has the same content."""

from collections.abc import Callable
from enum import IntEnum
from typing import NamedTuple

from hyplink.names.name_forms import COMMON_WORDS, NameForm

Words = tuple[str, ...]


class Match(IntEnum):
    """How the words of a text match a name, the surest first."""

    EXACT = 0
    """Letter by letter, case aside."""
    NORMALISED = 1
    """But for spelling, plural, hyphens or function words."""
    DERIVED = 2
    """But for the endings of words (`abnormal`, `abnormality`; `patella`, `patellar`)."""
    REORDERED = 3
    """The same words in another order."""
    REWORDED = 4
    """With a word in place of another that the ontology uses for it."""
    PROPOSED = 5
    """They match none, but are such words as annotators mark."""


class Phrase(NamedTuple):
    """Words of a text as they are compared with a name.

    Attributes:
        text: the words, joined by blanks.
        normal: the normal forms of those that carry content.
        stems: their stems.
        roots: the words that stand for their families (`derivation`).
        turned: there is a preposition among them, so they may stand in another order in the name.
    """

    text: str
    normal: Words
    stems: Words
    roots: Words
    turned: bool


class Name(NamedTuple):
    """A name in the index.

    Attributes:
        form: the name as it is compared.
        roots: the words that stand for the families of its words.
        heads: those that stand for all that the ontology uses for them, needless ones left out.
    """

    form: NameForm
    roots: Words
    heads: Words


def match_of(name: Name, phrase: Phrase, heads_of: Callable[[Words], Words]) -> Match | None:
    """How a phrase matches a name with the same content words; None where it does not after all."""
    form = name.form
    if form.cased is not None and form.cased != phrase.text:
        return None
    text = phrase.text.lower()
    if form.cased is None and text in COMMON_WORDS:
        return None
    if form.lowered == text:
        return Match.EXACT
    if form.normal == phrase.normal:
        return Match.NORMALISED
    if len(phrase.stems) == 1:
        return None
    if name.roots == phrase.roots:
        return Match.DERIVED
    turned = form.turned or phrase.turned
    if sorted(name.roots) == sorted(phrase.roots):
        right = turned or name.roots[-1] == phrase.roots[-1] or _swapped(name, phrase)
        return Match.REORDERED if right else None
    if any(not heads_of((word,)) and word not in phrase.roots for word in name.roots):
        return None
    if any(phrase.roots.count(word) > max(1, name.roots.count(word)) for word in phrase.roots):
        return None  # a word said twice stands for no two words of a name
    for word in (phrase.roots[0], phrase.roots[-1]):
        if not heads_of((word,)) and phrase.roots.count(word) > name.roots.count(word):
            return None
    return Match.REWORDED if turned or name.heads == heads_of(phrase.roots) else None


def _swapped(name: Name, phrase: Phrase) -> bool:
    """Whether the name's last word leads the phrase in another form: `dysplastic patella`, `patellar dysplasia`."""
    return (name.roots[-1], *name.roots[:-1]) == phrase.roots and name.form.stems[-1] != phrase.stems[0]
