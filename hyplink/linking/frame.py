"""Links as a data frame."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from hyplink.corpus import CorpusReport
from hyplink.errors import InputError
from hyplink.linking.linked_document import LinkedDocument
from hyplink.linking.table import Cell, table_rows

if TYPE_CHECKING:
    from pandas import DataFrame


def frame_of_links(linked: Iterable[LinkedDocument], candidates: bool) -> "DataFrame":
    """The rows of a table of links as a pandas DataFrame; see `table_rows`.

    Raises:
        InputError: pandas is not installed.
    """
    try:
        from pandas import DataFrame
    except ModuleNotFoundError:
        raise InputError("a data frame needs pandas, which is missing: pip install pandas") from None
    header, *rows = (
        list(map(_encodable, row)) for row in table_rows(linked, candidates, CorpusReport(), all_texts=False)
    )
    return DataFrame(rows, columns=header)


def _encodable(cell: Cell) -> Cell:
    """A cell with question marks for lone surrogates, which pandas cannot keep in columns of texts."""
    return cell.encode("utf-8", "replace").decode() if isinstance(cell, str) else cell
