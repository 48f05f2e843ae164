"""Error classes: how the answer for each gold mention relates to its gold concept, and which mentions are spurious.

If several concepts are correct, or several detected mentions overlap the gold mention, the class that comes first in
`ERROR_CLASSES` applies. If the gold resolves to no concept, any answer is `other`.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hyplink.metrics.detection import EvaluatedDocument, LabelledMention, spans_overlap
from hyplink.metrics.linking import Prediction
from hyplink.ontology import Ontology

ERROR_CLASSES = ("same", "too_specific", "too_general", "sibling", "other", "missed", "spurious")
"""The answer is a gold concept, a descendant of one, an ancestor of one, shares a parent with one, or is any other
concept. `missed`: a gold mention without an answer. `spurious`: an answer that overlaps no gold mention."""


@dataclass(frozen=True, slots=True)
class MentionOutcome:
    """The error class of one mention of raw text.

    Attributes:
        kind: one of `ERROR_CLASSES`.
        gold: the gold mention; None if the class is `spurious`.
        found: the detected mention that determined the class; None if the class is `missed`.
    """

    kind: str
    gold: LabelledMention | None
    found: LabelledMention | None


def error_class(answer: str, gold: Collection[str], ontology: Ontology) -> str:
    """The error class of an answer, the first in `ERROR_CLASSES` over its gold concepts."""
    kinds = {_relation(answer, concept, ontology) for concept in gold}
    return min(kinds, key=ERROR_CLASSES.index, default="other")


def error_counts_given(predictions: Iterable[Prediction], ontology: Ontology) -> Mapping[str, int]:
    """The number of mentions with given spans in each class, without composite mentions, which need several answers."""
    return _class_counts(
        error_class(prediction.candidates[0], prediction.gold.concepts, ontology) if prediction.candidates else "missed"
        for prediction in predictions
        if not prediction.gold.composite
    )


def error_counts_raw_text(documents: Sequence[EvaluatedDocument], ontology: Ontology) -> Mapping[str, int]:
    """The number of gold mentions of raw text in each class, and of spurious detected mentions."""
    return _class_counts(each.kind for document in documents for each in mention_outcomes(document, ontology))


def mention_outcomes(document: EvaluatedDocument, ontology: Ontology) -> Iterator[MentionOutcome]:
    """The outcome of each gold mention of a document, then of its spurious mentions."""
    for gold in document.gold:
        outcomes = (
            MentionOutcome(error_class(answer, gold.concepts, ontology), gold, found)
            for found in document.found
            if spans_overlap(found, gold)
            for answer in found.concepts
        )
        missed = MentionOutcome("missed", gold, None)
        yield min(outcomes, key=lambda each: ERROR_CLASSES.index(each.kind), default=missed)
    for found in document.found:
        if not any(spans_overlap(found, gold) for gold in document.gold):
            yield MentionOutcome("spurious", None, found)


def coverage(errors: Mapping[str, int]) -> float | None:
    """The share of the gold mentions that have an answer, correct or not; None if there are no gold mentions."""
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


def _class_counts(kinds: Iterable[str]) -> Mapping[str, int]:
    counts = Counter(kinds)
    return {kind: counts[kind] for kind in ERROR_CLASSES}
