"""The errors of an evaluation, one by one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from hyplink.candidates.examples import Example
from hyplink.corpus import Document
from hyplink.corpus.document import Span
from hyplink.linking.link import Link
from hyplink.metrics.detection import EvaluatedDocument, LabelledMention, within_branch
from hyplink.metrics.errors import MentionOutcome, error_class, mention_outcomes
from hyplink.ontology import Ontology

Source = Literal["given", "found"]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mention that was linked wrongly or missed, or a link where there is no mention.

    Attributes:
        source: whether the mentions were given or found.
        kind: the class of the error, one of `hyplink.metrics.errors.ERROR_CLASSES`.
        doc: id of the document.
        spans: the characters of the annotated mention or, if there is none, of the linked words.
        gold: the right concepts, any of which is right; none if the annotation resolves to none, or there is none.
        found: the characters of the linked words; None if none were linked.
        answer: the concept that they were linked to; None if none were linked.
        confidence: of the link; None without a calibration.
    """

    source: Source
    kind: str
    doc: str
    spans: tuple[Span, ...]
    gold: tuple[str, ...]
    found: tuple[Span, ...] | None
    answer: str | None
    confidence: float | None

    def as_json(self) -> dict[str, Any]:
        """The fields as JSON."""
        return asdict(self)


def mistakes_in_given(
    examples: Sequence[Example],
    answers: Sequence[str | None],
    confidences: Sequence[float | None],
    ontology: Ontology,
) -> Iterator[Mistake]:
    """The errors in given mentions, without composite ones, which need several answers.

    Args:
        examples: the mentions.
        answers: the concept that each was linked to, None for NIL.
        confidences: of the answers, None without a calibration.
        ontology: the concepts.
    """
    for example, answer, confidence in zip(examples, answers, confidences, strict=True):
        gold = frozenset(concept for part in example.gold for concept in part)
        kind = error_class(answer, gold, ontology) if answer else "missed"
        if kind != "same" and len(example.gold) <= 1:
            spans = ((example.start, example.end),)
            linked = (spans, answer, confidence) if answer else (None, None, None)
            yield Mistake("given", kind, example.doc, spans, tuple(sorted(gold)), *linked)


def mistakes_in_found(
    documents: Sequence[Document],
    found: Sequence[Sequence[Link]],
    evaluated: Sequence[EvaluatedDocument],
    ontology: Ontology,
    branch: str | None,
) -> Iterator[Mistake]:
    """The errors in plain text.

    Args:
        documents: annotated running texts.
        found: the links found in each.
        evaluated: gold mentions and found ones of each (`evaluation.evaluated_documents`).
        ontology: the concepts.
        branch: evaluate only descendants of this concept; None for all concepts.
    """
    confidences = [
        {mark: link.confidence for mark, link in zip(reading.found, links, strict=True)}
        for reading, links in zip(evaluated, found, strict=True)
    ]
    if branch is not None:
        evaluated = within_branch(evaluated, ontology, branch)
    for document, reading, confidence_of in zip(documents, evaluated, confidences, strict=True):
        for verdict in mention_outcomes(reading, ontology):
            if verdict.kind != "same":
                yield _mistake(document.doc_id, verdict, confidence_of)


def _mistake(doc_id: str, verdict: MentionOutcome, confidence_of: Mapping[LabelledMention, float | None]) -> Mistake:
    gold, found = verdict.gold, verdict.found
    spans = found.spans if found else ()
    linked = (spans, next(iter(found.concepts)), confidence_of[found]) if found else (None, None, None)
    return Mistake(
        "found",
        verdict.kind,
        doc_id,
        gold.spans if gold else spans,
        tuple(sorted(gold.concepts)) if gold else (),
        *linked,
    )
