"""What a corpus held and what its readers put up with: counted, so that nothing is dropped silently."""

from collections import Counter
from dataclasses import dataclass, field

from hyplink.corpus.document import Document
from hyplink.run import counted

READ_BACK_AS_ANNOTATED = "plain-text documents that will be read back as annotated"
"""What writers count where their format cannot mark a document as plain text."""


@dataclass(slots=True)
class CorpusReport:
    """Counts over the documents that were read.

    Attributes:
        n_documents: documents, duplicates left out.
        n_plain: documents of plain text, which have no annotation.
        n_mentions: mentions in them.
        n_composite: mentions that need several concepts.
        n_discontinuous: mentions in several pieces.
        n_alternatives: mentions with a part of which several ids are right.
        n_without_id: mentions to which no id was given.
        noticed: what the readers put up with or passed over, in words, and how often.
    """

    n_documents: int = 0
    n_plain: int = 0
    n_mentions: int = 0
    n_composite: int = 0
    n_discontinuous: int = 0
    n_alternatives: int = 0
    n_without_id: int = 0
    noticed: Counter[str] = field(default_factory=Counter)

    def count(self, document: Document) -> None:
        """Adds a document and its mentions."""
        self.n_documents += 1
        self.n_plain += not document.annotated
        for mention in document.mentions or ():
            self.n_mentions += 1
            self.n_composite += len(mention.parts) > 1
            self.n_discontinuous += mention.spans is not None
            self.n_alternatives += any(len(part) > 1 for part in mention.parts)
            self.n_without_id += not any(mention.parts)

    @property
    def sentence(self) -> str:
        """The counts in one line."""
        kinds = {
            "composite": self.n_composite,
            "discontinuous": self.n_discontinuous,
            "with alternative ids": self.n_alternatives,
            "without an id": self.n_without_id,
        }
        inner = ", ".join(f"{n:,} {kind}" for kind, n in kinds.items() if n)
        plain = f" ({self.n_plain:,} of plain text)" if self.n_plain else ""
        counts = f"{counted(self.n_documents, 'document')}{plain}, {counted(self.n_mentions, 'mention')}"
        counts += f" ({inner})" if inner else ""
        return "; ".join([counts, *(f"{what}: {n:,}" for what, n in self.noticed.items())])
