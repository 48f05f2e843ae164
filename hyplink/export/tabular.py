"""Links one per line: JSON Lines with every field, and rows of a table."""

import csv
import io
import json
from collections.abc import Iterable, Iterator

from hyplink.corpus import CorpusReport
from hyplink.linking.linked_document import LinkedDocument
from hyplink.linking.table import Cell, table_rows

_ONE_LINE = str.maketrans("\r\n\t", "   ")


def jsonl_lines(linked: Iterable[LinkedDocument]) -> Iterator[str]:
    """Each link as one line of JSON."""
    for each in linked:
        for link in each.links:
            yield json.dumps(link.as_json(), ensure_ascii=False) + "\n"


def delimited_lines(
    linked: Iterable[LinkedDocument], delimiter: str, candidates: bool, report: CorpusReport
) -> Iterator[str]:
    """A table as delimited text: a header, then a line for each link or candidate. Line ends and tabs become spaces.

    Args:
        linked: documents with their links.
        delimiter: between cells.
        candidates: whether every candidate has a line.
        report: counts cells that are left out.
    """
    out = io.StringIO()
    rows = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    for row in table_rows(linked, candidates, report):
        rows.writerow(map(_text_of_cell, row))
        yield out.getvalue()
        out.seek(0)
        out.truncate()


def _text_of_cell(value: Cell) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.4f}"
    # one character for one, so that offsets in the context hold
    return "" if value is None else str(value).translate(_ONE_LINE)
