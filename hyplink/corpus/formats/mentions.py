"""CSV and TSV tables of mentions: one mention a row, with or without a context, offsets and concept ids.

The columns are `mention` and optionally `context`, `start`, `spans`, `concepts` and `doc`; others are counted. Without
a context, the mention itself is the text. Consecutive rows with the same `doc` are mentions of one document if they
repeat its context or leave it empty.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from hyplink.corpus.annotations import annotated_mention, in_text_order, parts_from_text, text_of_parts
from hyplink.corpus.document import Document, Mention, Span
from hyplink.corpus.formats.case_folding import find_ignoring_case
from hyplink.corpus.lines import BOM, Line
from hyplink.corpus.report import READ_BACK_AS_ANNOTATED, CorpusReport
from hyplink.errors import InputError
from hyplink.reading.csv_rows import rows_with_long_cells

COLUMNS = ("doc", "mention", "start", "spans", "concepts", "context")
Row = Mapping[str, str]

_SPAN = re.compile(r"(\d{1,18})-(\d{1,18})")


def delimiter_of(header: str) -> str | None:
    """The delimiter of a table of mentions, by its first line; None if the line is not the header of one."""
    first = next(io.StringIO(header, newline=""), "")
    for delimiter in "\t,;":
        try:
            cells = next(csv.reader([first], delimiter=delimiter), [])
        except csv.Error:  # a cell of more than 128 KiB
            return None
        if "mention" in (cell.strip().lower() for cell in cells):
            return delimiter
    return None


def documents_of_mentions(lines: Iterable[Line], doc_id: str, report: CorpusReport) -> Iterator[Document]:
    """The documents of a table, one at a time. A row without a `doc` is a document named `doc_id:LINE`.

    Raises:
        InputError: there is no column `mention`, or offsets do not fit the context (file and line).
    """
    lines = iter(lines)
    header = next(lines)
    group: list[tuple[int, Row]] = []
    for number, row in _rows(header, lines, report):
        if not _is_complete(row):
            report.notices["rows without a mention, passed over"] += 1
            continue
        if group and not _continues(group[0][1], row):
            yield _document(header, group, doc_id, report)
            group = []
        group.append((number, row))
    if group:
        yield _document(header, group, doc_id, report)


def _rows(header: Line, lines: Iterable[Line], report: CorpusReport) -> Iterator[tuple[int, Row]]:
    """(line number, cells by column) of the rows that are not empty."""
    delimiter = delimiter_of(header.content())
    if delimiter is None:
        raise header.error(f"no column 'mention' in {header.content()[:60]!r}; rename the column of the mentions")
    cells = csv.reader(_physical_lines(header, lines), delimiter=delimiter, strict=True)
    try:
        rows = rows_with_long_cells(cells)
        columns = [each.strip().lower() for each in next(rows)]
        for name in columns:
            if name and name not in COLUMNS:
                report.notices[f"columns {name!r}, passed over"] += 1
        for row in rows:
            if any(row):
                if any(row[len(columns) :]):
                    report.notices["rows with more cells than the header, the last ones passed over"] += 1
                yield cells.line_num, dict(zip(columns, row, strict=False))
    except csv.Error as error:
        raise InputError.at(header.path, cells.line_num, f"malformed row: {error}") from None


def _physical_lines(header: Line, lines: Iterable[Line]) -> Iterator[str]:
    """The lines with their ends, where a carriage return alone also ends a line."""
    for text in chain([header.text.removeprefix(BOM)], (line.text for line in lines)):
        yield from io.StringIO(text, newline="")


def _is_complete(row: Row) -> bool:
    """Whether a row has a mention or offsets, or is that of a document without mentions."""
    return bool(row.get("mention", "").strip() or _has_offsets(row) or (row.get("doc") and row.get("context")))


def _continues(first: Row, row: Row) -> bool:
    """Whether a row belongs to the same document as the document's first row."""
    same_context = row.get("context", "") in ("", first.get("context", ""))
    return bool(row.get("doc")) and row.get("doc") == first.get("doc") and same_context


def _document(header: Line, group: Sequence[tuple[int, Row]], doc_id: str, report: CorpusReport) -> Document:
    line, first = group[0]
    text = _text(first)
    mentions: list[Mention] = []
    for number, row in group:
        try:
            mentions += _mentions(row, text, report)
        except ValueError as error:
            raise InputError.at(header.path, number, str(error)) from None
    return Document(first.get("doc") or f"{doc_id}:{line}", text, in_text_order(mentions))


def _text(row: Row) -> str:
    """The context; if it does not contain the mention, the mention on a line before it."""
    mention, context = row.get("mention", "").strip(), row.get("context", "")
    if _has_offsets(row) or not mention or find_ignoring_case(context, mention):
        return context
    return f"{mention}\n{context}" if context else mention


def _has_offsets(row: Row) -> bool:
    return bool(row.get("start") or row.get("spans"))


def _mentions(row: Row, text: str, report: CorpusReport) -> list[Mention]:
    """The mention of a row; none if the row is that of a document without mentions."""
    mention_text = row.get("mention", "").strip()
    if not mention_text and not _has_offsets(row):
        return []
    parts = parts_from_text(row.get("concepts", ""))
    mention = annotated_mention(text, _spans(row, mention_text, text), parts, report)
    return [mention] if mention else []


def _spans(row: Row, mention_text: str, text: str) -> Sequence[Span]:
    if row.get("spans"):
        spans = [_SPAN.fullmatch(span.strip()) for span in row["spans"].split(";")]
        if not all(spans):
            raise ValueError(f"spans {row['spans']!r} are malformed; expected START-END, several separated by ;")
        return [(int(span[1]), int(span[2])) for span in spans if span]
    if row.get("start"):
        if not row["start"].strip().isdecimal():
            raise ValueError(f"start {row['start']!r} is not a number; count characters of the context from 0")
        start, given = int(row["start"]), row.get("mention", "")
        if text[start : start + len(given)] != given:
            raise ValueError(f"{given!r} is not at offset {start} of the context; count characters from 0")
        return [(start, start + len(given))]
    found = find_ignoring_case(text, mention_text)
    if found is None:
        raise ValueError(f"{mention_text!r} is not in the context of its document; give the row a context of its own")
    return [found]


def mention_lines(documents: Iterable[Document], report: CorpusReport) -> Iterator[str]:
    """A TSV table of mentions; `documents_of_mentions` reads the same documents back.

    Every document of a table is annotated: plain text is written as a document without mentions and counted.

    Raises:
        InputError: a document has no id, which holds the rows of a document together.
    """
    out = io.StringIO()
    rows = csv.writer(out, delimiter="\t", lineterminator="\n")
    quoted = csv.writer(out, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_ALL)
    rows.writerow(COLUMNS)
    for document in documents:
        if not document.doc_id.strip():
            raise InputError("a document without an id cannot be written as rows of a table; give each an id")
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
