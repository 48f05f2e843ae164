"""The mentions of annotated text that were not linked rightly, one by one: what an evaluation is read by."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from hyplink.candidates.examples import Example
from hyplink.corpus import Document
from hyplink.corpus.document import Span
from hyplink.linking.evaluation import readings_of
from hyplink.linking.link import Link
from hyplink.metrics.detection import Marked, within_branch
from hyplink.metrics.errors import Verdict, error_class, verdicts
from hyplink.ontology import Ontology

Source = Literal["given", "found"]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mention that was not linked rightly, or a link where no mention is.

    Attributes:
        source: whether the mentions were given to the linker or found by it.
        kind: the class of the error, one of `hyplink.metrics.errors.ERROR_CLASSES`.
        doc: id of the document.
        spans: the characters of the annotated mention or, where there is none, of the words that were linked.
        gold: the right concepts, any of them; none where the annotation leads to no concept, or there is none.
        found: the characters of the words that were linked; None where none were.
        answer: the concept that they were linked to; None likewise.
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
        """The fields, ready for a line of JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> "Mistake":
        """The mistake that `as_json` gave."""
        spans, found = ([tuple(span) for span in fields[name] or ()] for name in ("spans", "found"))
        return cls(**{**fields, "spans": tuple(spans), "gold": tuple(fields["gold"]), "found": tuple(found) or None})


def mistakes_in_given(
    examples: Sequence[Example],
    answers: Sequence[str | None],
    confidences: Sequence[float | None],
    ontology: Ontology,
) -> Iterator[Mistake]:
    """Those of given mentions; composite ones, which need several answers, are left out.

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
    documents: Sequence[Document], found: Sequence[Sequence[Link]], ontology: Ontology, branch: str | None
) -> Iterator[Mistake]:
    """Those of raw text.

    Args:
        documents: annotated running texts.
        found: the links that were found in each.
        ontology: the concepts.
        branch: judge nothing but the concepts below this one; None for all.
    """
    readings = readings_of(documents, found, ontology)
    confidences = [
        {mark: link.confidence for mark, link in zip(reading.found, links, strict=True)}
        for reading, links in zip(readings, found, strict=True)
    ]
    if branch is not None:
        readings = within_branch(readings, ontology, branch)
    for document, reading, confidence_of in zip(documents, readings, confidences, strict=True):
        for verdict in verdicts(reading, ontology):
            if verdict.kind != "same":
                yield _mistake(document.doc_id, verdict, confidence_of)


def _mistake(doc_id: str, verdict: Verdict, confidence_of: Mapping[Marked, float | None]) -> Mistake:
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
