"""Links: the concept of a mention, with its confidence and candidates."""

import math
from dataclasses import dataclass, field
from html import escape
from typing import Any, NamedTuple

from hyplink.candidates.matched_names import LazyName, NameScope
from hyplink.corpus.document import Span
from hyplink.mentions.match import Match
from hyplink.placement.relation import RELATIONS, Relation

SHOWN = 100
"""Links that a notebook shows of a document."""

LEFT = 'style="text-align: left"'
"""Notebooks align cells to the right."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A concept that a mention may mean.

    Attributes:
        concept: its id.
        label: its preferred name.
        score: the log-probability by the ranker; of an ancestor that was backed off to, the logarithm of its
            confidence.
        distance: from the mention's point in the ball; None if the model has no points.
        name: finds its name that is most similar to the mention; None where there is no mention.
    """

    concept: str
    label: str
    score: float
    distance: float | None
    name: LazyName | None = field(default=None, repr=False, compare=False)

    @property
    def matched_name(self) -> str | None:
        """Its name, or annotated wording in normal form, that is most similar to the mention; None if none is."""
        found = None if self.name is None else self.name.get()
        return found and found.text

    @property
    def scope(self) -> NameScope | None:
        """What the matched name is: `LABEL`, the scope of a synonym, or `ANNOTATED`; None without a matched name."""
        found = None if self.name is None else self.name.get()
        return found and found.scope

    def as_json(self) -> dict[str, Any]:
        """The candidate as it stands in the JSON of its link."""
        return {
            "concept": self.concept,
            "label": self.label,
            "matched_name": self.matched_name,
            "scope": self.scope,
            "score": self.score,
            "distance": self.distance,
        }


class Link(NamedTuple):
    """A mention and the concept that it was linked to.

    Attributes:
        doc: id of the document.
        start: first character of the mention.
        end: character after the last.
        spans: the pieces of a discontinuous mention, else None.
        text: the words of the mention.
        negated: whether the text negates it (`no sign of …`).
        uncertain: whether the text is uncertain of it (`possible …`).
        answer: the concept that it was linked to; None for NIL.
        depth: is-a steps from the concept to a root; None for NIL.
        confidence: the probability that the answer is right or, if a confidence was demanded, that it or one of its
            descendants is; None without a calibration, and for NIL.
        confidence_basis: the source of the calibration, documents or names; None without one.
        back_off_of: id of the best candidate, if its confidence was too low for it to be the answer.
        candidates: best first.
        match: how the words match the names by which the mention was found; None for a given mention.
        relation: `exact` if the model believes that `answer` is meant; `broader` if the ontology lacks what is meant
            and `broader` subsumes it; `none` if it has nothing for it. None in a run that has learned no relations.
        relation_probabilities: the probability of each relation; None for a mention that was not searched.
        broader: the most specific concept that subsumes what is meant; its score is the logarithm of the probability
            that it is a direct parent. None for another relation.
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
    relation: Relation | None = None
    relation_probabilities: tuple[float, float, float] | None = None
    broader: Candidate | None = None

    def __repr__(self) -> str:
        """One line with the words and the answer, without the candidates."""
        concept = "NIL" if self.answer is None else f"{self.answer.label} ({self.answer.concept})"
        confidence = "" if self.confidence is None else f", confidence {self.confidence:.2f}"
        flags = "".join(f", {name}" for name in ("negated", "uncertain") if getattr(self, name))
        return f"<Link {self.start}–{self.end} {self.text!r}: {concept}{confidence}{flags}>"

    @property
    def relation_confidence(self) -> float | None:
        """The probability of the relation times that of its concept; None where either is unknown.

        The concept of `exact` is the answer, with its confidence; that of `broader` has the probability that it is a
        direct parent; `none` has no concept.
        """
        if self.relation is None or self.relation_probabilities is None:
            return None
        probability = self.relation_probabilities[RELATIONS.index(self.relation)]
        if self.relation == "none":
            return probability
        of_concept = math.exp(self.broader.score) if self.broader else self.confidence
        return None if of_concept is None else probability * of_concept

    def _repr_html_(self) -> str:
        """A table of one row, as notebooks show it."""
        return Links([self])._repr_html_()

    def as_json(self) -> dict[str, Any]:
        """The link as one line of `hyplink link`'s JSON Lines."""
        answer, probabilities = self.answer, self.relation_probabilities
        return {
            "doc": self.doc,
            "start": self.start,
            "end": self.end,
            "spans": self.spans,
            "text": self.text,
            "match": None if self.match is None else self.match.name.lower(),
            "concept": answer.concept if answer else None,
            "label": answer.label if answer else None,
            "matched_name": answer.matched_name if answer else None,
            "scope": answer.scope if answer else None,
            "score": answer.score if answer else None,
            "confidence": self.confidence,
            "confidence_basis": self.confidence_basis,
            "proposed": answer.concept if answer else None,
            "back_off_of": self.back_off_of,
            "depth": self.depth,
            "distance": answer.distance if answer else None,
            "relation": self.relation,
            "relation_probabilities": probabilities and dict(zip(RELATIONS, probabilities, strict=True)),
            "relation_confidence": self.relation_confidence,
            "broader": self.broader.concept if self.broader else None,
            "broader_label": self.broader.label if self.broader else None,
            "negated": self.negated,
            "uncertain": self.uncertain,
            "candidates": [each.as_json() for each in self.candidates],
        }


class Links(list[Link]):
    """The links of a document, in text order: a list that notebooks show as a table."""

    def _repr_html_(self) -> str:
        """A table with the words, the concept and the confidence of each link; of many, the first `SHOWN`."""
        names = ("mention", "concept", "label", "confidence", "")
        heading = "".join(f"<th {LEFT}>{name}</th>" for name in names)
        rows = "".join(f"<tr>{_cells_in_html(each)}</tr>" for each in self[:SHOWN])
        others = f"<p>{len(self):,} links, the first {SHOWN} shown</p>" if len(self) > SHOWN else ""
        if not self:
            return "<p>no links</p>"
        return f"<table><thead><tr>{heading}</tr></thead><tbody>{rows}</tbody></table>{others}"


def _cells_in_html(link: Link) -> str:
    answer = link.answer
    concept, label = ("NIL", "") if answer is None else (answer.concept, answer.label)
    confidence = "" if link.confidence is None else f"{link.confidence:.2f}"
    notes = [name for name, holds in (("negated", link.negated), ("uncertain", link.uncertain)) if holds]
    if link.broader is not None:
        notes.append(f"a kind of {link.broader.label}")
    cells = (link.text, concept, label, confidence, ", ".join(notes))
    return "".join(f"<td {LEFT}>{escape(cell)}</td>" for cell in cells)
