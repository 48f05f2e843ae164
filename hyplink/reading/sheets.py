"""Reads the rows of tables in binary files: a sheet of an Excel workbook, and Parquet."""

import datetime
import math
import zipfile
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from hyplink.errors import InputError
from hyplink.reading.compressed import too_large, unpacked_limit

SHEETS = frozenset({".xlsx", ".parquet"})
"""Suffixes of the tables that `sheet_rows` reads."""

SHEETS_SHOWN = 12
"""Names of sheets in a message."""

MAX_ROWS = 1_048_576
"""Rows that a sheet of a workbook may have."""

ROWS_TO_FIND_A_CELL = 1_000
"""Rows at the top of a sheet of which one must have a cell, for the sheet to count as one with cells."""

MAX_COLUMNS = 2_000
"""Columns of a table that is read: one cell far to the right makes a row of all cells before it."""

Rows = Iterator[tuple[int, list[str]]]


def sheet_rows(path: Path, sheet: str | None = None, unread: list[str] | None = None) -> Rows:
    """(row number, cells) of each row with the header first, as texts; an empty cell is an empty text.

    Args:
        path: a `.xlsx` or `.parquet` file.
        sheet: the name of the sheet of a workbook, letter case aside; None for the first visible one with cells.
        unread: if no sheet is named, the names of the other visible sheets with cells are added, before the first row.

    Raises:
        InputError: the file is missing, damaged or unpacks to too much, the workbook has no such sheet, or the library
            that reads it is not installed.
    """
    return _parquet_rows(path) if path.suffix.lower() == ".parquet" else _workbook_rows(path, sheet, unread)


def is_workbook(path: Path) -> bool:
    """Whether a file has sheets, by its name."""
    return path.suffix.lower() == ".xlsx"


def _workbook_rows(path: Path, name: str | None, unread: list[str] | None) -> Rows:
    try:
        import openpyxl
    except ModuleNotFoundError:
        raise _missing(path, "openpyxl") from None
    try:
        limit = unpacked_limit(path.stat().st_size)
        with zipfile.ZipFile(path) as archive:
            if sum(each.file_size for each in archive.infolist()) > limit:
                raise too_large(limit)
        workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            sheet = _first_sheet(workbook, unread) if name is None else _named_sheet(path, workbook, name)
            yield from _rows_of(path, sheet) if sheet else ()
        finally:
            workbook.close()
    except OSError as error:
        raise InputError.at(path, None, f"cannot be read: {error.strerror or error}") from None
    except InputError:
        raise
    except Exception as error:  # openpyxl raises whatever a damaged part of the archive leads to
        raise _damaged(path, "an Excel workbook (.xlsx)", error) from None


def _named_sheet(path: Path, workbook: Any, name: str) -> Any:  # noqa: ANN401 - openpyxl has no types
    wanted = name.strip().lower()
    found = next((each for each in workbook.worksheets if each.title.strip().lower() == wanted), None)
    if found is None:
        titles = ", ".join(repr(each.title) for each in workbook.worksheets[:SHEETS_SHOWN])
        more = ", …" if len(workbook.worksheets) > SHEETS_SHOWN else ""
        raise InputError.at(path, None, f"no sheet {name!r}; the workbook has {titles}{more}")
    return found


def _first_sheet(workbook: Any, unread: list[str] | None) -> Any:  # noqa: ANN401
    """The first visible sheet with cells, or without any the first; None if no sheet is visible."""
    visible = [each for each in workbook.worksheets if each.sheet_state == "visible"]
    filled = filter(_has_cells, visible)
    first = next(filled, None)
    if unread is not None:
        unread += (each.title for each in filled)
    return first or next(iter(visible), None)


def _has_cells(sheet: Any) -> bool:  # noqa: ANN401
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_row=ROWS_TO_FIND_A_CELL, values_only=True)
    return any(value is not None for value in chain.from_iterable(rows))


def _rows_of(path: Path, sheet: Any) -> Rows:  # noqa: ANN401 - openpyxl has no types
    sheet.reset_dimensions()  # what the file says of its size may be wrong
    for number, row in enumerate(sheet.iter_rows(max_row=MAX_ROWS, values_only=True), start=1):
        if len(row) > MAX_COLUMNS:
            raise InputError.at(path, number, f"a row of {len(row):,} columns; at most {MAX_COLUMNS:,} are read")
        yield number, list(map(_text, row))


def _parquet_rows(path: Path) -> Rows:
    try:
        import pyarrow
        from pyarrow import parquet
    except ModuleNotFoundError:
        raise _missing(path, "pyarrow") from None
    try:
        with parquet.ParquetFile(path) as file:
            names = file.schema_arrow.names
            yield 1, names
            number = 1
            for batch in file.iter_batches(batch_size=1024):
                for cells in zip(*(_cells(column) for column in batch.columns), strict=True):
                    number += 1
                    yield number, list(cells)
    except OSError as error:
        raise InputError.at(path, None, f"cannot be read: {error.strerror or error}") from None
    except (pyarrow.ArrowException, UnicodeDecodeError) as error:
        raise _damaged(path, "a Parquet file", error) from None


def _cells(column: Any) -> Sequence[str]:  # noqa: ANN401 - pyarrow has no types
    return [_text(value) for value in column.to_pylist()]


def _text(value: object) -> str:
    """A cell as text. Whole numbers, which spreadsheets keep as floats, have no decimals; dates are ISO 8601."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _missing(path: Path, library: str) -> InputError:
    return InputError.at(path, None, f"is read with {library}, which is missing: pip install {library}")


def _damaged(path: Path, kind: str, error: Exception) -> InputError:
    message = " ".join(str(error).split())[:200]
    return InputError.at(path, None, f"is not {kind}, or is damaged ({message})")
