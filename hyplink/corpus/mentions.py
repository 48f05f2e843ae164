"""CSV and TSV tables of mentions: one mention a row, with or without a context, offsets and concept ids.

The columns are `mention` and optionally `context`, `start`, `spans`, `concepts` and `doc`; others are ignored. Without
a context, the mention itself is the text. Consecutive rows with the same `doc` are mentions of one document if they
repeat its context or leave it empty.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from hyplink.corpus.annotations import in_text_order, mention_at, parts_from_text, text_of_parts
from hyplink.corpus.document import Document, Mention, Span
from hyplink.corpus.lines import Line
from hyplink.corpus.report import READ_BACK_AS_ANNOTATED, CorpusReport
from hyplink.errors import InputError

COLUMNS = ("doc", "mention", "start", "spans", "concepts", "context")
Row = Mapping[str, str]


def delimiter_of(header: str) -> str | None:
    """The delimiter of a table of mentions, by its first line; None if the line is not the header of one."""
    for delimiter in "\t,;":
        cells = next(csv.reader([header], delimiter=delimiter), [])
        if "mention" in (cell.strip().lower() for cell in cells):
            return delimiter
    return None


def documents_of_mentions(lines: Iterable[Line], doc_id: str) -> Iterator[Document]:
    """The documents of a table, one at a time. A row without a `doc` is a document named `doc_id:LINE`.

    Raises:
        InputError: there is no column `mention`, a row has no mention, or offsets do not fit the context (file and
            line).
    """
    lines = iter(lines)
    header = next(lines)
    group: list[tuple[int, Row]] = []
    for number, row in _rows(header, lines):
        if group and not _continues(group[0][1], row):
            yield _document(header, group, doc_id)
            group = []
        group.append((number, row))
    if group:
        yield _document(header, group, doc_id)


def _rows(header: Line, lines: Iterable[Line]) -> Iterator[tuple[int, Row]]:
    """(line number, cells by column) of the rows that are not empty."""
    delimiter = delimiter_of(header.content())
    if delimiter is None:
        raise header.error(f"no column 'mention' in {header.content()[:60]!r}; rename the column of the mentions")
    cells = csv.reader(chain([header.content()], (line.text for line in lines)), delimiter=delimiter, strict=True)
    columns = [each.strip().lower() for each in next(cells)]
    try:
        for row in cells:
            if any(row):
                yield cells.line_num, dict(zip(columns, row, strict=False))
    except csv.Error as error:
        raise InputError.at(header.path, cells.line_num, f"malformed row: {error}") from None


def _continues(first: Row, row: Row) -> bool:
    """Whether a row belongs to the same document as the document's first row."""
    same_context = row.get("context", "") in ("", first.get("context", ""))
    return bool(row.get("doc")) and row.get("doc") == first.get("doc") and same_context


def _document(header: Line, group: Sequence[tuple[int, Row]], doc_id: str) -> Document:
    line, first = group[0]
    text = _text(first)
    mentions: list[Mention] = []
    for number, row in group:
        try:
            mentions += _mentions(row, text)
        except ValueError as error:
            raise InputError.at(header.path, number, str(error)) from None
    return Document(first.get("doc") or f"{doc_id}:{line}", text, in_text_order(mentions))


def _text(row: Row) -> str:
    """The context; if it does not contain the mention, the mention on a line before it."""
    mention, context = row.get("mention", "").strip(), row.get("context", "")
    if _has_offsets(row) or (mention.casefold() in context.casefold() and context):
        return context
    return f"{mention}\n{context}" if context else mention


def _has_offsets(row: Row) -> bool:
    return bool(row.get("start") or row.get("spans"))


def _mentions(row: Row, text: str) -> list[Mention]:
    """The mention of a row; none if the row is that of a document without mentions."""
    mention_text = row.get("mention", "").strip()
    if not mention_text and not _has_offsets(row):
        if row.get("doc") and row.get("context"):
            return []
        raise ValueError("no mention in this row; give it one")
    return [mention_at(text, _spans(row, mention_text, text), parts_from_text(row.get("concepts", "")))]


def _spans(row: Row, mention_text: str, text: str) -> Sequence[Span]:
    if row.get("spans"):
        spans = (span.split("-") for span in row["spans"].split(";"))
        return [(int(start), int(end)) for start, end in spans]
    if row.get("start"):
        start = int(row["start"])
        length = len(row["mention"])
        if text[start : start + length] != row["mention"]:
            raise ValueError(f"{row['mention']!r} is not at offset {start} of the context; count characters from 0")
        return [(start, start + length)]
    start = text.find(mention_text)
    if start < 0:
        start = text.casefold().find(mention_text.casefold())
    if start < 0 or start + len(mention_text) > len(text):
        raise ValueError(f"{mention_text!r} is not in the context of its document; give the row a context of its own")
    return [(start, start + len(mention_text))]


def mention_lines(documents: Iterable[Document], report: CorpusReport) -> Iterator[str]:
    """A TSV table of mentions; `documents_of_mentions` reads the same documents back.

    Every document of a table is annotated: plain text is written as a document without mentions and counted.
    """
    out = io.StringIO()
    rows = csv.writer(out, delimiter="\t", lineterminator="\n")
    quoted = csv.writer(out, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_ALL)
    rows.writerow(COLUMNS)
    for document in documents:
        if not document.annotated:
            report.notices[READ_BACK_AS_ANNOTATED] += 1
        # csv quotes a line feed by itself, but not a lone carriage return, which it then refuses to read
        (quoted if "\r" in document.text else rows).writerows(_cells(document))
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()


def _cells(document: Document) -> Iterator[tuple[str | int, ...]]:
    """The rows of a document. The first has the context; a document without mentions has a row for it alone."""
    if not document.mentions:
        yield document.doc_id, "", "", "", "", document.text
    for number, mention in enumerate(document.mentions or ()):
        spans = ";".join(f"{start}-{end}" for start, end in mention.spans or ())
        ids, context = text_of_parts(mention.parts), document.text if number == 0 else ""
        yield document.doc_id, mention.text, "" if spans else mention.start, spans, ids, context
