import pytest

from hyplink.corpus import CorpusReport, Document, read_documents
from hyplink.errors import InputError


def test_only_doc_and_text_are_needed(write):
    (document,) = read_documents([write("a.jsonl", '\n{"doc": "d", "text": "a\\r\\nb"}\r\n\n')])
    assert document == Document("d", "a\r\nb")


def test_the_id_of_a_document_may_be_an_integer(write):
    assert [each.doc_id for each in read_documents([write("a.jsonl", '{"doc": 7, "text": "a"}\n')])] == ["7"]


def test_the_text_of_a_mention_is_checked_if_it_is_given(write):
    path = write("a.jsonl", '{"doc":"d","text":"skin tumour","mentions":[{"start":5,"end":11,"text":"skin"}]}')
    with pytest.raises(InputError, match=r"a\.jsonl:1: mentions\[0\]: the annotation gives 'skin'"):
        list(read_documents([path]))


def test_unknown_fields_are_counted(write):
    report = CorpusReport()
    content = '{"doc":"d","text":"skin","year":1999,"mentions":[{"start":0,"end":4,"concept":"A"}]}'
    list(read_documents([write("a.jsonl", content)], report=report))
    assert report.notices == {"unknown fields 'year', ignored": 1, "unknown fields 'concept', ignored": 1}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "Invalid JSON"),
        ("[1]", "expected {"),
        ('{"text": "a"}', "doc: Field required"),
        ('{"doc": 7.5, "text": "a"}', "doc: Input should be a valid string"),
        ('{"doc": "d", "text": "a", "mentions": [{"start": "0", "end": 1}]}', "mentions[0].start: Input should be"),
        ('{"doc": "d", "text": "a", "mentions": [{"start": 0, "end": 9}]}', "mentions[0]: offsets 0–9 do not fit"),
        (
            '{"doc": "d", "text": "abc", "mentions": [{"start": 0, "end": 3, "spans": [[0, 1], [1, 2]]}]}',
            "mentions[0]: spans [(0, 1), (1, 2)] do not reach from start 0 to end 3",
        ),
        (
            '{"doc": "d", "text": "abc", "mentions": [{"start": 0, "end": 3, "concepts": ["A|B", "C"]}]}',
            "mixes single and composite ids",
        ),
    ],
)
def test_an_error_names_the_line_and_the_field(write, line, message):
    path = write("a.jsonl", '{"doc": "first", "text": "good"}\n' + line + "\n")
    with pytest.raises(InputError) as caught:
        list(read_documents([path]))
    assert str(caught.value).startswith(f"{path}:2: ")
    assert message in str(caught.value)
