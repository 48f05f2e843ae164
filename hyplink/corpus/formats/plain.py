"""Plain text: one file is one document, which is not annotated."""

from collections.abc import Iterable

from hyplink.corpus.document import Document
from hyplink.corpus.lines import Line


def document_of_text(lines: Iterable[Line], doc_id: str) -> Document:
    """The document of a plain text, exactly as given.

    Raises:
        InputError: the text contains a NUL character, as binary files do.
    """
    texts = []
    for line in lines:
        if "\0" in line.text:
            raise line.error("NUL character: this is a binary file; expected plain text")
        texts.append(line.text)
    return Document(doc_id, "".join(texts))
