"""The links of documents from several processes, in the order of the documents."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, tee

import torch

from hyplink.bulk.workers import GivenUp, Workers
from hyplink.corpus import Document
from hyplink.linking.arguments import LinkOptions
from hyplink.linking.link import Link
from hyplink.linking.linked_document import LinkedDocument
from hyplink.linking.linker import BATCH_SIZE, Linker

WARM_UP = 1000
"""Labels of concepts that are linked before workers are started."""


def links_of_documents(
    linker: Linker, documents: Iterable[Document], options: LinkOptions, shard_size: int | None = None
) -> Iterator[LinkedDocument]:
    """Each document with its links, in order, from this process.

    Args:
        linker: finds the links.
        documents: read as they are needed, a batch at a time.
        options: how to link.
        shard_size: documents in a shard. No batch has documents of two shards, so that a run that is resumed has the
            same batches: the last digits of a distance depend on the batch.
    """
    for block in _blocks(documents, shard_size):
        yield from map(LinkedDocument, block, linker.link_many(block, **options._asdict()))


def links_of_workers(
    linker: Linker,
    documents: Iterable[Document],
    options: LinkOptions,
    n_workers: int,
    seconds: float,
    given_up: Callable[[str, str], None],
    shard_size: int | None = None,
) -> Iterator[LinkedDocument]:
    """Each document with its links, in order: those that `links_of_documents` gives, to the last digit.

    Args:
        linker: is in the memory of every worker, without being copied.
        documents: read as they are needed.
        options: how to link.
        n_workers: how many processes link, each on one core.
        seconds: the most that a document may take. A batch of documents that takes longer is linked one by one.
        given_up: called with the id of a document that took longer, or ended its worker, and with what happened; the
            document then has no links.
        shard_size: as for `links_of_documents`.

    Raises:
        HyplinkError: this system cannot fork processes, or a document cannot be linked.
    """

    def work(block: Sequence[Document]) -> list[list[Link]]:
        torch.set_num_threads(1)  # a worker is for one core, and threads of this process are not in its fork
        return list(linker.link_many(block, **options._asdict()))

    _warm_up(linker, options)
    ahead, again = tee(_blocks(documents, shard_size))
    with Workers(work, n_workers, seconds) as workers:
        for block, results in zip(again, workers.results(ahead), strict=True):
            for document, result in zip(block, results, strict=True):
                if isinstance(result, GivenUp):
                    given_up(document.doc_id, result.reason)
                    yield LinkedDocument(document, [])
                else:
                    yield LinkedDocument(document, result)


def _warm_up(linker: Linker, options: LinkOptions) -> None:
    """Makes what the first text makes, before there are workers that would each make it for themselves."""
    labels = islice((concept.label for concept in linker.ontology.concepts.values()), WARM_UP)
    linker.link(". ".join(labels), **options._asdict())


def _blocks(documents: Iterable[Document], shard_size: int | None) -> Iterator[list[Document]]:
    """The documents in blocks of at most `BATCH_SIZE`, none of which has documents of two shards."""
    remaining, n_left = iter(documents), shard_size or BATCH_SIZE
    while block := list(islice(remaining, min(BATCH_SIZE, n_left))):
        yield block
        n_left = (n_left - len(block)) or shard_size or BATCH_SIZE
