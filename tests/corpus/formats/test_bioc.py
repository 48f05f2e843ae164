"""BioC as other tools write it: passages with gaps, sentences, several keys for ids."""

import json

import pytest

from hyplink.corpus import CorpusReport, read_documents
from hyplink.errors import InputError

ANNOTATION = """<annotation id="1"><infon key="{key}">{ids}</infon>
<location offset="{at}" length="4"/><text>skin</text></annotation>"""
XML = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE collection SYSTEM "BioC.dtd">
<collection><source>x</source><date/><key/><document><id>1</id>
<passage><offset>0</offset><text>Red skin.</text>{}</passage>
<passage><offset>11</offset><sentence><offset>11</offset><text>It is</text></sentence>
<sentence><offset>17</offset><text>skin.</text>{}</sentence></passage>
{}</document></collection>
"""


def annotation(at, ids="D1", key="identifier"):
    return ANNOTATION.format(at=at, ids=ids, key=key)


def read(path, report=None):
    return list(read_documents([path], report=report))


def test_passages_and_sentences_are_placed_at_their_offsets(write):
    (document,) = read(write("a.xml", XML.format(annotation(4), annotation(17, "A;B"), annotation(4, "A|B", "MESH"))))
    assert document.text == "Red skin.\n\nIt is\nskin."
    assert [(m.start, m.text, m.parts) for m in document.mentions] == [
        (4, "skin", (("A",), ("B",))),
        (4, "skin", (("D1",),)),
        (17, "skin", (("A", "B"),)),
    ]


def test_relations_are_counted_and_an_unknown_infon_is_not_an_id(write):
    report = CorpusReport()
    relation = '<relation id="R1"><node refid="1" role="x"/></relation>'
    (document,) = read(write("a.xml", XML.format(annotation(4, "x", "note"), "", relation)), report)
    assert document.mentions[0].parts == ()
    assert report.notices == {"relations, ignored": 1}


def test_json_lines_of_documents_are_read(write):
    passage = {"offset": 0, "infons": {}, "text": "A", "sentences": [], "annotations": [], "relations": []}
    rows = [
        {
            "bioctype": "BioCDocument",
            "id": name,
            "infons": {},
            "passages": [passage],
            "annotations": [],
            "relations": [],
        }
        for name in ("1", "2")
    ]
    path = write("a.json", "".join(json.dumps(row) + "\n" for row in rows))
    assert [(document.doc_id, document.text) for document in read(path)] == [("1", "A"), ("2", "A")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("<collection><document>", "cannot be read as BioC: "),
        ('{"source": 1}', "cannot be read as BioC: neither `documents` nor `passages` found"),
        ('{"documents": [{"passages": 1}]}', "documents[0].passages: Input should be a valid list"),
        ('[{"id": "1", "passages": [{"text": "A"}]}]', "[0].passages[0].offset: Field required"),
        ('{"documents": ' + "[" * 10_000, "recursion limit exceeded"),
        ('{"id": "1", "passages": [{"offset": 0, "text": "\\ud83d"}]}', "surrogate"),
        (
            '{"id": "1", "passages": [{"offset": 1000000000000, "text": "A"}]}',
            "begins 1,000,000,000,000 characters after",
        ),
        (XML.format(annotation(5), "", ""), "document '1': the annotation gives 'skin', but offsets 5–9 mark 'kin.'"),
        (
            XML.replace("<offset>11", "<offset>5").format("", "", ""),
            "offset 5 begins before the previous one ends, at 9",
        ),
    ],
)
def test_an_error_names_the_file_and_the_document(write, content, message):
    path = write("a.xml" if content[0] == "<" else "a.json", content)
    with pytest.raises(InputError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)


def passage(text, *annotations):
    found = [{"text": given, "infons": {"identifier": "D1"}, "locations": places} for given, places in annotations]
    return {"offset": 0, "text": text, "infons": None, "annotations": found}


def at(offset, length):
    return [{"offset": offset, "length": length}]


@pytest.mark.parametrize("wrapped", [lambda each: {"PubTator3": [each]}, lambda each: [each], lambda each: each])
@pytest.mark.parametrize("indent", [None, 1])
def test_documents_in_the_wrapper_of_pubtator_3_and_in_a_bare_list_are_read(write, wrapped, indent):
    document = {"_id": "7|None", "id": "7", "passages": [passage("Red skin.", ("skin", at(4, 4)))]}
    (found,) = read(write("a.json", json.dumps(wrapped(document), indent=indent)))
    assert (found.doc_id, found.text, [m.text for m in found.mentions]) == ("7", "Red skin.", ["skin"])


def test_annotations_without_characters_are_passed_over_and_normalised_words_accepted(write):
    report = CorpusReport()
    given = passage("TNF-α of skin", ("TNF-a", at(0, 5)), ("", at(3, 0)), ("", []), ("skin", at(9, 4)))
    (document,) = read(write("a.json", json.dumps([{"id": 1, "passages": [given]}])), report)
    assert [(m.start, m.text) for m in document.mentions] == [(0, "TNF-α"), (9, "skin")]
    assert report.notices == {
        "annotations without characters, passed over": 2,
        "mention texts that were normalised, offsets accepted": 1,
    }


def test_annotations_without_characters_alone_do_not_make_a_file_annotated(write):
    (document,) = read(write("a.json", json.dumps([{"id": "1", "passages": [passage("Red", ("", at(1, 0)))]}])))
    assert not document.annotated
