"""Tables of mentions: one mention a row, with or without a context, offsets and concept ids.

The columns are `mention` and optionally `context`, `start`, `spans`, `concepts` and `doc`; others are kept with the
mention. Rows with the same `doc` are mentions of one document, whose text is made of their contexts; a row without a
context has that of the row before it or, if there is none, is a text of its own.

A table of links, as `hyplink link` writes it, is read in the same way: `text` is the mention, `concept` its concept,
and `start` is an offset in the document, whose part from the offset `context_start` on is the context. `proposed` is
the concept that it was linked to, and any text in `checked` says that a reviewer has checked the row. With `proposed`,
`doc` and `start` may be missing.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from hyplink.corpus.annotations import annotated_mention, in_text_order, parts_from_text, text_of_parts
from hyplink.corpus.document import Document, Mention, Span
from hyplink.corpus.formats.case_folding import find_ignoring_case
from hyplink.corpus.formats.table_rows import DELIMITERS, Table, header_cells
from hyplink.corpus.report import READ_BACK_AS_ANNOTATED, CorpusReport
from hyplink.errors import InputError
from hyplink.reading.csv_rows import advice_on_headings

COLUMNS = ("doc", "mention", "start", "spans", "concepts", "context")
"""The columns that are written."""

OF_LINKS = {"text": "mention", "concept": "concepts"}
"""What columns of a table of links are in one of mentions."""

KNOWN = frozenset(COLUMNS) | {"context_start", "rank", "proposed", "checked"}

ONLY_OF_LINKS = frozenset({"rank", "proposed", "checked"})

OFFSETS = frozenset({"start", "context_start", "rank"})

READ_LATER = {"relation", "definition"}
"""Columns that no document has a place for, which evaluation and placement read."""

_SPAN = re.compile(r"(\d{1,18})-(\d{1,18})")
_WHOLE_FLOAT = re.compile(r"(\d+)\.0")


def is_table_of_mentions(columns: Iterable[str]) -> bool:
    """Whether a table with these headings has mentions, or is a table of links."""
    names = {name.strip().lower() for name in columns}
    of_links = names.issuperset({"text", "concept"}) and ("proposed" in names or names.issuperset({"doc", "start"}))
    return "mention" in names or of_links


def delimiter_of(header: str) -> str | None:
    """The delimiter of a table of mentions, by its first line; None if the line is not the header of one."""
    return next((each for each in DELIMITERS if is_table_of_mentions(header_cells(header, each))), None)


def documents_of_mentions(table: Table, doc_id: str, report: CorpusReport) -> Iterator[Document]:
    """The documents of a table, in the order of their first rows. A row without a `doc` is one named `doc_id:ROW`.

    Raises:
        InputError: there is no column `mention`, or offsets do not fit the context (file and row).
    """
    roles = _roles(table)
    is_of_links = "mention" not in {name.lower() for name in table.columns}
    groups: defaultdict[str, list[_MentionRow]] = defaultdict(list)
    for number, row in table.rows:
        cells = {roles[name]: _cell(roles[name], cell) for name, cell in row.items() if name in roles}
        read = _MentionRow(number, cells, is_of_links)
        read.columns = tuple((name, cell) for name, cell in row.items() if name not in roles)
        if not read.is_complete:
            report.notices["rows without a mention, passed over"] += 1
        else:
            groups[read.cell("doc") or f"{doc_id}:{number}"].append(read)
    for name in table.columns if not is_of_links else ():
        if name and name not in roles and name.strip().lower() not in READ_LATER:
            report.notices[f"columns {name!r}, not read"] += 1
    for name, rows in groups.items():
        yield _document(table.path, name, _answers(rows, report) if is_of_links else rows, report)


def _cell(column: str, cell: str) -> str:
    """A cell, without the decimals that pandas adds to whole numbers in a column with empty cells."""
    return _WHOLE_FLOAT.sub(r"\1", cell) if column in OFFSETS and _WHOLE_FLOAT.fullmatch(cell.strip()) else cell


def _answers(rows: Sequence["_MentionRow"], report: CorpusReport) -> list["_MentionRow"]:
    """The row with the lowest rank of each mention: its answer or, where that row was deleted, the next candidate."""
    of_mention: dict[tuple[str, ...], _MentionRow] = {}
    for row in rows:
        key = tuple(row.cell(name) for name in ("start", "spans", "mention", "context_start"))
        if not row.cell("rank").isdecimal():
            key = (*key, str(row.number))
        best = of_mention.setdefault(key, row)
        if best is not row:
            report.notices["rows of other candidates, passed over"] += 1
            if int(row.cell("rank")) < int(best.cell("rank")):
                of_mention[key] = row
    return list(of_mention.values())


def _roles(table: Table) -> Mapping[str, str]:
    """The known column that each heading stands for."""
    if not is_table_of_mentions(table.columns):
        expected = "expected 'mention' or, in a table of links, 'text', 'concept' and 'proposed'"
        advice = advice_on_headings(table.columns)
        message = f"no column of mentions among {table.described()}; {expected}.{advice}"
        raise InputError.at(table.path, 1, message.rstrip("."))
    lower = {name.lower(): name for name in table.columns}
    aliases = {lower[name]: known for name, known in OF_LINKS.items() if name in lower and known not in lower}
    known = KNOWN if aliases else KNOWN - ONLY_OF_LINKS
    return {name: name.lower() for name in table.columns if name.lower() in known} | aliases


@dataclass(slots=True)
class _MentionRow:
    """One row: its number in the file, its cells by known column, and its other cells."""

    number: int
    cells: Mapping[str, str]
    is_of_links: bool
    columns: tuple[tuple[str, str], ...] = field(default=())

    def cell(self, column: str) -> str:
        return self.cells.get(column, "")

    @property
    def mention(self) -> str:
        return self.cell("mention").strip()

    @property
    def has_offsets(self) -> bool:
        return bool(self.cell("start") or self.cell("spans")) and not self.lacks_document

    @property
    def lacks_document(self) -> bool:
        """Whether its offsets are those of a document of which the table has no part."""
        return self.is_of_links and not self.cell("context")

    @property
    def is_complete(self) -> bool:
        """Whether it has a mention or offsets, or is that of a document without mentions."""
        return bool(self.mention or self.has_offsets or (self.cell("doc") and self.cell("context")))

    def piece(self) -> str:
        """Its part of the document's text: the context, after the mention if that does not contain it."""
        context = self.cell("context")
        if self.has_offsets or not self.mention or find_ignoring_case(context, self.mention):
            return context
        return f"{self.mention}\n{context}" if context else self.mention

    def spans(self, text: str) -> Sequence[Span]:
        """Where its mention stands in its part of the text."""
        if self.has_offsets and self.cell("spans"):
            found = [_SPAN.fullmatch(span.strip()) for span in self.cell("spans").split(";")]
            if not all(found):
                raise ValueError(
                    f"spans {self.cell('spans')!r} are malformed; expected START-END, several separated by ;"
                )
            return [(self._offset(span[1]), self._offset(span[2])) for span in found if span]
        if self.has_offsets and self.cell("start"):
            start, given = self._start(), self.cell("mention")
            if text[start : start + len(given)] != given:
                raise ValueError(f"{given!r} is not at offset {start} of the context; count characters from 0")
            return [(start, start + len(given))]
        span = find_ignoring_case(text, self.mention)
        if span is None:
            raise ValueError(
                f"{self.mention!r} is not in the context of its document; give the row a context of its own"
            )
        return [span]

    def _start(self) -> int:
        if not self.cell("start").strip().isdecimal():
            raise ValueError(f"start {self.cell('start')!r} is not a number; count characters of the context from 0")
        return self._offset(self.cell("start"))

    def _offset(self, offset: str) -> int:
        """An offset in its part of the text."""
        begin = self.cell("context_start").strip() or "0"
        if not begin.isdecimal():
            raise ValueError(f"context_start {begin!r} is not a number; count characters of the document from 0")
        return int(offset) - int(begin)


def _document(path: str, name: str, rows: Sequence[_MentionRow], report: CorpusReport) -> Document:
    """The document of some rows: each different context once, on lines of their own."""
    begins: dict[tuple[str, str], int] = {}
    text, mentions = "", list[Mention]()
    former: tuple[str, str] | None = None
    for row in rows:
        own = row.cell("context_start"), row.piece()
        part = own if row.cell("context") or former is None or row.lacks_document else former
        if part not in begins:
            text += "\n" if text else ""
            begins[part] = len(text)
            text += part[1]
        former = part if row.cell("context") else former
        try:
            mention = _mention(row, part[1], report)
        except ValueError as error:
            raise InputError.at(path, row.number, str(error)) from None
        if mention:
            mentions.append(_moved(mention, begins[part]))
    return Document(name, text, in_text_order(mentions))


def _mention(row: _MentionRow, text: str, report: CorpusReport) -> Mention | None:
    """The mention of a row; None if the row is that of a document without mentions."""
    if not row.mention and not row.has_offsets:
        return None
    parts = parts_from_text(row.cell("concepts"))
    mention = annotated_mention(text, row.spans(text), parts, report)
    proposed = parts_from_text(row.cell("proposed")) if "proposed" in row.cells else None
    checked = bool(row.cell("checked").strip())
    return mention and replace(mention, columns=row.columns, proposed=proposed, checked=checked)


def _moved(mention: Mention, by: int) -> Mention:
    spans = mention.spans and tuple((start + by, end + by) for start, end in mention.spans)
    return replace(mention, start=mention.start + by, end=mention.end + by, spans=spans)


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
