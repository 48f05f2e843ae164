"""Mention spans with the context needed to link them."""

from dataclasses import dataclass, replace
from functools import cached_property

from hyplink.corpus import Document, Mention
from hyplink.corpus.document import Span
from hyplink.encoders import Passage, passage_of
from hyplink.mentions.assertion import Assertion, assertions_of
from hyplink.mentions.dictionary import DetectedMention, DictionaryDetector
from hyplink.mentions.expansions import Expansions
from hyplink.mentions.filters import NameOnlyDetector
from hyplink.mentions.learned import SpanDetector
from hyplink.mentions.lexicon import Lexicon, WordUse, used_word
from hyplink.mentions.match import Match
from hyplink.names.corrections import NO_CORRECTIONS, Corrections
from hyplink.ontology import Ontology

AFFIRMED = Assertion(negated=False, uncertain=False)


@dataclass(frozen=True, slots=True)
class MentionSpan:
    """A mention to be linked.

    Attributes:
        doc, start, end, spans, text: the document, the characters and the words of the mention.
        passage: what the encoder reads.
        named: ids of the concepts by whose names it was found.
        match: how it matches them; None for a mention that was given.
        mention_probability: the probability that it is a mention at all; 1 for a mention that was given.
        assertion: whether the text negates it or is uncertain of it.
        use: the word of a lexicon that it uses.
        means_nothing: whether its surface form was corrected to no concept.
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

    def find(self, document: Document, *, nested: bool = False) -> list[MentionSpan]:
        """The mention spans of a document, in text order.

        Args:
            document: one with annotation gives its own mentions; in one without, mentions are detected.
            nested: detect mentions within other mentions too.
        """
        if document.mentions is None:
            spans = self._detected(document, nested=nested)
        else:
            expansions = Expansions.from_text(document.text)
            spans = [
                self._span(document, mention, expansions.expanded(mention.text), (), None)
                for mention in document.mentions
            ]
        assertions = assertions_of(document.text, [(span.start, span.end) for span in spans])
        return [replace(span, assertion=assertion) for span, assertion in zip(spans, assertions, strict=True)]

    @cached_property
    def name_only_detector(self) -> NameOnlyDetector:
        """Detects mentions by names alone."""
        return NameOnlyDetector(self.ontology, self.detector)

    def _detected(self, document: Document, *, nested: bool) -> list[MentionSpan]:
        if self.span_detector is None:
            detected = self.name_only_detector.mentions(document.text, nested=nested)
        else:
            detected = self.span_detector.mentions(document.text, self.detector, nested=nested)
        return [
            self._span(document, mention, mention.name_text, self._concepts_of(mention), mention.match)
            for mention in detected
            if not self.corrections.mean_nothing(mention.name_text)
        ]

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
    ) -> MentionSpan:
        """The span of a mention, whose words read `text` with abbreviations expanded."""
        start, end = mention.start, mention.end
        passage = passage_of(document.text, start, end, text, self.window)
        use = used_word(document, mention, self.lexicon) if self.lexicon else None
        probability = mention.mention_probability if isinstance(mention, DetectedMention) else 1.0
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
            use=use,
            means_nothing=self.corrections.mean_nothing(text),
        )
