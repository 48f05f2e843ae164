"""Selects the documents on which mention detection can be trained and evaluated."""

import re
from collections.abc import Iterable, Iterator

from hyplink.corpus.document import Document

_WORD = re.compile(r"\w")


def running_texts(documents: Iterable[Document]) -> list[Document]:
    """The annotated documents with words outside their mentions.

    Plain text has no gold mentions, and a text that consists of its mentions alone has nothing to tell them from.
    """
    return [each for each in documents if each.annotated and any(map(_WORD.search, _outside_mentions(each)))]


def _outside_mentions(document: Document) -> Iterator[str]:
    """The stretches of text that no mention covers."""
    end = 0
    mentions = document.mentions or ()
    for start, stop in sorted(span for each in mentions for span in each.spans or ((each.start, each.end),)):
        yield document.text[end : max(start, end)]
        end = max(stop, end)
    yield document.text[end:]
