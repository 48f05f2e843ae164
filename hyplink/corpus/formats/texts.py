"""Tables of texts: each row is a document, whose text and id stand in columns that the user names."""

from collections.abc import Iterator
from typing import NamedTuple

from hyplink.corpus.document import Document
from hyplink.corpus.formats.table_rows import Table
from hyplink.corpus.report import CorpusReport
from hyplink.errors import InputError
from hyplink.reading.csv_rows import advice_on_headings


class TextColumns(NamedTuple):
    """The headings of the columns of a table of texts; letter case matters only between two that are equal otherwise.

    Attributes:
        text: of the texts.
        doc_id: of the document ids; None to name documents by the file and the row.
    """

    text: str
    doc_id: str | None = None


def documents_of_texts(table: Table, name: str, columns: TextColumns, report: CorpusReport) -> Iterator[Document]:
    """A plain document for each row that is not empty; its other columns are kept.

    An id that an earlier row has is made unique with the number of the row: `7` in row 12 becomes `7:12`.

    Args:
        table: the table.
        name: a document without an id is named `name:ROW`.
        columns: the columns of texts and ids.
        report: counts rows without a text, and ids that were changed.

    Raises:
        InputError: a column is missing.
    """
    text, doc_id = _heading(table, columns.text), columns.doc_id and _heading(table, columns.doc_id)
    taken = set[str]()
    for number, row in table.rows:
        if not row.get(text, "").strip():
            report.notices["rows without a text"] += 1
        others = tuple((heading, cell) for heading, cell in row.items() if heading not in (text, doc_id))
        given = doc_id and row.get(doc_id, "").strip()
        unique = given or f"{name}:{number}"
        if unique in taken:
            report.notices["rows with the id of another one, which the row number was added to"] += 1
            unique = f"{unique}:{number}"
        taken.add(unique)
        yield Document(unique, row.get(text, ""), columns=others)


def _heading(table: Table, wanted: str) -> str:
    exact = (name for name in table.columns if name == wanted.strip())
    folded = (name for name in table.columns if name.lower() == wanted.strip().lower())
    found = next(exact, None) or next(folded, None)
    if found is None:
        advice = advice_on_headings(table.columns)
        message = f"no column {wanted!r}; the table has {table.described()}.{advice}"
        raise InputError.at(table.path, 1, message.rstrip("."))
    return found
