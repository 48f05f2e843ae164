"""How well mentions were found and linked in raw text: precision, recall and F1 of mentions.

A found mention is right where it stands at a gold mention and its concept is one of those that are right there.
`strict`: it covers the very characters of the gold mention. `relaxed`: they have a character in common. Precision is
the share of the found mentions that are right, recall the share of the gold mentions that a right one was found for.
A composite mention counts as one gold mention for each of its parts. What was annotated with an id that leads to no
concept can never be found: `every_mention` holds that against the linker, `resolvable` does not.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hyplink.corpus.document import Span
from hyplink.gold import Gold
from hyplink.metrics.bootstrap import Rates, bootstrap_rates
from hyplink.ontology import Ontology


@dataclass(frozen=True, slots=True)
class Marked:
    """Words of a text and what they mean.

    Attributes:
        spans: their characters, in text order; several where the mention is discontinuous.
        concepts: of a gold mention all that are right, none where its id leads to no concept; of a found one the
            concept that it was linked to.
    """

    spans: tuple[Span, ...]
    concepts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """One document: what is marked in it, and what a linker found there. Mentions that it left as NIL are not found."""

    gold: tuple[Marked, ...]
    found: tuple[Marked, ...]


Touch = Callable[[Marked, Marked], bool]


def gold_marks(spans: Sequence[Span], gold: Gold) -> list[Marked]:
    """The gold mentions of one annotation: one for each part; one that cannot be found where it has no id."""
    return [Marked(tuple(spans), part) for part in gold.parts or (frozenset(),)]


def same_characters(a: Marked, b: Marked) -> bool:
    """Whether two mentions cover the very same characters."""
    return a.spans == b.spans


def overlap(a: Marked, b: Marked) -> bool:
    """Whether two mentions have a character in common."""
    return any(start < other_end and other < end for start, end in a.spans for other, other_end in b.spans)


def is_right(found: Marked, gold: Marked, touch: Touch) -> bool:
    """Whether a found mention is right of a gold one."""
    return not found.concepts.isdisjoint(gold.concepts) and touch(found, gold)


def mention_rates(readings: Sequence[Reading], *, seed: int = 0) -> Mapping[str, Mapping[str, Rates]]:
    """Precision, recall and F1 of mentions: of `every_mention` and the `resolvable` ones, `strict` and `relaxed`."""
    groups = {"every_mention": readings, "resolvable": [_resolvable(reading) for reading in readings]}
    ways: Mapping[str, Touch] = {"strict": same_characters, "relaxed": overlap}
    return {
        group: {way: _rates(chosen, touch, seed) for way, touch in ways.items()} for group, chosen in groups.items()
    }


def within_branch(readings: Sequence[Reading], ontology: Ontology, branch: str) -> list[Reading]:
    """The readings as if there were nothing but the concepts below one; that one is no answer itself.

    Gold mentions whose id leads to no concept are left out: nobody knows whether they belong here.
    """
    inside = ontology.descendants(branch) - {branch}
    return [Reading(_inside(reading.gold, inside), _inside(reading.found, inside)) for reading in readings]


def _inside(marks: Sequence[Marked], concepts: frozenset[str]) -> tuple[Marked, ...]:
    kept = (replace(mark, concepts=mark.concepts & concepts) for mark in marks)
    return tuple(mark for mark in kept if mark.concepts)


def _resolvable(reading: Reading) -> Reading:
    return replace(reading, gold=tuple(mark for mark in reading.gold if mark.concepts))


def _rates(readings: Sequence[Reading], touch: Touch, seed: int) -> Rates:
    counts = np.array([_counts(reading, touch) for reading in readings], dtype=np.int64)
    return bootstrap_rates(counts, seed=seed)


def _counts(reading: Reading, touch: Touch) -> tuple[int, int, int, int]:
    """How many found mentions are right, found mentions, gold mentions that were found, gold mentions."""
    right = sum(any(is_right(found, gold, touch) for gold in reading.gold) for found in reading.found)
    hit = sum(any(is_right(found, gold, touch) for found in reading.found) for gold in reading.gold)
    return right, len(reading.found), hit, len(reading.gold)
