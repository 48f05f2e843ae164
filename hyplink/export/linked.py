"""A document and what was found in it, as the writers of links take them."""

from typing import NamedTuple

from hyplink.corpus import Document, Mention
from hyplink.linking.link import Link


class Linked(NamedTuple):
    """A document with its links, ordered by place."""

    document: Document
    links: list[Link]

    def annotated(self) -> Document:
        """The document with its links in the place of its mentions; a mention that is NIL has no id."""
        mentions = tuple(
            Mention(link.start, link.end, link.text, ((link.answer.concept,),) if link.answer else (), link.spans)
            for link in self.links
        )
        return Document(self.document.doc_id, self.document.text, mentions)
