"""The rows of a table, whether delimited text, an Excel workbook or Parquet, by the names of their columns."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from hyplink.corpus.lines import BOM, Line
from hyplink.corpus.report import CorpusReport
from hyplink.errors import InputError
from hyplink.reading.csv_rows import rows_with_long_cells
from hyplink.reading.sheets import sheet_rows

DELIMITERS = "\t,;"

CHOOSE_A_SHEET = "choose one with --sheet, or data.train_sheet, data.dev_sheet or data.text_sheet"

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table that is read row by row.

    Attributes:
        path: the file, or a name for a stream.
        columns: the headings as the file has them, without surrounding spaces; the second of equal ones gets the ending
            `.2`, and so on.
        rows: (row number, cells by heading) of the rows that are not empty.
        unread_sheets: the other sheets of a workbook, if none was chosen.
    """

    path: str
    columns: tuple[str, ...]
    rows: Iterator[tuple[int, Row]]
    unread_sheets: tuple[str, ...] = ()

    def described(self) -> str:
        """Its first headings, and the other sheets, for the message that a column is missing."""
        headings, sheets = (", ".join(map(repr, names[:12])) for names in (self.columns, self.unread_sheets))
        return f"{headings}, and other sheets are {sheets}: {CHOOSE_A_SHEET}" if sheets else headings


def header_cells(first: str, delimiter: str) -> list[str]:
    """The cells of the first line of delimited text; none if it is not the header of a table."""
    line = next(io.StringIO(first, newline=""), "")
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:  # a cell of more than 128 KiB
        return []


def table_of_lines(header: Line, lines: Iterable[Line], delimiter: str, report: CorpusReport) -> Table:
    """The table of delimited text.

    Raises:
        InputError: a row is malformed (file and line), now or while the rows are read.
    """
    rows = _delimited_rows(header, lines, delimiter)
    _, columns = next(rows)
    names = _distinct(columns, report)
    return Table(header.path, names, _by_column(names, rows, report))


def table_of_sheet(path: Path, report: CorpusReport, sheet: str | None = None) -> Table:
    """The table of a workbook or a Parquet file.

    Args:
        path: the file.
        report: counts sheets that are not read, if there are several and none is named.
        sheet: the name of a sheet of the workbook; None for the first one.

    Raises:
        InputError: the file cannot be read, is empty, or has no such sheet.
    """
    unread: list[str] = []
    rows = sheet_rows(path, sheet, unread)
    filled = ((number, cells) for number, cells in rows if any(cells))
    _, columns = next(filled, (0, None))
    if columns is None:
        raise InputError.at(path, None, "the table is empty; expected a row of headings")
    if unread:
        names = ", ".join(map(repr, unread[:12]))
        report.notices[f"sheets of {path.name} beside the first ({names}) passed over, {CHOOSE_A_SHEET}"] += len(unread)
    headings = _distinct(columns, report)
    return Table(str(path), headings, _by_column(headings, filled, report), tuple(unread))


def _distinct(columns: Sequence[str], report: CorpusReport) -> tuple[str, ...]:
    """The headings, of which equal ones are made different; columns without a heading stay so."""
    seen, names = Counter[str](), list[str]()
    for name in map(str.strip, columns):
        seen[name] += 1
        names.append(f"{name}.{seen[name]}" if name and seen[name] > 1 else name)
        if name and seen[name] > 1:
            report.notices[f"columns with the heading {name!r} of another one, read as {names[-1]!r}"] += 1
    return tuple(names)


def _by_column(
    names: tuple[str, ...], rows: Iterable[tuple[int, Sequence[str]]], report: CorpusReport
) -> Iterator[tuple[int, Row]]:
    for number, cells in rows:
        if any(cells):
            if any(cells[len(names) :]):
                report.notices["rows with more cells than the header, the last ones passed over"] += 1
            yield number, dict(zip(names, cells, strict=False))


def _delimited_rows(header: Line, lines: Iterable[Line], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    cells = csv.reader(_physical_lines(header, lines), delimiter=delimiter, strict=True)
    try:
        # a cell may have several lines: the number is that of the row, which is what a spreadsheet shows
        yield from enumerate(rows_with_long_cells(cells), start=1)
    except csv.Error as error:
        raise InputError.at(header.path, cells.line_num, f"malformed row: {error}") from None


def _physical_lines(header: Line, lines: Iterable[Line]) -> Iterator[str]:
    """The lines with their ends, where a carriage return alone also ends a line."""
    for text in chain([header.text.removeprefix(BOM)], (line.text for line in lines)):
        yield from io.StringIO(text, newline="")
