"""Tables of texts and of links in Arrow, with fixed types, so that the parts of one dataset have one schema."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hyplink.corpus import CorpusReport, Document
from hyplink.errors import InputError
from hyplink.linking.arguments import LinkOptions
from hyplink.linking.linked_document import LinkedDocument
from hyplink.linking.linker import Linker
from hyplink.linking.table import TYPES, table_rows

if TYPE_CHECKING:
    from pyarrow import Schema, Table


DEFAULTS = LinkOptions(top_k=1, min_confidence=None, nested=False, search_all=False, prefer="balanced")


def options_of(given: Mapping[str, Any] | None) -> LinkOptions:
    """The arguments of `Linker.link_many`, with those that are given.

    Raises:
        InputError: one of them is unknown.
    """
    if unknown := set(given or {}) - set(LinkOptions._fields):
        raise InputError(f"options: {min(unknown)!r} is unknown; use {', '.join(LinkOptions._fields)}")
    return DEFAULTS._replace(**(given or {}))


def links_of_table(linker: Linker, table: "Table", text_column: str, id_column: str, options: LinkOptions) -> "Table":
    """The links of the texts of an Arrow table, a row for each; an empty cell is an empty text.

    Raises:
        InputError: a column is missing.
    """
    import pyarrow

    for column in (text_column, id_column):
        if column not in table.column_names:
            raise InputError(f"the texts have no column {column!r}; they have {', '.join(table.column_names)}")
    texts, ids = table[text_column].to_pylist(), table[id_column].to_pylist()
    documents = [Document(str(doc_id), text or "") for doc_id, text in zip(ids, texts, strict=True)]
    linked = map(LinkedDocument, documents, linker.link_many(documents, **options._asdict()))
    _, *rows = table_rows((each for each in linked if each.links), False, CorpusReport())
    columns = list(zip(*rows, strict=True)) or [()] * len(TYPES)
    schema = schema_of_links()
    return pyarrow.table([pyarrow.array(cells, each.type) for cells, each in zip(columns, schema, strict=True)], schema)


def schema_of_links() -> "Schema":
    """The schema of tables of links."""
    import pyarrow

    types = {str: pyarrow.string(), int: pyarrow.int64(), float: pyarrow.float64(), bool: pyarrow.bool_()}
    return pyarrow.schema([(name, types[kind]) for name, kind in TYPES.items()])
