"""Batches of documents, which decide the last digits of links."""

import pytest

from hyplink.bulk.links import links_of_documents
from hyplink.corpus import Document
from hyplink.linking.arguments import LinkOptions

OPTIONS = LinkOptions(top_k=2, min_confidence=None, nested=True, search_all=False, prefer="recall")


class BatchRecorder:
    """Takes the place of a linker: the links of a document are its id, the size of its batch and the options."""

    def link_many(self, documents, **options):
        return ([each.doc_id, len(documents), options] for each in documents)


@pytest.mark.parametrize(
    ("n_documents", "shard_size", "sizes"),
    [
        (150, None, [64, 64, 22]),
        (150, 100, [64, 36, 50]),
        (200, 100, [64, 36, 64, 36]),
        (7, 3, [3, 3, 1]),
        (130, 128, [64, 64, 2]),
        (0, 3, []),
    ],
)
def test_no_batch_has_documents_of_two_shards(n_documents, shard_size, sizes):
    documents = [Document(str(i), "text") for i in range(n_documents)]
    linked = list(links_of_documents(BatchRecorder(), documents, OPTIONS, shard_size))
    assert [each.document for each in linked] == documents
    assert [each.links for each in linked] == [
        [document.doc_id, size, OPTIONS._asdict()]
        for document, size in zip(documents, (size for size in sizes for _ in range(size)), strict=True)
    ]


def test_the_links_of_shards_that_are_left_are_those_of_an_undisturbed_run():
    documents = [Document(str(i), "text") for i in range(250)]
    whole = list(links_of_documents(BatchRecorder(), documents, OPTIONS, 90))
    assert list(links_of_documents(BatchRecorder(), documents[90:], OPTIONS, 90)) == whole[90:]
