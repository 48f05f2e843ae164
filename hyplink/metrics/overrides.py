"""How often a mention that is the name of exactly one concept is linked to something else."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NamedMention:
    """A mention that is the name of exactly one concept.

    Attributes:
        concept: the concept with that name.
        answer: the concept that the mention was linked to; None for NIL.
        gold: the gold concepts, any of which is correct.
    """

    concept: str
    answer: str | None
    gold: frozenset[str]


@dataclass(frozen=True, slots=True)
class Overrides:
    """Counts of unambiguous names and of those that were overridden, that is, not linked to the concept they name.

    Attributes:
        n_mentions: mentions that are the name of exactly one concept.
        n_overridden: of these, the mentions linked to another concept or to NIL.
        n_rightly: of the overridden mentions, those whose answer is correct while the named concept is not.
        n_wrongly: of the overridden mentions, those whose named concept is correct while the answer is not.
    """

    n_mentions: int
    n_overridden: int
    n_rightly: int
    n_wrongly: int


def count_overrides(mentions: Iterable[NamedMention]) -> Overrides:
    """Counts the overridden mentions; one where both or neither are correct is neither `n_rightly` nor `n_wrongly`."""
    mentions = list(mentions)
    overridden = [each for each in mentions if each.answer != each.concept]
    outcomes = [(each.answer in each.gold, each.concept in each.gold) for each in overridden]
    return Overrides(len(mentions), len(overridden), outcomes.count((True, False)), outcomes.count((False, True)))
