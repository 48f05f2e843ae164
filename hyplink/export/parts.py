"""What a file of links needs of each of its documents: prepared in any process, joined to a file in one.

A part is small and can be pickled: finished lines where a format has a line for each link, and rows or annotated text
where it has not. Links with their candidates need not leave the process that found them.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Generic, NamedTuple, TypeVar

from hyplink.corpus import CorpusReport
from hyplink.linking.linked_document import LinkedDocument
from hyplink.linking.table import own_columns

Content = TypeVar("Content")


class LinkWriter(ABC, Generic[Content]):
    """A format of links."""

    @abstractmethod
    def content(self, linked: LinkedDocument, columns: Sequence[str], report: CorpusReport) -> Content:
        """What the file has of a document, which does not depend on the other documents.

        Args:
            linked: the document with its links.
            columns: of the table that the first document of the file was read from.
            report: counts what the format cannot represent.
        """

    @abstractmethod
    def chunks(self, contents: Iterable[Content], columns: Sequence[str], report: CorpusReport) -> Iterator[bytes]:
        """The bytes of a file, in chunks that follow the documents; a binary file is a single chunk.

        Args:
            contents: of the documents, in order.
            columns: as for `content`.
            report: counts what the format cannot represent.

        Raises:
            InputError: the format cannot represent a document, or its optional library is not installed.
        """


class Part(NamedTuple):
    """A document of a file of links.

    Attributes:
        doc_id: id of the document.
        n_links: how many links it has.
        columns: those of the file, as for `LinkWriter.content`.
        content: what the file has of it.
        notices: how often something could not be represented, by description.
        given_up: why it could not be linked, as `GivenUp.reason`; None if it was.
    """

    doc_id: str
    n_links: int
    columns: tuple[str, ...]
    content: Any
    notices: Mapping[str, int]
    given_up: str | None = None


def part_of(linked: LinkedDocument, columns: tuple[str, ...], writer: LinkWriter[Any]) -> Part:
    """The part of a document in a file whose first document has these columns."""
    report = CorpusReport()
    content = writer.content(linked, columns, report)
    return Part(linked.document.doc_id, len(linked.links), columns, content, dict(report.notices))


def parts_of(linked: Iterable[LinkedDocument], writer: LinkWriter[Any]) -> Iterator[Part]:
    """The parts of the documents of one file."""
    columns: tuple[str, ...] | None = None
    for each in linked:
        columns = own_columns(each.document) if columns is None else columns
        yield part_of(each, columns, writer)


def chunks_of_parts(parts: Iterable[Part], writer: LinkWriter[Any], report: CorpusReport) -> Iterator[bytes]:
    """The bytes of a file, in chunks that follow its parts; their notices are added to the report.

    Raises:
        InputError: as for `LinkWriter.chunks`.
    """
    parts = iter(parts)
    first = next(parts, None)
    columns = () if first is None else first.columns
    return writer.chunks(contents_of_parts(chain([] if first is None else [first], parts), report), columns, report)


def contents_of_parts(parts: Iterable[Part], report: CorpusReport) -> Iterator[Any]:
    """The contents of parts, whose notices are added to the report."""
    for part in parts:
        report.notices.update(part.notices)
        yield part.content
