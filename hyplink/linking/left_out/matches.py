"""Dictionary matches of a text that are no mentions, each with the step of detection that left it out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hyplink.corpus.document import Span
from hyplink.linking.left_out.spellings import unmatched_spellings
from hyplink.linking.link import Link
from hyplink.mentions.name_matches import DetectedMention
from hyplink.mentions.spans import SpanFinder


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A name in a text that was not linked.

    Attributes:
        start, end: its characters, from the first to the last.
        text: its words.
        concepts: ids of the concepts that it names.
        reason: why it was not linked.
    """

    start: int
    end: int
    text: str
    concepts: tuple[str, ...]
    reason: str

    def as_json(self) -> dict[str, Any]:
        """The fields; the reason as `left_out`."""
        return {
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "concepts": self.concepts,
            "left_out": self.reason,
        }


def names_left_out(finder: SpanFinder, text: str, links: Sequence[Link]) -> list[LeftOut]:
    """The names in a plain text that were not linked, in text order.

    These are the matches of dictionary lookup, and the names that stand in the text letter case aside without being
    matched. Of several matches of the same characters, the best counts.

    Args:
        finder: found the mentions.
        text: the text.
        links: of the text.
    """
    linked = {_spans(link) for link in links}
    matches: dict[tuple[Span, ...], DetectedMention] = {}
    for match in sorted(finder.detector.matches(text), key=lambda match: match.match):
        matches.setdefault(_spans(match), match)
    unlinked = [match for spans, match in matches.items() if spans not in linked]
    reasons = _Reasons(finder, text, links, unlinked)
    found = [LeftOut(each.start, each.end, each.text, each.candidates, reasons.of(each)) for each in unlinked]
    taken = {(match.start, match.end) for match in matches.values()} | {(link.start, link.end) for link in links}
    found += (
        LeftOut(each.start, each.end, text[each.start : each.end], each.concepts, each.reason)
        for each in unmatched_spellings(text, finder.ontology)
        if (each.start, each.end) not in taken
    )
    return sorted(found, key=lambda each: (each.start, each.end))


class _Reasons:
    """Says why matches were left out."""

    def __init__(
        self, finder: SpanFinder, text: str, links: Sequence[Link], unlinked: Sequence[DetectedMention]
    ) -> None:
        self._finder, self._text, self._links, self._unlinked = finder, text, links, unlinked
        trained = finder.span_detector
        self._probabilities = trained.name_probabilities(text, finder.detector) if trained and unlinked else {}

    def of(self, match: DetectedMention) -> str:
        """The reason of one match."""
        return next(self._all(match))

    def _all(self, match: DetectedMention) -> Iterator[str]:
        for link in self._links:
            if _overlap(match, link):
                yield f"{_inside_or_beside(match, link)} the mention {link.text!r}"
        if self._finder.span_detector is None:
            objection = self._finder.name_only_detector.objection(self._text, match)
            if objection is not None:
                yield objection
        else:
            yield from self._improbable(match, self._finder.span_detector.threshold)
        for other in self._unlinked:
            if other is not match and _overlap(match, other) and _size(other) >= _size(match):
                yield f"{_inside_or_beside(match, other)} {other.text!r}, which was left out itself"
        yield "it does not begin and end with whole words"

    def _improbable(self, match: DetectedMention, threshold: float) -> Iterator[str]:
        probability = self._probabilities.get((match.start, match.end))
        trained = self._finder.span_detector
        if match.spans is not None and trained is not None:
            probability = trained.discontinuous
        if probability is not None and probability <= threshold:
            yield f"the span detector gives it a probability of {probability:.0%}, and needs more than {threshold:.0%}"


def _inside_or_beside(match: DetectedMention, other: DetectedMention | Link) -> str:
    inside = other.start <= match.start and match.end <= other.end
    return "it is inside" if inside else "it overlaps"


def _overlap(match: DetectedMention, other: DetectedMention | Link) -> bool:
    return any(s[0] < o[1] and o[0] < s[1] for s in _spans(match) for o in _spans(other))


def _spans(mention: DetectedMention | Link) -> tuple[Span, ...]:
    return mention.spans or ((mention.start, mention.end),)


def _size(mention: DetectedMention) -> int:
    return sum(end - start for start, end in _spans(mention))
