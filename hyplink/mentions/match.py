"""Kinds of match between words of a text and a name with the same content words."""

from collections.abc import Callable
from enum import IntEnum
from typing import NamedTuple

from hyplink.names.derivation import is_adjective_of
from hyplink.names.name_forms import COMMON_WORDS, NameForm
from hyplink.names.normal_forms import is_number

Words = tuple[str, ...]


class Match(IntEnum):
    """How words of a text match a name, best first."""

    EXACT = 0
    """Equal but for letter case."""
    NORMALISED = 1
    """Equal but for spelling, number, hyphens or function words."""
    DERIVED = 2
    """Equal but for derivational endings (`abnormal`, `abnormality`; `patella`, `patellar`)."""
    REORDERED = 3
    """The same words in another order."""
    REWORDED = 4
    """With words replaced by others that the ontology uses as their synonyms."""
    PROPOSED = 5
    """Matches no name; proposed by the span detector."""


class Phrase(NamedTuple):
    """A phrase of a text, prepared for comparison with names.

    Attributes:
        text: the words, joined by blanks.
        normal: the normal forms of the content words.
        stems: their stems.
        roots: the roots of their word families (`names.derivation`).
        turned: whether it has a preposition, so that the name may have another order.
        predicative: whether it has a copula, so that the name has its words in another order: `liver was enlarged`.
        qualified: whether an adverb that is in no name qualifies it: `liver was markedly enlarged`.
    """

    text: str
    normal: Words
    stems: Words
    roots: Words
    turned: bool
    predicative: bool = False
    qualified: bool = False


class Name(NamedTuple):
    """A name in the index.

    Attributes:
        form: the name in the form that is compared.
        roots: the roots of its words.
        heads: the representatives of their synonyms, without optional words.
    """

    form: NameForm
    roots: Words
    heads: Words


def match_of(name: Name, phrase: Phrase, heads_of: Callable[[Words], Words]) -> Match | None:
    """How a phrase matches a name with the same content words; None if it does not match after all."""
    match = _match_of(name, phrase, heads_of)
    if match is not None and name.form.composed:
        return Match.REWORDED if match < Match.REWORDED else None
    return match


def _match_of(name: Name, phrase: Phrase, heads_of: Callable[[Words], Words]) -> Match | None:
    form = name.form
    if form.cased is not None and phrase.text not in (form.cased, f"{form.cased}s"):
        return None
    text = phrase.text.lower()
    if form.cased is None and text in COMMON_WORDS:
        return None
    if form.lowered == text:
        return Match.EXACT
    if phrase.predicative:
        asserted = form.turned or form.stems != phrase.stems
        return Match.REORDERED if asserted and sorted(form.stems) == sorted(phrase.stems) else None
    if phrase.qualified:
        return None
    if form.normal == phrase.normal:
        return Match.NORMALISED
    if len(phrase.stems) == 1:
        derived = form.cased is None and name.roots == phrase.roots and is_adjective_of(*phrase.normal, *form.normal)
        return Match.DERIVED if derived else None
    if name.roots == phrase.roots:
        return Match.DERIVED
    turned = form.turned or phrase.turned
    if sorted(name.roots) == sorted(phrase.roots):
        right = turned or name.roots[-1] == phrase.roots[-1] or _swapped(name, phrase) or _is_type_moved(name, phrase)
        return Match.REORDERED if right else None
    if any(not heads_of((word,)) and word not in phrase.roots for word in name.roots):
        return None
    if any(phrase.roots.count(word) > max(1, name.roots.count(word)) for word in phrase.roots):
        return None  # a repeated word does not match two words of a name
    for word in (phrase.roots[0], phrase.roots[-1]):
        if not heads_of((word,)) and phrase.roots.count(word) > name.roots.count(word):
            return None
    return Match.REWORDED if turned or name.heads == heads_of(phrase.roots) else None


def _swapped(name: Name, phrase: Phrase) -> bool:
    """Whether the name's last word begins the phrase in a derived form: `dysplastic patella`, `patellar dysplasia`."""
    return (name.roots[-1], *name.roots[:-1]) == phrase.roots and name.form.stems[-1] != phrase.stems[0]


def _is_type_moved(name: Name, phrase: Phrase) -> bool:
    """Whether a word with a number is at the start of one and at the end of the other: `type 3 deafness`."""
    for first, second in ((name.roots, phrase.roots), (phrase.roots, name.roots)):
        if second == (*first[2:], *first[:2]) and len(first) > 2 and is_number(first[1]) and first[0].isalpha():
            return True
    return False
