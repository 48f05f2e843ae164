"""Documents written in a format are read back unchanged: real corpora, and arbitrary texts."""

import sys
from dataclasses import replace
from pathlib import Path

import bioc
import pytest
import spacy
from bioc import biocjson, biocxml, pubtator
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from spacy.tokens import DocBin

from hyplink.corpus import CorpusReport, Document, Mention, corpus_chunks, corpus_format_of, read_documents, write_brat
from hyplink.corpus.report import READ_BACK_AS_ANNOTATED
from hyplink.errors import InputError
from tests.corpus.strategies import documents

DATA = Path(__file__).parents[2] / "data"
SUFFIXES = {"jsonl": ".jsonl", "bioc": ".xml", "bioc-json": ".json", "docbin": ".spacy", "mentions": ".tsv", "brat": ""}
NO_XML = "".join({*map(chr, range(32)), *map(chr, range(127, 160)), "\ufffe", "\uffff"} - {"\t", "\n", "\r"})
NOT_WRITTEN = {"bioc": NO_XML, "mentions": "\0", "brat": "\0"}
"""Characters that a format or its reader cannot represent."""

MARKS_PLAIN_TEXT = ("jsonl", "bioc", "bioc-json", "docbin", "brat")
"""The formats that can mark a document as plain text."""

LABELS = {"D009369": "Neoplasms"}
ODD = Document(
    "d",
    "A red\r\nand dry skin\ttumour.\n\n  β",
    (
        Mention(2, 19, "red skin", (("D1", "D2"), ("OMIM 3",)), ((2, 5), (15, 19))),
        Mention(15, 19, "skin", (("A:1", "B:2"),)),
        Mention(15, 26, "skin\ttumour"),
    ),
)


def written(folder, given_documents, written_format):
    if written_format == "brat":
        write_brat(folder / "round", given_documents, LABELS, CorpusReport())
        return folder / "round"
    path = folder / f"round{SUFFIXES.get(written_format, '.pubtator')}"
    path.write_bytes(b"".join(corpus_chunks(given_documents, written_format, LABELS, CorpusReport())))
    return path


def by_id(found):
    return sorted(found, key=lambda document: document.doc_id)


@pytest.fixture(scope="module", params=["disease", "cell"])
def real(request):
    paths = {"disease": [DATA / "disease" / "ncbi_dev.pubtator"], "cell": [DATA / "cell" / "dev"]}
    return list(read_documents(paths[request.param]))


@pytest.mark.parametrize("written_format", SUFFIXES)
def test_real_documents_are_read_back_unchanged(tmp_path, real, written_format):
    path = written(tmp_path, real, written_format)
    assert by_id(read_documents([path], "mentions" if path.suffix == ".tsv" else "auto")) == by_id(real)


def test_real_abstracts_are_read_back_from_pubtator(tmp_path):
    real = list(read_documents([DATA / "disease" / "ncbi_train.pubtator"]))
    assert list(read_documents([written(tmp_path, real, "pubtator")])) == real


@pytest.mark.parametrize("written_format", SUFFIXES)
def test_discontinuous_composite_and_alternative_mentions_are_read_back(tmp_path, written_format):
    path = written(tmp_path, [ODD, replace(ODD, doc_id="bare", mentions=())], written_format)
    assert by_id(read_documents([path])) == [replace(ODD, doc_id="bare", mentions=()), ODD]


@pytest.mark.parametrize("written_format", MARKS_PLAIN_TEXT)
def test_plain_and_annotated_documents_without_mentions_are_distinguished(tmp_path, written_format):
    mixed = [Document("annotated", "Red skin.", ()), ODD, Document("plain", "Red skin.")]
    assert by_id(read_documents([written(tmp_path, mixed, written_format)])) == mixed


@pytest.mark.parametrize(
    ("written_format", "mentions", "noticed"),
    [
        ("pubtator", [None, ODD.mentions], {READ_BACK_AS_ANNOTATED: 1}),
        ("pubtator", [None, ()], {"annotated documents that will be read back as plain text": 1}),
        ("pubtator", [None, None], {}),
        ("mentions", [None, ()], {READ_BACK_AS_ANNOTATED: 1}),
    ],
)
def test_a_change_between_plain_and_annotated_is_counted(tmp_path, written_format, mentions, noticed):
    report = CorpusReport()
    given_documents = [Document(f"{i}", ODD.text.replace("\r\n", "  "), each) for i, each in enumerate(mentions)]
    pieces = b"".join(corpus_chunks(given_documents, written_format, LABELS, report))
    assert {what: n for what, n in report.notices.items() if "read back" in what} == noticed
    path = tmp_path / ("a.tsv" if written_format == "mentions" else "a.pubtator")
    path.write_bytes(pieces)
    changed = sum(a.annotated != b.annotated for a, b in zip(given_documents, read_documents([path]), strict=True))
    assert changed == sum(noticed.values())


@pytest.mark.parametrize("written_format", SUFFIXES)
@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_any_document_is_read_back_unchanged(tmp_path, written_format, data):
    document = data.draw(documents(NOT_WRITTEN.get(written_format, ""), plain=written_format in MARKS_PLAIN_TEXT))
    assume(document.text.strip(" \t\r\n\ufeff"))
    folder = tmp_path / document.doc_id
    folder.mkdir(exist_ok=True)
    assert list(read_documents([written(folder, [document], written_format)])) == [document]


def test_what_pubtator_cannot_represent_is_counted_and_offsets_are_kept():
    report = CorpusReport()
    lines = b"".join(corpus_chunks([ODD], "pubtator", {}, report)).decode().splitlines()
    assert lines[:2] == ["d|t|A red ", "d|a|and dry skin\ttumour.    β"]
    assert lines[2] == "d\t2\t19\tred  and dry skin\tConcept\tD1|OMIM 3;D2|OMIM 3"
    assert report.notices == {
        "documents whose line ends were replaced by spaces": 1,
        "discontinuous mentions, written as one span": 1,
    }


def test_bioc_reads_the_bioc_that_hyplink_writes(tmp_path, real):
    for name, decoder in (("bioc", biocxml), ("bioc-json", biocjson)):
        with written(tmp_path, real, name).open(encoding="utf-8") as file:
            collection = decoder.loads(file.read())
        bioc.validate(collection)
        found = {each.id: each.passages[0] for each in collection.documents}
        for document in real:
            assert found[document.doc_id].text == document.text
            assert [each.text for each in found[document.doc_id].annotations] == [m.text for m in document.mentions]


def test_bioc_includes_labels_that_are_known():
    document = Document("1", "cancer", (Mention(0, 6, "cancer", (("D009369",),)),))
    assert b'<infon key="name">Neoplasms</infon>' in b"".join(corpus_chunks([document], "bioc", LABELS, CorpusReport()))


def test_bioc_reads_the_pubtator_that_hyplink_writes(tmp_path):
    real = list(read_documents([DATA / "disease" / "ncbi_dev.pubtator"]))
    with written(tmp_path, real, "pubtator").open(encoding="utf-8") as file:
        found = {each.pmid: each for each in pubtator.load(file)}
    for document in real:
        theirs = [(each.start, each.end, each.text) for each in found[document.doc_id].annotations]
        assert theirs == [(m.start, m.end, m.text) for m in document.mentions]


def test_bioc_reads_the_brat_that_hyplink_writes(tmp_path):
    real = list(read_documents([DATA / "cell" / "dev"]))
    write_brat(tmp_path, real, {}, CorpusReport())
    for document in real:
        with (
            (tmp_path / f"{document.doc_id}.txt").open(newline="") as text,
            (tmp_path / f"{document.doc_id}.ann").open() as annotations,
        ):
            found = bioc.brat.load(text, annotations)
        assert found.text == document.text
        assert [entity.text for entity in found.entities] == [m.text for m in document.mentions]


def test_spacy_reads_the_docbin_that_hyplink_writes(tmp_path, real):
    docs = list(DocBin().from_disk(written(tmp_path, real, "docbin")).get_docs(spacy.blank("en").vocab))
    for doc, document in zip(docs, real, strict=True):
        assert doc.text == document.text
        places = [(span.start_char, span.end_char) for span in doc.spans["hyplink"]]
        assert places == [(mention.start, mention.end) for mention in document.mentions]
        assert doc.ents
        assert all(entity.kb_id_ for entity in doc.ents)


def test_the_entities_of_a_docbin_from_another_tool_are_read_as_mentions(tmp_path):
    nlp = spacy.blank("en")
    doc = nlp("A red skin.")
    doc.ents = [doc.char_span(2, 10, label="X", kb_id="D1")]
    DocBin(docs=[doc]).to_disk(tmp_path / "a.spacy")
    assert list(read_documents([tmp_path / "a.spacy"])) == [
        Document("a:1", "A red skin.", (Mention(2, 10, "red skin", (("D1",),)),))
    ]


def test_a_missing_library_is_an_error_with_the_command_that_installs_it(write, monkeypatch):
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(InputError, match=r"spaCy is missing: pip install spacy"):
        list(read_documents([write("a.spacy", b"")]))


def test_a_damaged_docbin_is_rejected(write):
    with pytest.raises(InputError, match=r"a\.spacy: cannot be read as a DocBin"):
        list(read_documents([write("a.spacy", b"no")]))


@pytest.mark.parametrize("doc_id", ["", "../x", "/x", "a|b", "a\tb"])
def test_a_document_id_that_a_format_cannot_represent_is_rejected(tmp_path, doc_id):
    document = Document(doc_id, "skin")
    with pytest.raises(InputError, match="document id"):
        written(tmp_path, [document], "pubtator" if set("|\t") & set(doc_id) else "brat")


def test_the_output_format_is_detected_by_the_suffix():
    names = {"a.xml": "bioc", "a.json": "bioc-json", "a.spacy": "docbin", "a.TSV": "mentions", "folder": "brat"}
    assert {name: corpus_format_of(Path(name)) for name in names} == names
    assert corpus_format_of(Path("a.x")) is None


@pytest.mark.parametrize(
    ("corpus_format", "refused"),
    [
        ("pubtator", Document("a|b", "x", ())),
        ("pubtator", Document("a", "x", (Mention(0, 1, "x", (("A;B",),)),))),
        ("bioc", Document("a", "x\x07", ())),
        ("bioc", Document("a", "x", (Mention(0, 1, "x", (("A;B",),)),))),
        ("bioc-json", Document("a", "x", (Mention(0, 1, "x", (("A;B",),)),))),
        ("docbin", Document("a", "x", (Mention(0, 1, "x", (("A;B",),)),))),
        ("brat", Document("../a", "x", ())),
        ("brat", Document("first", "x", ())),
    ],
)
def test_a_document_that_a_format_cannot_represent_can_be_passed_over(tmp_path, corpus_format, refused):
    def written(report):
        if corpus_format == "brat":
            write_brat(tmp_path / "x", documents, {}, report)
            return list(read_documents([tmp_path / "x"]))
        path = tmp_path / ("x" + (SUFFIXES | {"pubtator": ".pubtator"})[corpus_format])
        path.write_bytes(b"".join(corpus_chunks(documents, corpus_format, {}, report)))
        return list(read_documents([path]))

    mention = Mention(0, 5, "texts", (("A",),))
    documents = [Document("first", "texts", (mention,)), refused, Document("last", "texts", (mention,))]
    with pytest.raises(InputError):
        written(CorpusReport())
    errors = []
    report = CorpusReport(skip_document=errors.append)
    found = written(report)
    assert [(each.doc_id, each.mentions[0].parts) for each in found] == [("first", (("A",),)), ("last", (("A",),))]
    assert [str(error).partition(":")[0] for error in errors] == [f"document {refused.doc_id!r} is not written"]
    assert report.n_unwritten == 1
