"""CSV and TSV tables of mentions: a row a mention, with or without a context, a place and the ids of its concepts.

Columns are known by their headings: `mention`, and if there are any `context`, `start`, `spans`, `concepts` and `doc`.
Others are passed over. Without a context the mention is its own. Rows of one `doc` in a row that have its context, or
leave theirs empty, are mentions of one document.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from hyplink.corpus.document import Document, Mention, Span
from hyplink.corpus.lines import Line
from hyplink.corpus.marking import in_text_order, items_in, mention_of, parts_of, text_of_parts
from hyplink.corpus.report import READ_BACK_AS_ANNOTATED, CorpusReport
from hyplink.errors import InputError

COLUMNS = ("doc", "mention", "start", "spans", "concepts", "context")
Row = Mapping[str, str]


def delimiter_of(header: str) -> str | None:
    """What stands between the cells of a table of mentions, by its first line; None where it is none."""
    for delimiter in "\t,;":
        cells = next(csv.reader([header], delimiter=delimiter), [])
        if "mention" in (cell.strip().lower() for cell in cells):
            return delimiter
    return None


def documents_of_mentions(lines: Iterable[Line], doc_id: str) -> Iterator[Document]:
    """The documents of a table, one at a time. A row without a `doc` is a document named `doc_id:LINE`.

    Raises:
        InputError: no column is headed `mention`, a row has none, or a place does not fit the context (file and line).
    """
    lines = iter(lines)
    first = next(lines)
    group: list[tuple[int, Row]] = []
    for number, row in _rows(first, lines):
        if group and not _is_of_one_document(group[0][1], row):
            yield _document(first, group, doc_id)
            group = []
        group.append((number, row))
    if group:
        yield _document(first, group, doc_id)


def _rows(first: Line, further: Iterable[Line]) -> Iterator[tuple[int, Row]]:
    """(line number, cells by heading) of the rows that are not empty."""
    delimiter = delimiter_of(first.content())
    if delimiter is None:
        raise first.error(f"no column 'mention' in {first.content()[:60]!r}; head the column of the mentions so")
    cells = csv.reader(chain([first.content()], (line.text for line in further)), delimiter=delimiter, strict=True)
    heading = [each.strip().lower() for each in next(cells)]
    try:
        for row in cells:
            if any(row):
                yield cells.line_num, dict(zip(heading, row, strict=False))
    except csv.Error as error:
        raise InputError.at(first.path, cells.line_num, f"no row of a table: {error}") from None


def _is_of_one_document(first: Row, row: Row) -> bool:
    """Whether a row goes on with the document that another begins."""
    same_context = row.get("context", "") in ("", first.get("context", ""))
    return bool(row.get("doc")) and row.get("doc") == first.get("doc") and same_context


def _document(head: Line, group: Sequence[tuple[int, Row]], doc_id: str) -> Document:
    line, first = group[0]
    text = _text(first)
    mentions: list[Mention] = []
    for number, row in group:
        try:
            mentions += _mentions(row, text)
        except ValueError as error:
            raise InputError.at(head.path, number, str(error)) from None
    return Document(first.get("doc") or f"{doc_id}:{line}", text, in_text_order(mentions))


def _text(row: Row) -> str:
    """The context; where it lacks the mention, the mention on a line before it."""
    mention, context = row.get("mention", "").strip(), row.get("context", "")
    if _has_place(row) or (mention.casefold() in context.casefold() and context):
        return context
    return f"{mention}\n{context}" if context else mention


def _has_place(row: Row) -> bool:
    return bool(row.get("start") or row.get("spans"))


def _mentions(row: Row, text: str) -> list[Mention]:
    """The mention of a row; none where the row stands for a document without any."""
    words = row.get("mention", "").strip()
    if not words and not _has_place(row):
        if row.get("doc") and row.get("context"):
            return []
        raise ValueError("no mention in this row; give it one")
    return [mention_of(text, _spans(row, words, text), parts_of(items_in(row.get("concepts", ""))))]


def _spans(row: Row, words: str, text: str) -> Sequence[Span]:
    if row.get("spans"):
        pieces = (piece.split("-") for piece in row["spans"].split(";"))
        return [(int(start), int(end)) for start, end in pieces]
    if row.get("start"):
        start = int(row["start"])
        length = len(row["mention"])
        if text[start : start + length] != row["mention"]:
            raise ValueError(f"{row['mention']!r} does not stand at {start} of the context; count characters from 0")
        return [(start, start + length)]
    start = max(text.find(words), text.casefold().find(words.casefold()) if words not in text else -1)
    if start < 0 or start + len(words) > len(text):
        raise ValueError(f"{words!r} does not stand in the context of its document; give the row a context of its own")
    return [(start, start + len(words))]


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
            report.noticed[READ_BACK_AS_ANNOTATED] += 1
        # csv quotes line feeds where they are needed, but not a carriage return of old texts, which it refuses to read
        (quoted if "\r" in document.text else rows).writerows(_cells(document))
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()


def _cells(document: Document) -> Iterator[tuple[str | int, ...]]:
    """The rows of a document: the context stands in the first; one without mentions has a row for it alone."""
    if not document.mentions:
        yield document.doc_id, "", "", "", "", document.text
    for number, mention in enumerate(document.mentions or ()):
        spans = ";".join(f"{start}-{end}" for start, end in mention.spans or ())
        ids, context = text_of_parts(mention.parts), document.text if number == 0 else ""
        yield document.doc_id, mention.text, "" if spans else mention.start, spans, ids, context
