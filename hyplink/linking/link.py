"""What hyplink answers: the concept of a mention, with all that led to it."""

from dataclasses import dataclass
from typing import Any

from hyplink.corpus.document import Span


@dataclass(frozen=True, slots=True)
class Candidate:
    """A concept that a mention may mean.

    Attributes:
        concept: its id.
        label: its preferred name.
        score: what the model gives; higher is better.
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
        depth: is-a steps from the concept to a root; None for NIL.
        candidates: best first; the first is the answer. Empty for NIL.
    """

    doc: str
    start: int
    end: int
    spans: tuple[Span, ...] | None
    text: str
    negated: bool
    uncertain: bool
    depth: int | None
    candidates: tuple[Candidate, ...]

    @property
    def answer(self) -> Candidate | None:
        """The best candidate, or None for NIL."""
        return self.candidates[0] if self.candidates else None

    def as_json(self) -> dict[str, Any]:
        """The link as one line of `hyplink link`'s JSON Lines."""
        answer = self.answer
        return {
            "doc": self.doc,
            "start": self.start,
            "end": self.end,
            "spans": self.spans,
            "text": self.text,
            "concept": answer.concept if answer else None,
            "label": answer.label if answer else None,
            "score": answer.score if answer else None,
            "confidence": None,
            "confidence_basis": None,
            "back_off_of": None,
            "depth": self.depth,
            "distance": answer.distance if answer else None,
            "negated": self.negated,
            "uncertain": self.uncertain,
            "candidates": [
                {"concept": each.concept, "label": each.label, "score": each.score, "distance": each.distance}
                for each in self.candidates
            ],
        }
