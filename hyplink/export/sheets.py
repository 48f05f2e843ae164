"""Tables of links in binary files: Excel workbooks and Parquet."""

import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from hyplink.corpus import CorpusReport
from hyplink.errors import InputError
from hyplink.export.parts import LinkWriter
from hyplink.linking.linked_document import LinkedDocument
from hyplink.linking.table import OF_CANDIDATES, Cell, rows_of_document, table_header
from hyplink.reading.sheets import MAX_ROWS

MAX_CELL = 32_767
"""Characters of a cell of a sheet."""

_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class BinaryTable(LinkWriter[list[list[Cell]]]):
    """A table in a binary file.

    Args:
        bytes_of: gives the bytes of rows, the header first.
        candidates: whether every candidate has a row.
    """

    def __init__(self, bytes_of: Callable[[Iterable[Sequence[Cell]]], bytes], candidates: bool) -> None:
        self._bytes_of, self._candidates = bytes_of, candidates

    def content(self, linked: LinkedDocument, columns: Sequence[str], report: CorpusReport) -> list[list[Cell]]:
        """The rows of a document."""
        return list(rows_of_document(linked, columns, self._candidates, report))

    def chunks(
        self, contents: Iterable[list[list[Cell]]], columns: Sequence[str], report: CorpusReport
    ) -> Iterator[bytes]:
        """The whole file, after all documents."""
        rows = chain([table_header(columns, self._candidates)], chain.from_iterable(contents))
        return iter([self._bytes_of(rows)])


def workbook_bytes(rows: Iterable[Sequence[Cell]]) -> bytes:
    """The bytes of a workbook with one sheet, `links`. A text is never a formula, whatever it begins with.

    Characters that XML cannot hold become spaces, and longer cells are cut to 32,767 characters.

    Raises:
        InputError: there are more rows than a sheet holds, or openpyxl is not installed.
    """
    try:
        import openpyxl
        from openpyxl.cell import WriteOnlyCell
    except ModuleNotFoundError:
        raise InputError("workbooks are written with openpyxl, which is missing: pip install openpyxl") from None
    rows = list(rows)
    if len(rows) > MAX_ROWS:
        raise InputError(f"a sheet holds {MAX_ROWS:,} rows and there are more links; write .parquet or .csv")
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet("links")
    sheet.freeze_panes = "A2"

    def cell_of(value: Cell) -> Any:  # noqa: ANN401 - openpyxl has no types
        if not isinstance(value, str):
            return value
        cell = WriteOnlyCell(sheet, _NOT_IN_XML.sub(" ", value)[:MAX_CELL])
        cell.data_type = "s"
        return cell

    for row in rows:
        sheet.append(list(map(cell_of, row)))
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def parquet_bytes(rows: Iterable[Sequence[Cell]]) -> bytes:
    """The bytes of a Parquet file; columns that are not those of links are of type string.

    Raises:
        InputError: pyarrow is not installed.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ModuleNotFoundError:
        raise InputError("Parquet is written with pyarrow, which is missing: pip install pyarrow") from None
    types = {str: pyarrow.string(), int: pyarrow.int64(), float: pyarrow.float64(), bool: pyarrow.bool_()}
    rows = iter(rows)
    header = [str(name) for name in next(rows)]
    columns = list(zip(*rows, strict=True)) or [()] * len(header)
    arrays = [
        pyarrow.array(_encodable(column), types[OF_CANDIDATES.get(name, str)])
        for name, column in zip(header, columns, strict=True)
    ]
    out = io.BytesIO()
    parquet.write_table(pyarrow.table(arrays, names=header), out)
    return out.getvalue()


def _encodable(column: Sequence[Cell]) -> list[Cell]:
    """The cells with question marks for lone surrogates, which UTF-8 cannot hold."""
    return [cell.encode("utf-8", "replace").decode() if isinstance(cell, str) else cell for cell in column]
