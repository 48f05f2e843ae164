"""Links as the rows of a table."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from hyplink.corpus import CorpusReport, Document
from hyplink.linking.contexts import Contexts
from hyplink.linking.link import Link
from hyplink.linking.linked_document import LinkedDocument

Cell = str | int | float | bool | None

TYPES: Mapping[str, type] = {
    "doc": str,
    "start": int,
    "end": int,
    "text": str,
    "concept": str,
    "label": str,
    "matched_name": str,
    "scope": str,
    "score": float,
    "distance": float,
    "confidence": float,
    "relation": str,
    "relation_confidence": float,
    "broader": str,
    "broader_label": str,
    "match": str,
    "negated": bool,
    "uncertain": bool,
    "spans": str,
    "context": str,
    "context_start": int,
    "proposed": str,
}
"""The columns of a table of links, in this order, and the type of their cells."""

RESERVED = frozenset(TYPES) | {"rank", "mention", "concepts", "checked"}
"""Headings that have a meaning where a table of links is read back, letter case aside."""

OF_CANDIDATES: Mapping[str, type] = {"rank": int, **TYPES}
"""The columns of a table with several candidates of each mention."""


def table_rows(
    linked: Iterable[LinkedDocument], candidates: bool, report: CorpusReport, *, all_texts: bool = True
) -> Iterator[list[Cell]]:
    """The rows of a table of links, the header first: the columns of the first document, then those of links.

    Args:
        linked: documents with their links.
        candidates: as for `rows_of_document`.
        report: as for `rows_of_document`.
        all_texts: as for `rows_of_document`.
    """
    linked = iter(linked)
    first = next(linked, None)
    own = () if first is None else own_columns(first.document)
    yield table_header(own, candidates)
    for each in chain([] if first is None else [first], linked):
        yield from rows_of_document(each, own, candidates, report, all_texts=all_texts)


def table_header(own: Sequence[str], candidates: bool) -> list[Cell]:
    """The header of a table of links, whose own columns come first."""
    return [*own, *(OF_CANDIDATES if candidates else TYPES)]


def rows_of_document(
    linked: LinkedDocument, own: Sequence[str], candidates: bool, report: CorpusReport, *, all_texts: bool = True
) -> Iterator[list[Cell]]:
    """The rows of the links of a document.

    Args:
        linked: the document with its links.
        own: the columns of the table that was read, as `own_columns` gives them of the first document of the output.
        candidates: whether every candidate has a row, with its rank; otherwise the answers alone have.
        report: counts cells of columns that are not among `own`.
        all_texts: whether a text without mentions has a row too, with its first line as context.
    """
    columns, contexts = OF_CANDIDATES if candidates else TYPES, Contexts(linked.document.text)
    if all_texts and not linked.links:
        row = _row_without_mention(linked, contexts)
        yield [*(row.get(name, "") for name in own), *(row.get(name) for name in columns)]
    for link, cells in zip(linked.links, cells_of_mentions(linked), strict=True):
        for name in cells.keys() - own:
            report.notices[f"cells of column {name!r}, which the first input lacks, left out"] += 1
        for fields in _candidates(link) if candidates else [link.as_json()]:
            row = {**fields, **_place(link, linked.document.text, contexts)}
            yield [*(cells.get(name, "") for name in own), *(row[name] for name in columns)]


def own_columns(document: Document) -> tuple[str, ...]:
    """The columns of the row that a document was read from and, if its mentions are rows, of the first of these.

    Those with the heading of a column of links are called `input_…`, such as `input_rank`.
    """
    mentions = document.mentions or ()
    return tuple(_renamed(document.columns, mentions[0].columns if mentions else ()))


def cells_of_mentions(linked: LinkedDocument) -> list[dict[str, str]]:
    """For each link, the cells of the rows that its document and its mention were read from."""
    document = linked.document
    if document.mentions is None:
        return [_renamed(document.columns)] * len(linked.links)
    return [_renamed(document.columns, mention.columns) for mention in document.mentions]


def _renamed(*rows: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {f"input_{name}" if name.lower() in RESERVED else name: cell for name, cell in chain(*rows)}


def _candidates(link: Link) -> Iterator[dict[str, Cell]]:
    """The fields of the answer, then those of each candidate that is not the answer.

    The answer is NIL or an ancestor where a minimum confidence is demanded and the best candidate has less.
    """
    answer = link.as_json()
    yield {"rank": 1, **answer}
    others = (each for each in link.candidates if each.concept != answer["concept"])
    for rank, candidate in enumerate(others, start=2):
        yield {**answer, **candidate.as_json(), "rank": rank, "confidence": None}


def _row_without_mention(linked: LinkedDocument, contexts: Contexts) -> dict[str, Cell]:
    text, (start, end) = linked.document.text, contexts.span(0, 0)
    own = _renamed(linked.document.columns)
    return {**own, "doc": linked.document.doc_id, "context": text[start:end], "context_start": start}


def _place(link: Link, text: str, contexts: Contexts) -> dict[str, Cell]:
    start, end = contexts.span(link.start, link.end)
    spans = ";".join(f"{first}-{last}" for first, last in link.spans or ())
    return {"spans": spans, "context": text[start:end], "context_start": start}
