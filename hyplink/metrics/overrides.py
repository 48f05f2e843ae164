"""How often the answer for a mention is another concept than the one that bears the mention as a name."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Named:
    """A mention that is a name of one concept and of no other.

    Attributes:
        concept: the concept that bears the name.
        answer: the concept that the mention was linked to; None is NIL.
        gold: the concepts that are right.
    """

    concept: str
    answer: str | None
    gold: frozenset[str]


@dataclass(frozen=True, slots=True)
class Overrides:
    """How names fared.

    Attributes:
        n_mentions: mentions that are the name of one concept alone.
        n_overridden: those that were linked to another one, or to none.
        n_rightly: those of the overridden for which the answer is right and the name is not.
        n_wrongly: those of the overridden for which the name is right and the answer is not.
    """

    n_mentions: int
    n_overridden: int
    n_rightly: int
    n_wrongly: int


def overrides_of(mentions: Iterable[Named]) -> Overrides:
    """Counts the overridden names; where neither or both are right an override is neither rightly nor wrongly done."""
    mentions = list(mentions)
    overridden = [each for each in mentions if each.answer != each.concept]
    judged = [(each.answer in each.gold, each.concept in each.gold) for each in overridden]
    return Overrides(len(mentions), len(overridden), judged.count((True, False)), judged.count((False, True)))
