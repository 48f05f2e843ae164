"""Mention spans with the context needed to link them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from hyplink.corpus import Document, Mention
from hyplink.corpus.document import Span
from hyplink.encoders import Passage, passage_of
from hyplink.mentions.abbreviations import Expansions
from hyplink.mentions.assertion import Assertion, assertions_of
from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.mentions.filters import NameOnlyDetector
from hyplink.mentions.learned import Prefer, SpanDetector
from hyplink.mentions.lexicon import Lexicon, WordUse, used_word
from hyplink.mentions.match import Match
from hyplink.mentions.name_matches import DetectedMention
from hyplink.names.corrections import NO_CORRECTIONS, Corrections
from hyplink.names.normal_forms import normal_text, tokens_of
from hyplink.ontology import Ontology

CHARACTERS_AT_A_TIME = 1 << 16
"""Characters of documents that are searched together."""

AFFIRMED = Assertion(negated=False, uncertain=False)


class MentionSpan(NamedTuple):
    """A mention to be linked.

    Attributes:
        doc, start, end, spans, text: the document, the characters and the words of the mention.
        passage: what the encoder reads.
        named: ids of the concepts by whose names it was found.
        match: how it matches them; None for a mention that was given.
        mention_probability: the probability that it is a mention at all; 1 for a mention that was given.
        assertion: whether the text negates it or is uncertain of it.
        use: the word of a lexicon that it uses.
        means_nothing: whether its surface form was corrected to no concept, or has neither letters nor digits.
        document_text: the text of the whole document.
    """

    doc: str
    start: int
    end: int
    spans: tuple[Span, ...] | None
    text: str
    passage: Passage
    named: tuple[str, ...]
    match: Match | None
    mention_probability: float = 1.0
    assertion: Assertion = AFFIRMED
    use: WordUse | None = None
    means_nothing: bool = False
    document_text: str = ""


@dataclass(frozen=True)
class SpanFinder:
    """Finds the mention spans of documents: those of an annotated document, or those detected in plain text.

    Attributes:
        ontology: the concepts.
        window: words of context on each side of a mention.
        detector: finds names in text.
        span_detector: trained on annotated documents; None where mentions are detected by their names alone.
        lexicon: the words of a lexicon and their senses; None where the ontology is no lexicon.
        corrections: of the meanings of surface forms. A detected surface form that means nothing is no mention.
    """

    ontology: Ontology
    window: int
    detector: DictionaryDetector
    span_detector: SpanDetector | None
    lexicon: Lexicon | None
    corrections: Corrections = NO_CORRECTIONS

    def find(self, document: Document, *, nested: bool = False, prefer: Prefer = "balanced") -> list[MentionSpan]:
        """The mention spans of a document, in text order.

        Args:
            document: one with annotation gives its own mentions; in one without, mentions are detected.
            nested: detect mentions within other mentions too.
            prefer: what a span detector prefers where it must choose; without one every name is a mention.
        """
        return self.find_many([document], nested=nested, prefer=prefer)[0]

    def find_many(
        self, documents: Sequence[Document], *, nested: bool = False, prefer: Prefer = "balanced"
    ) -> list[list[MentionSpan]]:
        """The mention spans of each document, as `find` gives them; several times faster than one at a time."""
        found: list[list[MentionSpan]] = []
        for group in _groups(documents):
            plain = [document for document in group if document.mentions is None]
            detected = iter(self._detected(plain, nested=nested, prefer=prefer))
            found.extend(
                self._spans(document, next(detected)) if document.mentions is None else self._given(document)
                for document in group
            )
        return found

    @cached_property
    def name_only_detector(self) -> NameOnlyDetector:
        """Detects mentions by names alone."""
        return NameOnlyDetector(self.ontology, self.detector)

    def _detected(self, documents: Sequence[Document], *, nested: bool, prefer: Prefer) -> list[list[DetectedMention]]:
        texts = [document.text for document in documents]
        if self.span_detector is None:
            detected = self.name_only_detector.mentions_of(texts, nested=nested)
        else:
            detected = self.span_detector.mentions_of(texts, self.detector, nested=nested, prefer=prefer)
        return [[each for each in found if not self.corrections.mean_nothing(each.name_text)] for found in detected]

    def _spans(self, document: Document, detected: Sequence[DetectedMention]) -> list[MentionSpan]:
        """The spans of the mentions detected in a document."""
        assertions = assertions_of(document.text, [(mention.start, mention.end) for mention in detected])
        return [
            self._span(document, mention, self._read_as(mention), self._concepts_of(mention), mention.match, assertion)
            for mention, assertion in zip(detected, assertions, strict=True)
        ]

    def _given(self, document: Document) -> list[MentionSpan]:
        """The spans of the mentions that an annotated document gives."""
        mentions, expansions = document.mentions or (), Expansions.from_text(document.text, self.detector.abbreviations)
        assertions = assertions_of(document.text, [(mention.start, mention.end) for mention in mentions])
        return [
            self._span(document, mention, expansions.expanded(mention.text), (), None, assertion)
            for mention, assertion in zip(mentions, assertions, strict=True)
        ]

    def _read_as(self, mention: DetectedMention) -> str:
        """The words that were matched, unless they differ only in hyphens from a name of the concept in the text.

        Lookup joins `alpha-beta` to `alphabeta` if any name has that word.
        """
        words, matched = mention.text, mention.name_text
        if words == matched or mention.match > Match.NORMALISED or _letters(words) != _letters(matched):
            return matched
        written = normal_text(words)
        names = (name for each in mention.candidates for name in self.ontology.concepts[each].names())
        return words if any(normal_text(name) == written for name in names) else matched

    def _concepts_of(self, mention: DetectedMention) -> tuple[str, ...]:
        """The concepts whose names a detected mention matches, without those that it was corrected not to mean."""
        return tuple(self.corrections.corrected(mention.name_text, self._matched_concepts(mention)))

    def _matched_concepts(self, mention: DetectedMention) -> tuple[str, ...]:
        """The concepts whose names a detected mention matches; for a reworded match, only the most general of them.

        In a reworded match, words of the name were replaced by synonyms. That does not distinguish a concept from its
        ancestors, so the ancestor is the safer answer.
        """
        if mention.match is not Match.REWORDED or len(mention.candidates) == 1:
            return mention.candidates
        candidates = set(mention.candidates)
        return tuple(
            concept for concept in mention.candidates if len(candidates & self.ontology.ancestors(concept).keys()) == 1
        )

    def _span(
        self,
        document: Document,
        mention: Mention | DetectedMention,
        text: str,
        named: tuple[str, ...],
        match: Match | None,
        assertion: Assertion,
    ) -> MentionSpan:
        """The span of a mention, whose words read `text` with abbreviations expanded."""
        start, end = mention.start, mention.end
        passage = passage_of(document.text, start, end, text, self.window)
        use = used_word(document, mention, self.lexicon) if self.lexicon else None
        probability = mention.mention_probability if isinstance(mention, DetectedMention) else 1.0
        has_words = isinstance(mention, DetectedMention) or bool(tokens_of(text))
        return MentionSpan(
            document.doc_id,
            start,
            end,
            mention.spans,
            mention.text,
            passage,
            named,
            match,
            probability,
            assertion,
            use,
            not has_words or self.corrections.mean_nothing(text),
            document.text,
        )


def _letters(text: str) -> str:
    """The letters and digits of a text."""
    return "".join(filter(str.isalnum, text))


def _groups(documents: Sequence[Document]) -> Iterator[Sequence[Document]]:
    """The documents in groups that are searched together: many short ones, or a long one by itself."""
    start = length = 0
    for end, document in enumerate(documents, start=1):
        length += len(document.text)
        if length >= CHARACTERS_AT_A_TIME or end == len(documents):
            yield documents[start:end]
            start, length = end, 0
