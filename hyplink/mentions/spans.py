"""Where the mentions of a document stand, and what is to be known of each before it is linked."""

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
from hyplink.mentions.lexicon import Lexicon, Use, used_word
from hyplink.mentions.match import Match
from hyplink.ontology import Ontology

AFFIRMED = Assertion(negated=False, uncertain=False)


@dataclass(frozen=True, slots=True)
class Place:
    """A mention to be linked.

    Attributes:
        doc, start, end, spans, text: where it stands, and its words.
        passage: what the encoder reads.
        named: ids of the concepts whose names it was found by.
        match: how it matches them; None for a mention that was given.
        chance: that it is a mention at all.
        assertion: whether the text denies or doubts it.
        use: the word of a lexicon that it uses.
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
    use: Use | None = None


@dataclass(frozen=True)
class Places:
    """Finds the places of mentions: those of an annotated document, or those that are found in plain text.

    Attributes:
        ontology: the concepts.
        window: words of context on each side of a mention.
        detector: finds names in text.
        span_detector: says which words are mentions; None where names alone do.
        lexicon: tells which word a mention uses; None where the ontology is no lexicon.
    """

    ontology: Ontology
    window: int
    detector: DictionaryDetector
    span_detector: SpanDetector | None
    lexicon: Lexicon | None

    def of(self, document: Document, *, nested: bool = False) -> list[Place]:
        """The places of a document's mentions, in order."""
        if document.mentions is not None:
            expansions = Expansions.from_text(document.text)
            places = [
                self._place(document, each, expansions.expanded(each.text), (), None) for each in document.mentions
            ]
        else:
            places = self._found_places(document, nested=nested)
        assertions = assertions_of(document.text, [(place.start, place.end) for place in places])
        return [replace(place, assertion=each) for place, each in zip(places, assertions, strict=True)]

    @cached_property
    def _names_alone(self) -> NameOnlyDetector:
        return NameOnlyDetector(self.ontology, self.detector)

    def _found_places(self, document: Document, *, nested: bool) -> list[Place]:
        if self.span_detector is None:
            found = self._names_alone.mentions(document.text, nested=nested)
        else:
            found = self.span_detector.mentions(document.text, self.detector, nested=nested)
        return [
            replace(
                self._place(document, each, each.name_text, self._named(each), each.match),
                mention_probability=each.mention_probability,
            )
            for each in found
        ]

    def _named(self, found: DetectedMention) -> tuple[str, ...]:
        """The concepts that a found mention may mean: in other words than theirs, none below another of them.

        Words that the ontology merely uses for a name's say too little to tell a concept from what it is a kind of.
        """
        if found.match is not Match.REWORDED or len(found.candidates) == 1:
            return found.candidates
        among = set(found.candidates)
        return tuple(each for each in found.candidates if len(among & self.ontology.ancestors(each).keys()) == 1)

    def _place(
        self,
        document: Document,
        mention: Mention | DetectedMention,
        read_as: str,
        named: tuple[str, ...],
        match: Match | None,
    ) -> Place:
        start, end = mention.start, mention.end
        passage = passage_of(document.text, start, end, read_as, self.window)
        use = used_word(document, mention, self.lexicon) if self.lexicon else None
        return Place(document.doc_id, start, end, mention.spans, mention.text, passage, named, match, use=use)
