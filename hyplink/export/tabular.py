"""Links one per line: JSON Lines with every field, and rows of a table."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence

from hyplink.corpus import CorpusReport
from hyplink.export.parts import LinkWriter
from hyplink.linking.linked_document import LinkedDocument
from hyplink.linking.table import Cell, rows_of_document, table_header

_ONE_LINE = str.maketrans("\r\n\t", "   ")


class JsonLines(LinkWriter[bytes]):
    """Each link as one line of JSON."""

    def content(self, linked: LinkedDocument, columns: Sequence[str], report: CorpusReport) -> bytes:
        """The lines of a document."""
        return "".join(json.dumps(link.as_json(), ensure_ascii=False) + "\n" for link in linked.links).encode()

    def chunks(self, contents: Iterable[bytes], columns: Sequence[str], report: CorpusReport) -> Iterator[bytes]:
        """The lines of all documents."""
        return iter(contents)


class DelimitedLines(LinkWriter[bytes]):
    """A table as delimited text: a header, then a line for each link or candidate. Line ends and tabs become spaces.

    Args:
        delimiter: between cells.
        candidates: whether every candidate has a line.
    """

    def __init__(self, delimiter: str, candidates: bool) -> None:
        self._delimiter, self._candidates = delimiter, candidates

    def content(self, linked: LinkedDocument, columns: Sequence[str], report: CorpusReport) -> bytes:
        """The lines of a document."""
        return self._lines(rows_of_document(linked, columns, self._candidates, report))

    def chunks(self, contents: Iterable[bytes], columns: Sequence[str], report: CorpusReport) -> Iterator[bytes]:
        """The header, then the lines of all documents."""
        yield self._lines([table_header(columns, self._candidates)])
        yield from contents

    def _lines(self, rows: Iterable[Iterable[Cell]]) -> bytes:
        out = io.StringIO()
        writer = csv.writer(out, delimiter=self._delimiter, lineterminator="\n")
        writer.writerows(map(_text_of_cell, row) for row in rows)
        return out.getvalue().encode()


def _text_of_cell(value: Cell) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.4f}"
    # one character for one, so that offsets in the context hold
    return "" if value is None else str(value).translate(_ONE_LINE)
