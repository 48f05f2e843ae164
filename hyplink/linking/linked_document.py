"""A document with its links: the input of all link writers."""

from typing import NamedTuple

from hyplink.corpus import Document, Mention
from hyplink.linking.link import Link


class LinkedDocument(NamedTuple):
    """A document with its links in text order."""

    document: Document
    links: list[Link]

    def annotated(self) -> Document:
        """The document with its mentions replaced by the links; a NIL link becomes a mention without concept ids."""
        mentions = tuple(
            Mention(link.start, link.end, link.text, ((link.answer.concept,),) if link.answer else (), link.spans)
            for link in self.links
        )
        return Document(self.document.doc_id, self.document.text, mentions)
