from pathlib import Path

import pytest

from hyplink.corpus import CorpusReport, read_documents
from hyplink.errors import InputError

DISEASE = Path(__file__).parents[3] / "data" / "disease"
TEXT = "1|t|Skin tumours.\n1|a|Of skin.\n"


def read(path, report=None):
    return list(read_documents([path], "pubtator", report))


def test_offsets_count_the_title_one_separator_and_the_abstract(write):
    (document,) = read(
        write("a.pubtator", TEXT + "1\t17\t21\tskin\tDisease\tD1\n1\t0\t12\tSkin tumours\tDisease\tD2\n")
    )
    assert document.text == "Skin tumours.\nOf skin."
    assert [(m.start, m.end, m.text, m.parts) for m in document.mentions] == [
        (0, 12, "Skin tumours", (("D2",),)),
        (17, 21, "skin", (("D1",),)),
    ]


def test_the_text_keeps_its_spaces_and_bars(write):
    (document,) = read(write("a.pubtator", "1|t| a|t|b \n1|a|c  d \n"))
    assert document.text == " a|t|b \nc  d "


def test_windows_line_ends_and_a_byte_order_mark_are_not_part_of_the_text(write):
    content = "\ufeff1|t|A tumour\r\n1|a|b\r\n1\t2\t8\ttumour\tDisease\tD1\r\n\r\n\r\n2|t|C\r\n"
    documents = read(write("a.pubtator", content))
    assert [(d.doc_id, d.text) for d in documents] == [("1", "A tumour\nb"), ("2", "C")]
    assert documents[0].mentions[0].parts == (("D1",),)


def test_documents_need_no_blank_line_between_them(write):
    documents = read(write("a.pubtator", "1|t|A\n1|a|b\n2|t|C\n2|a|d\n"))
    assert [d.text for d in documents] == ["A\nb", "C\nd"]


def test_a_mention_without_an_id_column_has_no_id(write):
    (document,) = read(write("a.pubtator", TEXT + "1\t0\t4\tSkin\tDisease\n1\t5\t12\ttumours\tDisease\t-1\n"))
    assert [m.parts for m in document.mentions] == [(), ()]


def test_relation_lines_are_counted(write):
    report = CorpusReport()
    read(write("a.pubtator", TEXT + "1\tCID\tD1\tD2\n"), report)
    assert report.notices == {"relation lines, ignored": 1}


def test_the_bundled_train_abstracts_are_read_and_their_irregularities_are_counted():
    report = CorpusReport()
    documents = list(read_documents([DISEASE / "ncbi_train.pubtator"], report=report))
    assert len(documents) == report.n_documents == 592
    assert (report.n_mentions, report.n_composite, report.n_without_id) == (5134, 115, 0)
    assert report.notices == {
        "repeated documents, skipped": 1,
        "mention texts that differ from the document in whitespace, accepted": 1,
    }
    assert all(m.text == d.text[m.start : m.end] for d in documents for m in d.mentions)


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        ("1|a|No title.\n", 1, "abstract of 1 without its title"),
        ("1|t|A\n1|a|b\n1|a|c\n", 3, "second abstract of 1"),
        ("1|t|A\n2|a|b\n", 2, "abstract of 2 without its title"),
        (TEXT + "some words\n", 3, "'some words' is not a PubTator line"),
        (TEXT + "2\t0\t4\tSkin\tDisease\tD1\n", 3, "annotation of '2' without a text of this id"),
        (TEXT + "1\t0\tfour\tSkin\tDisease\tD1\n", 3, "is not a mention"),
        (TEXT + "1\t20\t40\tskin\tDisease\tD1\n", 3, "offsets 20–40 do not fit the text of 22 characters"),
        (TEXT + "1\t1\t5\tSkin\tDisease\tD1\n", 3, "gives 'Skin', but offsets 1–5 mark 'kin '"),
    ],
)
def test_an_error_names_the_file_and_the_line(write, content, line, message):
    path = write("a.pubtator", content)
    with pytest.raises(InputError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert message in str(caught.value)
