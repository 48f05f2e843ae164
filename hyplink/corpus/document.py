"""A text and the mentions marked in it."""

from dataclasses import dataclass

from hyplink.config import PartOfSpeech

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of a document that speak of a concept.

    Offsets are 0-based, half-open and count Unicode characters of the document's text exactly as given.

    Attributes:
        start: first character of the envelope (of the first span, where there are several).
        end: character after the envelope (after the last span).
        text: the words of the mention; those of a discontinuous one joined by one space.
        parts: the annotated ids as the corpus writes them. Each part is a tuple of alternatives, any of which
            is right. One part is the rule; a composite mention (`A|B`) has several and needs all of them.
            Empty where no id was given.
        spans: the pieces of a discontinuous mention in text order, else None.
        mention_id: the corpus's own id of the mention; empty where it has none.
        lemma: the base form of the words, where the corpus gives it.
        part_of_speech: n, v, a or r, where the corpus gives it.
    """

    start: int
    end: int
    text: str
    parts: tuple[tuple[str, ...], ...] = ()
    spans: tuple[Span, ...] | None = None
    mention_id: str = ""
    lemma: str | None = None
    part_of_speech: PartOfSpeech | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A text, either annotated with mentions or plain.

    In an annotated document, exactly the given mentions are linked. In plain text, mentions are detected.

    Attributes:
        doc_id: the identifier that annotations and links refer to.
        text: the text exactly as given.
        mentions: the annotated mentions, ordered by (start, end); they may nest and overlap. An empty tuple means an
            annotated document without mentions, None means plain text.
    """

    doc_id: str
    text: str
    mentions: tuple[Mention, ...] | None = None

    @property
    def annotated(self) -> bool:
        """Whether the mentions are given; False for plain text."""
        return self.mentions is not None

    def without_annotation(self) -> "Document":
        """The same text as a plain document."""
        return Document(self.doc_id, self.text)
