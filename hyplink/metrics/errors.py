"""What kind of error a linker makes: each gold mention in one class, and the mentions that are none.

A class tells how the answer stands to the gold concept in the hierarchy. Where several concepts are right, or several
found mentions have a character in common with the gold one, the class that stands first in `ERROR_CLASSES` is taken.
Where the gold leads to no concept every answer is `other`.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hyplink.metrics.detection import Marked, Reading, overlap
from hyplink.metrics.linking import Prediction
from hyplink.ontology import Ontology

ERROR_CLASSES = ("same", "too_specific", "too_general", "sibling", "other", "missed", "spurious")
"""The answer is right; lies below the gold concept; above it; beside it, with a parent in common; elsewhere. There is
no answer for the mention; there is an answer where no mention is."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one mention of raw text.

    Attributes:
        kind: its class, one of `ERROR_CLASSES`.
        gold: the gold mention; None for a found one that is spurious.
        found: the found mention that decided the class; None where there is none.
    """

    kind: str
    gold: Marked | None
    found: Marked | None


def error_class(answer: str, gold: Collection[str], ontology: Ontology) -> str:
    """The class of an answer that was given, by the gold concept that it stands nearest to."""
    kinds = {_relation(answer, concept, ontology) for concept in gold}
    return min(kinds, key=ERROR_CLASSES.index, default="other")


def errors_of_given(predictions: Iterable[Prediction], ontology: Ontology) -> Mapping[str, int]:
    """How many given mentions fall in each class; composite ones, which need several answers, are left out."""
    return _counted(
        error_class(prediction.candidates[0], prediction.gold.concepts, ontology) if prediction.candidates else "missed"
        for prediction in predictions
        if not prediction.gold.composite
    )


def errors_of_found(readings: Sequence[Reading], ontology: Ontology) -> Mapping[str, int]:
    """How many gold mentions of raw text fall in each class, and how many found mentions are spurious."""
    return _counted(verdict.kind for reading in readings for verdict in verdicts(reading, ontology))


def verdicts(reading: Reading, ontology: Ontology) -> Iterator[Verdict]:
    """What became of each gold mention of a document, then its spurious mentions."""
    for gold in reading.gold:
        judged = (
            Verdict(error_class(answer, gold.concepts, ontology), gold, found)
            for found in reading.found
            if overlap(found, gold)
            for answer in found.concepts
        )
        yield min(judged, key=lambda each: ERROR_CLASSES.index(each.kind), default=Verdict("missed", gold, None))
    for found in reading.found:
        if not any(overlap(found, gold) for gold in reading.gold):
            yield Verdict("spurious", None, found)


def coverage(errors: Mapping[str, int]) -> float | None:
    """The share of the mentions that any answer was given for, right or wrong; None where there are none."""
    n_mentions = sum(errors.values()) - errors["spurious"]
    return 1 - errors["missed"] / n_mentions if n_mentions else None


def _relation(answer: str, gold: str, ontology: Ontology) -> str:
    if answer == gold:
        return "same"
    if gold in ontology.ancestors(answer):
        return "too_specific"
    if answer in ontology.ancestors(gold):
        return "too_general"
    parents = (set(ontology.concepts[each].parents) for each in (answer, gold))
    return "sibling" if set.intersection(*parents) else "other"


def _counted(kinds: Iterable[str]) -> Mapping[str, int]:
    counts = Counter(kinds)
    return {kind: counts[kind] for kind in ERROR_CLASSES}
