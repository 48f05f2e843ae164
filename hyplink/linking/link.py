"""What hyplink answers: the concept of a mention, with all that led to it."""

from dataclasses import dataclass
from typing import Any

from hyplink.corpus.document import Span
from hyplink.mentions.match import Match


@dataclass(frozen=True, slots=True)
class Candidate:
    """A concept that a mention may mean.

    Attributes:
        concept: its id.
        label: its preferred name.
        score: what the model gives; higher is better. Of an ancestor that was backed off to, the logarithm of its
            confidence.
        distance: from the mention's point in the ball; None where the model has no points.
    """

    concept: str
    label: str
    score: float
    distance: float | None


@dataclass(frozen=True, slots=True)
class Link:
    """A mention and the concept that it was linked to.

    Attributes:
        doc: id of the document.
        start: first character of the mention.
        end: character after the last.
        spans: the pieces of a discontinuous mention, else None.
        text: the words of the mention.
        negated: whether the text denies it (`no sign of …`).
        uncertain: whether the text doubts it (`possible …`).
        answer: the concept that it was linked to; None for NIL.
        depth: is-a steps from the concept to a root; None for NIL.
        confidence: the probability that the answer is right, or, where a confidence was demanded, that it or a concept
            below it is; None where no calibration was fitted, and for NIL.
        confidence_basis: what the calibration was fitted on; None without one.
        back_off_of: id of the best candidate, where it was too doubtful to be the answer.
        candidates: best first.
        match: how the words match the names that the mention was found by; None for a mention that was given.
    """

    doc: str
    start: int
    end: int
    spans: tuple[Span, ...] | None
    text: str
    negated: bool
    uncertain: bool
    answer: Candidate | None
    depth: int | None
    confidence: float | None
    confidence_basis: str | None
    back_off_of: str | None
    candidates: tuple[Candidate, ...]
    match: Match | None = None

    def as_json(self) -> dict[str, Any]:
        """The link as one line of `hyplink link`'s JSON Lines."""
        answer = self.answer
        return {
            "doc": self.doc,
            "start": self.start,
            "end": self.end,
            "spans": self.spans,
            "text": self.text,
            "match": None if self.match is None else self.match.name.lower(),
            "concept": answer.concept if answer else None,
            "label": answer.label if answer else None,
            "score": answer.score if answer else None,
            "confidence": self.confidence,
            "confidence_basis": self.confidence_basis,
            "back_off_of": self.back_off_of,
            "depth": self.depth,
            "distance": answer.distance if answer else None,
            "negated": self.negated,
            "uncertain": self.uncertain,
            "candidates": [
                {"concept": each.concept, "label": each.label, "score": each.score, "distance": each.distance}
                for each in self.candidates
            ],
        }
