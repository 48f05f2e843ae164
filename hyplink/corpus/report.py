"""Counts of what a corpus contains and of what its readers ignored or tolerated, so that nothing is lost silently."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from hyplink.corpus.document import Document
from hyplink.errors import InputError
from hyplink.run import counted

READ_BACK_AS_ANNOTATED = "plain-text documents that will be read back as annotated"
"""What writers count if their format cannot mark a document as plain text."""


@dataclass(slots=True)
class CorpusReport:
    """Counts over the documents that were read.

    Attributes:
        n_documents: documents, without duplicates.
        n_plain: documents of plain text, which have no annotation.
        n_mentions: mentions in the documents.
        n_composite: mentions that need several concepts.
        n_discontinuous: mentions with several spans.
        n_alternatives: mentions for which several ids are right.
        n_without_id: mentions without an id.
        notices: how often readers or writers ignored, tolerated or changed something, by description.
        skip: is called with the error of an invalid file of an archive, and with the number of its documents that were
            read before; the rest of the file is then passed over. None: the error is raised.
        skip_document: is called with the error of a document that the format of the output cannot represent, which is
            then passed over. None: the error is raised.
        n_unwritten: documents that were passed over for that reason.
    """

    n_documents: int = 0
    n_plain: int = 0
    n_mentions: int = 0
    n_composite: int = 0
    n_discontinuous: int = 0
    n_alternatives: int = 0
    n_without_id: int = 0
    notices: Counter[str] = field(default_factory=Counter)
    skip: Callable[[InputError, int], None] | None = None
    skip_document: Callable[[InputError], None] | None = None
    n_unwritten: int = 0

    def count(self, document: Document) -> None:
        """Adds a document and its mentions to the counts."""
        self.n_documents += 1
        self.n_plain += not document.annotated
        for mention in document.mentions or ():
            self.n_mentions += 1
            self.n_composite += len(mention.parts) > 1
            self.n_discontinuous += mention.spans is not None
            self.n_alternatives += any(len(part) > 1 for part in mention.parts)
            self.n_without_id += not any(mention.parts)

    def pass_over(self, document: Document, error: InputError) -> None:
        """Passes over a document that the format of the output cannot represent.

        Raises:
            InputError: the error, if no document is to be passed over.
        """
        if self.skip_document is None:
            raise error
        self.n_unwritten += 1
        self.skip_document(InputError(f"document {document.doc_id!r} is not written: {error}"))

    @property
    def sentence(self) -> str:
        """The counts in one line."""
        kinds = {
            "composite": self.n_composite,
            "discontinuous": self.n_discontinuous,
            "with alternative ids": self.n_alternatives,
            "without an id": self.n_without_id,
        }
        details = ", ".join(f"{n:,} {kind}" for kind, n in kinds.items() if n)
        plain = f" ({self.n_plain:,} of plain text)" if self.n_plain else ""
        counts = f"{counted(self.n_documents, 'document')}{plain}, {counted(self.n_mentions, 'mention')}"
        counts += f" ({details})" if details else ""
        return "; ".join([counts, *(f"{description}: {n:,}" for description, n in self.notices.items())])
