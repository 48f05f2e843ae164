"""Links as the rows of a table."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from hyplink.corpus import CorpusReport
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
    """The rows of a table of links, the header first.

    The other columns of the table that the first document was read from come first. Those with the heading of a column
    of links are called `input_…`, such as `input_rank`.

    Args:
        linked: documents with their links.
        candidates: whether every candidate has a row, with its rank; otherwise the answers alone have.
        report: counts cells of columns that the first document does not have.
        all_texts: whether a text without mentions has a row too, with its first line as context.
    """
    linked = iter(linked)
    first = next(linked, None)
    columns = OF_CANDIDATES if candidates else TYPES
    own = [] if first is None else list(own_cells(first))
    yield [*own, *columns]
    for each in chain([] if first is None else [first], linked):
        contexts = Contexts(each.document.text)
        if all_texts and not each.links:
            row = _row_without_mention(each, contexts)
            yield [*(row.get(name, "") for name in own), *(row.get(name) for name in columns)]
        for link, cells in zip(each.links, cells_of_mentions(each), strict=True):
            for name in cells.keys() - own:
                report.notices[f"cells of column {name!r}, which the first input lacks, left out"] += 1
            for fields in _candidates(link) if candidates else [link.as_json()]:
                row = {**fields, **_place(link, each.document.text, contexts)}
                yield [*(cells.get(name, "") for name in own), *(row[name] for name in columns)]


def own_cells(linked: LinkedDocument) -> Mapping[str, str]:
    """The cells of the row that a document was read from and, if its mentions are rows, of the first of these."""
    mentions = linked.document.mentions or ()
    return _renamed(linked.document.columns, mentions[0].columns if mentions else ())


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
