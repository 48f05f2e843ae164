from pathlib import Path

import pytest

from hyplink.corpus import CorpusReport, Document, read_documents, write_brat
from hyplink.errors import InputError

CELL = Path(__file__).parents[3] / "data" / "cell"
TEXT = "Rod and cone cells.\n"


@pytest.fixture
def pair(write):
    def write_pair(annotations, text=TEXT):
        write("a.ann", annotations)
        return write("a.txt", text)

    return write_pair


def mentions(path, report=None):
    (document,) = read_documents([path], "brat", report)
    return document.mentions


def test_a_discontinuous_and_a_nested_mention_keep_their_spans_and_ids(pair):
    annotations = (
        "T1\tCell 8 18\tcone cells\nN1\tReference T1 CL:0000573\tcone\n"
        "T2\tCell 0 3;13 18\tRod cells\nN2\tReference T2 CL:0000604\trod\n"
        "T3\tCell 13 18\tcells\n"
    )
    rods, cones, cells = mentions(pair(annotations))
    assert (rods.start, rods.end, rods.text, rods.spans) == (0, 18, "Rod cells", ((0, 3), (13, 18)))
    assert (cones.parts, rods.parts, cells.parts) == ((("CL:0000573",),), (("CL:0000604",),), ())


def test_several_references_of_one_mention_are_alternatives_in_any_line_order(pair):
    annotations = "N1\tReference T1 CL:1\ta\nT1\tCell 0 3\tRod\n\nN2\tReference T1 CL:2\tb\n"
    assert mentions(pair(annotations))[0].parts == (("CL:1", "CL:2"),)


def test_a_line_feed_in_a_mention_may_be_annotated_as_a_space(pair):
    report = CorpusReport()
    (mention,) = mentions(pair("T1\tCell 0 8\tcone cel\n", "cone\ncells"), report)
    assert mention.text == "cone\ncel"
    assert sum(report.notices.values()) == 1


def test_offsets_count_characters_and_carriage_returns(pair):
    assert mentions(pair("T1\tCell 4 7\tRod\r\n", "β😀\r\nRod"))[0].text == "Rod"


def test_other_annotations_are_counted(pair):
    report = CorpusReport()
    annotations = "T1\tCell 0 3\tRod\nE1\tGrowth:T1\nA1\tNegated E1\n#1\tNote T1\tsure\nN1\tReference E1 GO:1\tgrowth\n"
    assert len(mentions(pair(annotations), report)) == 1
    assert report.notices == {
        "events, relations, attributes and notes, ignored": 3,
        "concepts of events and relations, ignored": 1,
    }


def test_the_bundled_articles_are_read_completely():
    report = CorpusReport()
    documents = list(read_documents([CELL / "train", CELL / "dev"], report=report))
    assert (report.n_documents, report.n_mentions, report.n_without_id) == (12, 1741, 0)
    assert not report.notices
    assert "17447844" in {document.doc_id for document in documents}


@pytest.mark.parametrize(
    ("annotations", "line", "message"),
    [
        ("T1\tCell 0 3\n", 1, "is not a mention; expected T1<TAB>TYPE START END"),
        ("T1\tCell 0\tRod\n", 1, "is not a mention"),
        ("T1\tCell 0 x\tRod\n", 1, "is not a mention"),
        ("T1\tCell 3 0\tRod\n", 1, "is not a mention"),
        ("T1\tCell 0 3\tRod\nT1\tCell 8 12\tcone\n", 2, "a second T1"),
        ("T1\tCell 0 3\tRod\nN1\tReference\n", 2, "is not a reference"),
        ("T1\tCell 0 3\tRod\nN1\tReference T2 CL:1\trod\n", 2, "CL:1 refers to T2, which is not in the file"),
        ("T1\tCell 0 30\tRod\n", 1, "offsets 0–30 do not fit the text of 20 characters"),
        ("T1\tCell 1 4\tRod\n", 1, "gives 'Rod', but offsets 1–4 mark 'od '"),
        ("mention of a rod\n", 1, "is not a BRAT line"),
    ],
)
def test_an_error_names_the_file_and_the_line(pair, annotations, line, message):
    path = pair(annotations)
    with pytest.raises(InputError) as caught:
        mentions(path)
    assert str(caught.value).startswith(f"{path.with_suffix('.ann')}:{line}: ")
    assert message in str(caught.value)


@pytest.mark.parametrize("reference", ["N1\tReference T1\trod\n", "N1\tReference T1\n"])
def test_a_reference_without_an_id_is_counted_and_passed_over(pair, reference):
    report = CorpusReport()
    (document,) = read_documents([pair(f"T1\tCell 0 3\tRod\n{reference}")], report=report)
    assert [mention.parts for mention in document.mentions] == [()]
    assert report.notices["references without a concept id, ignored"] == 1


@pytest.mark.parametrize("given", ["a.txt", "a.ann"])
def test_annotations_without_a_text_and_a_text_without_annotations_are_rejected(write, given):
    path = write(given, "T1\tCell 0 3\tRod\n")
    missing = "a.ann" if given == "a.txt" else "a.txt"
    with pytest.raises(InputError, match=f"{missing} is missing; BRAT needs a .txt and a .ann file side by side"):
        mentions(path)


def test_an_empty_text_is_rejected_but_a_text_without_mentions_is_not(pair):
    assert mentions(pair("")) == ()
    with pytest.raises(InputError, match=r"a\.txt: the file is empty"):
        mentions(pair("", ""))


@pytest.mark.parametrize("second", ["a", "./a", ".//a", "b/../a", "a.txt/b"])
def test_two_documents_never_share_a_file(tmp_path, second):
    documents = [Document("a", "one"), Document(second, "two", ())]
    with pytest.raises(InputError, match="document id"):
        write_brat(tmp_path / "new", documents, {}, CorpusReport())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("doc_id", ["a\0b", "a\ud800", "a/", "", "a/../b", "/a", "a/" * 1000 + "a", "é" * 126])
def test_a_document_id_that_cannot_be_a_file_name_is_an_error_that_quotes_it(tmp_path, doc_id):
    with pytest.raises(InputError, match="cannot be the name of a file") as caught:
        write_brat(tmp_path / "new", [Document("first", "one"), Document(doc_id, "two")], {}, CorpusReport())
    assert repr(doc_id) in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_the_annotations_of_a_document_that_is_now_plain_are_deleted(tmp_path):
    write_brat(tmp_path / "out", [Document("a", "one", ()), Document("b", "two", ())], {}, CorpusReport())
    write_brat(tmp_path / "out", [Document("a", "three")], {}, CorpusReport())
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"a.txt", "b.txt", "b.ann"}
    assert (tmp_path / "out" / "a.txt").read_text() == "three"
