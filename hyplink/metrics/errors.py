"""What kind of error a linker makes: each gold mention in one class, and the mentions that are none.

A class tells how the answer stands to the gold concept in the hierarchy. Where several concepts are right, or several
found mentions have a character in common with the gold one, the class that stands first in `ERROR_CLASSES` is taken.
Where the gold leads to no concept every answer is `other`.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from hyplink.metrics.detection import Reading, overlap
from hyplink.metrics.linking import Prediction
from hyplink.ontology import Ontology

ERROR_CLASSES = ("same", "too_specific", "too_general", "sibling", "other", "missed", "spurious")
"""The answer is right; lies below the gold concept; above it; beside it, with a parent in common; elsewhere. There is
no answer for the mention; there is an answer where no mention is."""


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
    return _counted(kind for reading in readings for kind in _errors_in(reading, ontology))


def coverage(errors: Mapping[str, int]) -> float | None:
    """The share of the mentions that any answer was given for, right or wrong; None where there are none."""
    n_mentions = sum(errors.values()) - errors["spurious"]
    return 1 - errors["missed"] / n_mentions if n_mentions else None


def _errors_in(reading: Reading, ontology: Ontology) -> Iterable[str]:
    for gold in reading.gold:
        answers = {concept for found in reading.found if overlap(found, gold) for concept in found.concepts}
        kinds = {error_class(answer, gold.concepts, ontology) for answer in answers}
        yield min(kinds, key=ERROR_CLASSES.index, default="missed")
    for found in reading.found:
        if not any(overlap(found, gold) for gold in reading.gold):
            yield "spurious"


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
