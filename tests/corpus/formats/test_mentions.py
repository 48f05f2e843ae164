"""Tables of mentions: strings to be linked, with or without a context."""

import csv

import pytest

from hyplink.corpus import CorpusReport, Document, Mention, read_documents
from hyplink.errors import InputError


def read(path, report=None):
    return list(read_documents([path], "mentions", report))


def test_each_row_of_a_column_of_strings_is_a_document(write):
    documents = read(write("t.csv", 'code,Mention\n1,skin tumour\n\n2,"red, dry skin"\n'))
    assert documents == [
        Document("t:2", "skin tumour", (Mention(0, 11, "skin tumour"),)),
        Document("t:4", "red, dry skin", (Mention(0, 13, "red, dry skin"),)),
    ]


def test_a_mention_that_is_not_in_its_context_is_put_before_it(write):
    content = "mention\tcontext\tconcepts\nskin\tRed Skin.\tA;B\nskin\tIt is red.\tA|B\n"
    inside, before = read(write("t.tsv", content))
    assert inside.mentions == (Mention(4, 8, "Skin", (("A", "B"),)),)
    assert before == Document("t:3", "skin\nIt is red.", (Mention(0, 4, "skin", (("A",), ("B",))),))


def test_a_context_may_be_longer_than_the_csv_module_allows_and_its_limit_is_kept(write):
    limit = csv.field_size_limit()
    text = "red skin " * (limit // 4)
    [document] = read(write("t.tsv", f"mention\tcontext\nskin\t{text}\n"))
    assert (document.text, document.mentions[0].start) == (text, 4)
    assert csv.field_size_limit() == limit


def test_rows_of_one_document_share_its_context(write):
    content = "doc,mention,start,context\nd,red,,A red skin.\nd,skin,6,\ne,red,,A red skin.\n"
    first, second = read(write("t.csv", content))
    assert (first.doc_id, [m.text for m in first.mentions]) == ("d", ["red", "skin"])
    assert (second.doc_id, [m.text for m in second.mentions]) == ("e", ["red"])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("name,code\nskin,1\n", "t.csv:1: no column of mentions among 'name', 'code'; expected 'mention' or"),
        ("mention,start,context\nskin,3,A skin.\n", "t.csv:2: 'skin' is not at offset 3 of the context"),
        ("mention,start,context\nskin,x,A skin.\n", "t.csv:2: start 'x' is not a number"),
        ("mention,spans,context\nskin,2-6-7,A skin.\n", "t.csv:2: spans '2-6-7' are malformed; expected START-END"),
        (
            "doc,mention,context\nd,skin,A skin.\nd,hair,\n",
            "t.csv:3: 'hair' is not in the context",
        ),
        ("mention,spans,context\nskin,2-60,A skin.\n", "t.csv:2: offsets 2–60 do not fit the text"),
    ],
)
def test_an_error_names_the_file_and_the_line(write, content, message):
    with pytest.raises(InputError) as caught:
        read(write("t.csv", content))
    assert message in str(caught.value)


def test_rows_without_a_mention_are_passed_over_and_columns_and_cells_that_are_not_read_are_counted(write):
    report = CorpusReport()
    documents = read(write("t.csv", "id,mention,concept\n1,skin,D1\n2,,\n3, ,\n4,hair,D2,more\n"), report)
    assert [(each.doc_id, each.text) for each in documents] == [("t:2", "skin"), ("t:5", "hair")]
    assert report.notices == {
        "columns 'id', not read": 1,
        "rows without a mention, passed over": 2,
        "rows with more cells than the header, the last ones passed over": 1,
    }


def test_offsets_count_characters_where_case_folding_changes_the_length_of_the_text(write):
    documents = read(write("t.csv", "mention,context\nasthma,Die Straße: Asthma.\nasthma,İzmir Asthma.\nSS,aß\n"))
    assert [(m.start, m.end, m.text) for each in documents for m in each.mentions] == [
        (12, 18, "Asthma"),
        (6, 12, "Asthma"),
        (1, 2, "ß"),
    ]


def test_a_table_may_have_carriage_returns_alone_as_line_ends(write):
    documents = read(write("t.csv", 'mention,context\rskin,"red\rskin"\rhair,\r'))
    assert [each.text for each in documents] == ["red\rskin", "hair"]
