"""Which documents are annotated and which are plain text, in each format."""

import gzip
import io
import os
from threading import Thread

import pytest
import spacy
from spacy.tokens import DocBin

from hyplink.corpus import Document, Mention, input_files, read_documents, read_file

TITLES = "1|t|Red skin.\n1|a|Of skin.\n\n2|t|A tumour.\n"
MENTION = "2\t2\t8\ttumour\tDisease\tD1\n"
BIOC = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE collection SYSTEM "BioC.dtd">
<collection><source>x</source><date/><key/>{}</collection>
"""
BIOC_DOCUMENT = """<document><id>{id}</id>{infon}<passage><offset>0</offset><text>Red skin.</text>{annotation}</passage>
</document>"""
BIOC_ANNOTATION = '<annotation id="1"><location offset="4" length="4"/><text>skin</text></annotation>'


def read(*paths):
    return {document.doc_id: document for document in read_documents(paths)}


def annotated(*paths):
    return {doc_id: document.annotated for doc_id, document in read(*paths).items()}


def test_a_document_is_annotated_if_its_mentions_are_given_even_if_it_has_none():
    mention = Mention(0, 3, "Red")
    assert [Document("d", "Red", given).annotated for given in (None, (), (mention,))] == [False, True, True]


def test_without_its_annotation_a_document_is_the_same_plain_text():
    assert Document("d", "Red", (Mention(0, 3, "Red"),)).without_annotation() == Document("d", "Red", None)


def test_the_key_mentions_makes_a_json_line_annotated_even_if_the_list_is_empty(write):
    path = write("a.jsonl", '{"doc": "plain", "text": "Red"}\n{"doc": "annotated", "text": "Red", "mentions": []}\n')
    assert read(path) == {"plain": Document("plain", "Red"), "annotated": Document("annotated", "Red", ())}


def test_one_mention_makes_all_documents_of_a_pubtator_file_annotated(write):
    path = write("a.pubtator", TITLES + MENTION)
    assert annotated(path) == {"1": True, "2": True}
    assert read(path)["1"].mentions == ()


def test_a_pubtator_file_without_a_mention_is_plain_text_whatever_other_files_hold(write):
    plain = write("a.pubtator", TITLES + "2\tCID\tD1\tD2\n")
    other = write("b.pubtator", (TITLES + MENTION).replace("1|", "3|").replace("2|", "4|").replace("2\t2", "4\t2"))
    assert annotated(plain, other) == {"1": False, "2": False, "3": True, "4": True}


@pytest.mark.parametrize(("content", "expected"), [(TITLES, False), (TITLES + MENTION, True)])
def test_standard_input_is_handled_like_a_file(content, expected):
    (file,) = input_files(["-"])
    documents = list(read_file(file, stdin=io.BytesIO(content.encode())))
    assert [document.annotated for document in documents] == [expected, expected]
    assert [document.text for document in documents] == ["Red skin.\nOf skin.", "A tumour."]


def test_a_named_pipe_is_read_once_and_completely(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_text, args=(TITLES + MENTION,))
    writer.start()
    documents = list(read_documents([pipe], "pubtator"))
    writer.join()
    assert [(document.text, document.annotated) for document in documents] == [
        ("Red skin.\nOf skin.", True),
        ("A tumour.", True),
    ]


def test_an_empty_ann_file_makes_a_text_annotated_and_a_text_alone_is_plain(write):
    folder = write("pair.txt", "Red skin.").parent
    write("pair.ann", "")
    write("alone.txt", "Red skin.")
    assert annotated(folder) == {"pair": True, "alone": False}


@pytest.mark.parametrize(
    ("infon", "annotation", "expected"),
    [
        ("", "", {"1": False, "2": False}),
        ("", BIOC_ANNOTATION, {"1": True, "2": True}),
        ('<infon key="annotated">true</infon>', "", {"1": True, "2": False}),
        ('<infon key="annotated">false</infon>', BIOC_ANNOTATION, {"1": False, "2": True}),
    ],
)
def test_bioc_is_decided_by_any_annotation_in_the_file_unless_an_infon_says_it(write, infon, annotation, expected):
    first = BIOC_DOCUMENT.format(id=1, infon=infon, annotation="")
    second = BIOC_DOCUMENT.format(id=2, infon="", annotation=annotation)
    assert annotated(write("a.xml", BIOC.format(first + second))) == expected


def test_a_docbin_document_is_annotated_if_its_entities_or_its_span_group_were_set(tmp_path):
    nlp = spacy.blank("en")
    plain, no_entities, no_spans = nlp("Red skin."), nlp("Red skin."), nlp("Red skin.")
    no_entities.ents = []
    no_spans.spans["hyplink"] = []
    DocBin(docs=[plain, no_entities, no_spans]).to_disk(tmp_path / "a.spacy")
    assert annotated(tmp_path / "a.spacy") == {"a:1": False, "a:2": True, "a:3": True}


def test_texts_of_the_wsd_framework_are_annotated_even_without_an_instance(write):
    text = '<corpus><text id="d"><sentence id="d.s"><wf>No</wf></sentence></text></corpus>'
    assert annotated(write("a.data.xml.gz", gzip.compress(text.encode()))) == {"a/d": True}


def test_a_row_for_a_document_without_mentions_makes_it_annotated(write):
    path = write("a.csv", "doc,mention,context\nd,,Red skin.\n")
    assert read(path) == {"d": Document("d", "Red skin.", ())}


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a"])
def test_plain_text_is_not_annotated(write, name):
    assert read(write(name, "Red skin.")) == {"a": Document("a", "Red skin.", None)}
