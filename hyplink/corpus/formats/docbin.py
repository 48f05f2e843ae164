"""spaCy's DocBin (`.spacy`): documents with their mentions as spans.

hyplink writes every mention to the span group `hyplink`, with its ids in `kb_id_`, and those that do not overlap to
`doc.ents` as well. It reads that group or, if there is none, `doc.ents`. A document is annotated if it has that group
or if its entities were set, even to none; otherwise it is plain text.
"""

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from hyplink.corpus.annotations import in_text_order, mention_at, parts_from_text, text_of_parts
from hyplink.corpus.document import Document, Mention
from hyplink.corpus.report import CorpusReport
from hyplink.errors import InputError
from hyplink.reading.compressed import too_large, unpacked_limit

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span
    from spacy.vocab import Vocab

GROUP = "hyplink"
LABEL = "Concept"
DISCONTINUOUS_SPANS = "pieces"
"""The key in a document's user data for the spans of discontinuous mentions, which spaCy's spans cannot represent."""

_TOKEN = re.compile(r"\s|\w+|[^\w\s]")


def documents_of_docbin(content: bytes, path: str, doc_id: str) -> Iterator[Document]:
    """The documents of a DocBin. One without the key `doc` in its user data is named `doc_id:1`, `doc_id:2`, ….

    Raises:
        InputError: spaCy is not installed, or the content is not a DocBin.
    """
    _require_spacy()
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab

    try:
        _check_size(content)
        docs = list(DocBin().from_bytes(content).get_docs(Vocab()))
    except Exception as error:
        raise _unreadable(path, error) from None
    for number, doc in enumerate(docs, start=1):
        try:
            document = _document(doc, f"{doc_id}:{number}")
        except (TypeError, ValueError, LookupError) as error:  # of user data, or strings that the file does not hold
            raise _unreadable(path, error) from None
        yield document


def _unreadable(path: str, error: Exception) -> InputError:
    reason = getattr(error, "strerror", None) or error
    return InputError.at(path, None, f"cannot be read as a DocBin: {reason}; expected a file that spaCy wrote")


def _check_size(content: bytes) -> None:
    """Checks what a DocBin unpacks to, without unpacking more than that.

    Raises:
        TooLargeError: it is more than the limit of compressed files.
        zlib.error: the content is damaged.
    """
    limit, unpacked, unpacker = unpacked_limit(len(content)), 0, zlib.decompressobj()
    while content and not unpacker.eof:
        unpacked += len(unpacker.decompress(content, 2**20))
        content = unpacker.unconsumed_tail
        if unpacked > limit:
            raise too_large(limit)


def _document(doc: "Doc", doc_id: str) -> Document:
    doc_id = str(doc.user_data.get("doc", doc_id))
    if GROUP not in doc.spans and not doc.has_annotation("ENT_IOB"):
        return Document(doc_id, doc.text)
    group = list(doc.spans[GROUP]) if GROUP in doc.spans else list(doc.ents)
    spans_of_each = doc.user_data.get(DISCONTINUOUS_SPANS) or [None] * len(group)
    mentions = [_mention(doc.text, span, spans) for span, spans in zip(group, spans_of_each, strict=True)]
    return Document(doc_id, doc.text, in_text_order(mentions))


def _mention(text: str, whole: "Span", spans: Sequence[Sequence[int]] | None) -> Mention:
    if spans and not all(isinstance(offset, int) for span in spans for offset in span):
        raise ValueError(f"{DISCONTINUOUS_SPANS} of the user data are not pairs of offsets")
    offsets = [(start, end) for start, end in spans] if spans else [(whole.start_char, whole.end_char)]
    return mention_at(text, offsets, parts_from_text(whole.kb_id_))


def docbin_bytes(documents: Iterable[Document], report: CorpusReport) -> bytes:
    """The documents as a DocBin; `documents_of_docbin` reads the same documents back.

    A token is a sequence of letters and digits or any other single character, split where a mention begins or ends.

    Raises:
        InputError: spaCy is not installed, or a concept id contains a semicolon and `report` does not pass the document
            over.
    """
    _require_spacy()
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab

    vocab, docs = Vocab(), DocBin(store_user_data=True)
    for document in documents:
        try:
            docs.add(_doc(vocab, document))
        except InputError as error:
            report.pass_over(document, error)
    return bytes(docs.to_bytes())


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
        doc.user_data[DISCONTINUOUS_SPANS] = [
            each.spans and [list(span) for span in each.spans] for each in document.mentions
        ]
    return doc


def _tokens(document: Document) -> tuple[list[str], dict[int, int], dict[int, int]]:
    """The tokens; the number of the token that begins at each offset; one plus that of the token that ends there."""
    text = document.text
    cuts = {0, len(text)}.union(*((each.start, each.end) for each in document.mentions or ()))
    offsets = [
        (start + found.start(), start + found.end())
        for start, end in pairwise(sorted(cuts))
        for found in _TOKEN.finditer(text[start:end])
    ]
    words = [text[start:end] for start, end in offsets]
    first_at = {start: number for number, (start, _) in enumerate(offsets)}
    return words, first_at, {end: number + 1 for number, (_, end) in enumerate(offsets)}


def _require_spacy() -> None:
    try:
        import spacy  # noqa: F401
    except ModuleNotFoundError:
        raise InputError("DocBin is spaCy's format, and spaCy is missing: pip install spacy") from None
