"""Documents and the mentions in them; readers and writers of annotated and plain text."""

from hyplink.corpus.document import Document, Mention

__all__ = ["Document", "Mention"]
