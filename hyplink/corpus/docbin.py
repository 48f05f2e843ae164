"""spaCy's DocBin (`.spacy`): documents with their mentions as spans.

hyplink writes every mention to the span group `hyplink`, with its ids in `kb_id_`, and those that do not overlap to
`doc.ents` too. It reads that group or, where there is none, `doc.ents`. A document is annotated if it has that group or
if its entities were set, even to none; otherwise it is plain text.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from hyplink.corpus.document import Document, Mention
from hyplink.corpus.marking import in_text_order, items_in, mention_of, parts_of, text_of_parts
from hyplink.errors import InputError

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span
    from spacy.vocab import Vocab

GROUP = "hyplink"
LABEL = "Concept"
_TOKEN = re.compile(r"\s|\w+|[^\w\s]")


def documents_of_docbin(content: bytes, path: str, doc_id: str) -> Iterator[Document]:
    """The documents of a DocBin. One that has no `doc` among its user data is named `doc_id:1`, `doc_id:2`, ….

    Raises:
        InputError: spaCy is not installed, or the content is no DocBin.
    """
    _require_spacy()
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab

    try:
        docs = list(DocBin().from_bytes(content).get_docs(Vocab()))
    except Exception as error:
        raise InputError.at(path, None, f"cannot be read as a DocBin: {error}; wanted what spaCy writes") from None
    for number, doc in enumerate(docs, start=1):
        yield _document(doc, f"{doc_id}:{number}")


def _document(doc: "Doc", doc_id: str) -> Document:
    doc_id = str(doc.user_data.get("doc", doc_id))
    if GROUP not in doc.spans and not doc.has_annotation("ENT_IOB"):
        return Document(doc_id, doc.text)
    group = list(doc.spans[GROUP]) if GROUP in doc.spans else list(doc.ents)
    pieces = doc.user_data.get("pieces") or [None] * len(group)
    mentions = [_mention(doc.text, span, each) for span, each in zip(group, pieces, strict=True)]
    return Document(doc_id, doc.text, in_text_order(mentions))


def _mention(text: str, span: "Span", pieces: list[list[int]] | None) -> Mention:
    spans = [(start, end) for start, end in pieces] if pieces else [(span.start_char, span.end_char)]
    return mention_of(text, spans, parts_of(items_in(span.kb_id_)))


def docbin_bytes(documents: Iterable[Document]) -> bytes:
    """The documents as a DocBin; `documents_of_docbin` reads the same documents back.

    Tokens are runs of letters and digits, and cut where a mention begins or ends.

    Raises:
        InputError: spaCy is not installed.
    """
    _require_spacy()
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab

    vocab = Vocab()
    return bytes(DocBin(store_user_data=True, docs=(_doc(vocab, document) for document in documents)).to_bytes())


def _doc(vocab: "Vocab", document: Document) -> "Doc":
    from spacy.tokens import Doc, Span
    from spacy.util import filter_spans

    words, first_at, end_at = _tokens(document)
    doc = Doc(vocab, words=words, spaces=[False] * len(words))
    doc.user_data["doc"] = document.doc_id
    if document.mentions is None:
        return doc
    spans = [
        Span(doc, first_at[each.start], end_at[each.end], label=LABEL, kb_id=text_of_parts(each.parts))
        for each in document.mentions
    ]
    doc.spans[GROUP] = spans
    doc.ents = filter_spans(spans)
    if any(each.spans for each in document.mentions):
        doc.user_data["pieces"] = [each.spans and [list(span) for span in each.spans] for each in document.mentions]
    return doc


def _tokens(document: Document) -> tuple[list[str], dict[int, int], dict[int, int]]:
    """The tokens, and the number of the token that begins, and of the one after that which ends, at a character."""
    text = document.text
    cuts = {0, len(text)}.union(*((each.start, each.end) for each in document.mentions or ()))
    places = [
        (start + found.start(), start + found.end())
        for start, end in pairwise(sorted(cuts))
        for found in _TOKEN.finditer(text[start:end])
    ]
    words = [text[start:end] for start, end in places]
    first_at = {start: number for number, (start, _) in enumerate(places)}
    return words, first_at, {end: number + 1 for number, (_, end) in enumerate(places)}


def _require_spacy() -> None:
    try:
        import spacy  # noqa: F401
    except ModuleNotFoundError:
        raise InputError("DocBin is spaCy's format, and spaCy is missing: pip install 'hyplink[spacy]'") from None
