"""A text and the mentions annotated in it."""

from dataclasses import dataclass, field, replace

from hyplink.config import PartOfSpeech

Span = tuple[int, int]
Parts = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A part of a document that refers to a concept.

    Offsets are 0-based, half-open and count Unicode characters of the document's text exactly as given.

    Attributes:
        start: first character of the mention.
        end: the character after its last one.
        text: the text of the mention; the spans of a discontinuous mention are joined by one space.
        parts: the annotated ids as the corpus writes them. Each part is a tuple of alternatives, any of which is
            right. Most mentions have one part. A composite mention (`A|B`) has several and needs all of them. Empty if
            no id was given.
        spans: the spans of a discontinuous mention in text order, otherwise None.
        mention_id: the corpus's own id of the mention, or an empty string.
        lemma: the lemma, if the corpus gives it.
        part_of_speech: n, v, a or r, if the corpus gives it.
        columns: (heading, cell) of the other columns of its row, if it was read from a table.
        proposed: what `hyplink link` linked it to, in the form of `parts`, if it was read from links; otherwise None.
        checked: whether a reviewer marked the link as checked.
    """

    start: int
    end: int
    text: str
    parts: Parts = ()
    spans: tuple[Span, ...] | None = None
    mention_id: str = ""
    lemma: str | None = None
    part_of_speech: PartOfSpeech | None = None
    columns: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    proposed: Parts | None = field(default=None, compare=False)
    checked: bool = field(default=False, compare=False)

    @property
    def corrected(self) -> bool:
        """Whether it was linked to something else than it is annotated with."""
        return self.proposed is not None and self.proposed != self.parts

    @property
    def decided(self) -> bool:
        """Whether its annotation is an annotator's decision, and not a link that was left as it was."""
        return self.proposed is None or self.corrected or self.checked


@dataclass(frozen=True, slots=True)
class Document:
    """A text, either annotated with mentions or plain.

    In an annotated document, exactly the given mentions are linked. In plain text, mentions are detected.

    Attributes:
        doc_id: the identifier that annotations and links refer to.
        text: the text exactly as given.
        mentions: the annotated mentions, ordered by (start, end); they may nest and overlap. An empty tuple means an
            annotated document without mentions, None means plain text.
        columns: (heading, cell) of the other columns of its row, if it was read from a table of texts.
    """

    doc_id: str
    text: str
    mentions: tuple[Mention, ...] | None = None
    columns: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    @property
    def annotated(self) -> bool:
        """Whether the mentions are given; False for plain text."""
        return self.mentions is not None

    def with_decided_mentions(self) -> "Document":
        """The same document without the mentions whose links were left as they were."""
        mentions = self.mentions and tuple(each for each in self.mentions if each.decided)
        return replace(self, mentions=mentions)

    def without_annotation(self) -> "Document":
        """The same text as a plain document."""
        return Document(self.doc_id, self.text)
