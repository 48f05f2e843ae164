"""Which documents are running text, and which are nothing but their mentions."""

import re
from collections.abc import Iterable, Iterator

from hyplink.corpus.document import Document

_WORD = re.compile(r"\w")


def running_texts(documents: Iterable[Document]) -> list[Document]:
    """The documents with words outside their mentions; in the others there is nothing to find mentions in."""
    return [document for document in documents if any(_WORD.search(piece) for piece in _between(document))]


def _between(document: Document) -> Iterator[str]:
    """The stretches of text that no mention covers."""
    end = 0
    for start, stop in sorted(span for each in document.mentions for span in each.spans or ((each.start, each.end),)):
        yield document.text[end : max(start, end)]
        end = max(stop, end)
    yield document.text[end:]
