"""The links of documents as parts of the files that are written, from one process or several, in order."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, tee
from typing import Any, NamedTuple

import torch

from hyplink.bulk.workers import GivenUp, Workers
from hyplink.corpus import Document
from hyplink.export.parts import LinkWriter, Part, part_of
from hyplink.linking.arguments import LinkOptions
from hyplink.linking.linked_document import LinkedDocument
from hyplink.linking.linker import BATCH_SIZE, Linker
from hyplink.linking.table import own_columns

WARM_UP = 100
"""Labels of concepts that are linked before workers are started."""


class FileDocument(NamedTuple):
    """A document, and the columns of the file that its links are written to; see `Part`."""

    document: Document
    columns: tuple[str, ...]


class DocumentLinker:
    """Links documents and prepares what is written of them.

    Args:
        linker: finds the links.
        options: how to link.
        writer: the format of the links.
    """

    def __init__(self, linker: Linker, options: LinkOptions, writer: LinkWriter[Any]) -> None:
        self._linker, self._options, self._writer = linker, options, writer

    def parts(self, block: Sequence[FileDocument]) -> Iterator[Part]:
        """The parts of documents that are linked together."""
        found = self._linker.link_many([each.document for each in block], **self._options._asdict())
        for (document, columns), links in zip(block, found, strict=True):
            yield part_of(LinkedDocument(document, links), columns, self._writer)

    def without_links(self, each: FileDocument, reason: str) -> Part:
        """The part of a document that was given up for a reason."""
        return part_of(LinkedDocument(each.document, []), each.columns, self._writer)._replace(given_up=reason)

    def warm_up(self) -> None:
        """Makes what the first text makes, before there are workers that would each make it for themselves."""
        labels = islice((concept.label for concept in self._linker.ontology.concepts.values()), WARM_UP)
        deque(self.parts([FileDocument(Document("", ". ".join(labels)), ())]), maxlen=0)


def parts_of_documents(
    linker: DocumentLinker, documents: Iterable[Document], shard_size: int | None = None
) -> Iterator[Part]:
    """The part of each document, in order, from this process.

    Args:
        linker: links the documents.
        documents: read as they are needed, a batch at a time.
        shard_size: documents in a shard. No batch has documents of two shards, so that a run that is resumed has the
            same batches: the last digits of a distance depend on the batch.
    """
    for block in blocks(documents, shard_size):
        yield from linker.parts(block)


def parts_of_workers(
    linker: DocumentLinker,
    documents: Iterable[Document],
    n_workers: int,
    seconds: float,
    shard_size: int | None = None,
) -> Iterator[Part]:
    """The part of each document, in order: those that `parts_of_documents` gives, to the last digit.

    Args:
        linker: is in the memory of every worker, without being copied.
        documents: read as they are needed.
        n_workers: how many processes link, each on one core.
        seconds: the most that a document may take. A batch of documents that takes longer is linked one by one. A
            document that takes longer, or ends its worker, is given up: it has no links.
        shard_size: as for `parts_of_documents`.

    Raises:
        HyplinkError: this system cannot fork processes, or a document cannot be linked.
    """
    with linking_workers(linker, n_workers, seconds) as workers:
        yield from parts_of_blocks(linker, workers, blocks(documents, shard_size))


def linking_workers(linker: DocumentLinker, n_workers: int, seconds: float) -> Workers[FileDocument, Part]:
    """Processes that link, as for `parts_of_workers`.

    Raises:
        HyplinkError: this system cannot fork processes.
    """

    def work(block: Sequence[FileDocument]) -> list[Part]:
        torch.set_num_threads(1)  # a worker is for one core, and threads of this process are not in its fork
        return list(linker.parts(block))

    linker.warm_up()
    return Workers(work, n_workers, seconds)


def parts_of_blocks(
    linker: DocumentLinker, workers: Workers[FileDocument, Part], several: Iterable[Sequence[FileDocument]]
) -> Iterator[Part]:
    """The part of each document of blocks that workers link, in order."""
    ahead, again = tee(several)
    for block, results in zip(again, workers.results(ahead), strict=True):
        for each, result in zip(block, results, strict=True):
            yield linker.without_links(each, result.reason) if isinstance(result, GivenUp) else result


def blocks(documents: Iterable[Document], shard_size: int | None) -> Iterator[list[FileDocument]]:
    """The documents in blocks of at most `BATCH_SIZE`, none of which has documents of two shards."""
    remaining, n_left, columns = iter(documents), shard_size or BATCH_SIZE, None
    while block := list(islice(remaining, min(BATCH_SIZE, n_left))):
        columns = own_columns(block[0]) if columns is None else columns
        yield [FileDocument(each, columns) for each in block]
        n_left -= len(block)
        if n_left == 0:
            n_left, columns = shard_size or BATCH_SIZE, columns if shard_size is None else None
