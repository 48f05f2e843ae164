"""Batches of documents, which decide the last digits of links, and what is written of each."""

import os
import signal

import pytest

from hyplink.bulk.links import DocumentLinker, parts_of_documents, parts_of_workers
from hyplink.corpus import Document
from hyplink.export.parts import LinkWriter, Part
from hyplink.linking.arguments import LinkOptions
from hyplink.ontology import Concept, Ontology

OPTIONS = LinkOptions(top_k=2, min_confidence=None, nested=True, search_all=False, prefer="recall")


class BatchRecorder:
    """Takes the place of a linker: the links of a document are its id, the size of its batch and the options.

    The document `deadly` ends the process that links it.
    """

    ontology = Ontology([Concept("A", "a")])

    def link_many(self, documents, **options):
        if any(each.doc_id == "deadly" for each in documents):
            os.kill(os.getpid(), signal.SIGKILL)
        return ([each.doc_id, len(documents), options] for each in documents)


class Recorder(LinkWriter):
    """Keeps what it is given, and notices each document."""

    def content(self, linked, columns, report):
        report.notices[linked.document.doc_id] += 1
        return linked.document, linked.links, columns

    def chunks(self, contents, columns, report):
        raise NotImplementedError


LINKER = DocumentLinker(BatchRecorder(), OPTIONS, Recorder())


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
    parts = list(parts_of_documents(LINKER, documents, shard_size))
    assert parts == [
        Part(each.doc_id, 3, (), (each, [each.doc_id, size, OPTIONS._asdict()], ()), {each.doc_id: 1})
        for each, size in zip(documents, (size for size in sizes for _ in range(size)), strict=True)
    ]


def test_the_links_of_shards_that_are_left_are_those_of_an_undisturbed_run():
    documents = [Document(str(i), "text") for i in range(250)]
    whole = list(parts_of_documents(LINKER, documents, 90))
    assert list(parts_of_documents(LINKER, documents[90:], 90)) == whole[90:]


@pytest.mark.parametrize(("shard_size", "expected"), [(None, "aaaaa"), (2, "aacce"), (3, "aaadd")])
def test_the_columns_of_a_file_are_those_of_its_first_document(shard_size, expected):
    documents = [Document(name, "text", columns=((name, "cell"),)) for name in "abcde"]
    parts = list(parts_of_documents(LINKER, documents, shard_size))
    assert [part.columns for part in parts] == [(name,) for name in expected]
    assert [part.content[2] for part in parts] == [(name,) for name in expected]


@pytest.mark.parametrize("shard_size", [None, 3])
def test_workers_give_the_same_parts_and_one_without_links_of_a_document_that_ends_its_process(shard_size):
    ids = ["0", "1", "2", "deadly", "4", "5", "6", "7"]
    documents = [Document(doc_id, "text", columns=[(f"of {doc_id}", "")]) for doc_id in ids]
    parts = list(parts_of_workers(LINKER, documents, 2, 30.0, shard_size))
    alive = [each for each in documents if each.doc_id != "deadly"]
    starts = [0] * 8 if shard_size is None else [0, 0, 0, 3, 3, 3, 6, 6]
    assert [part.doc_id for part in parts] == ids
    assert [part.columns for part in parts] == [(f"of {ids[start]}",) for start in starts]
    assert parts[3] == Part(
        "deadly", 0, parts[3].columns, (documents[3], [], parts[3].columns), {"deadly": 1}, "ended its process"
    )
    undisturbed = {part.doc_id: part for part in parts_of_documents(LINKER, alive)}
    for part in parts:
        if part.doc_id != "deadly":
            links = undisturbed[part.doc_id].content[1]
            assert part.content[1][::2] == links[::2]
