"""Rows of delimited text whose cells may be longer than the csv module allows by default, and rows of headings."""

import csv
from collections.abc import Iterator, Sequence
from typing import Any

LONGEST_CELL = 2**24
"""Characters of a cell. A quotation mark that is never closed makes a cell of the rest of a file."""


def rows_with_long_cells(reader: Any) -> Iterator[list[str]]:  # noqa: ANN401 - the type of a reader has no public name
    """The rows of a `csv.reader`. The limit of the csv module, one for the whole process, is raised for each alone.

    Raises:
        csv.Error: a row is malformed, or has a cell of more than `LONGEST_CELL` characters.
    """
    while True:
        former = csv.field_size_limit(LONGEST_CELL)
        try:
            row = next(reader, None)
        finally:
            csv.field_size_limit(former)
        if row is None:
            return
        yield row


def advice_on_headings(cells: Sequence[str]) -> str:
    """What to do about a first row that lacks a heading, as a sentence; empty if it does not look like a title."""
    if sum(bool(cell.strip()) for cell in cells) != 1:
        return ""
    return " If this row is a title, delete it, so that the headings come first."
