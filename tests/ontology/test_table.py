"""Ontologies as tables with the user's own headings."""

import pytest

from hyplink.errors import InputError
from hyplink.ontology import Synonym, read_ontology

CODES = {"id": "Code", "label": "Title", "parents": "Broader", "synonyms": "Also"}
TABLE = 'Code,Title,Broader,Also,Note\n1,skin,,,x\n2,"red, skin",1,erythema|rash,\n3,dry skin,1|2,,\n3,,,xerosis,\n\n'


def write(tmp_path, content, name="t.csv"):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8", newline="")
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_table_is_read_by_the_configured_headings(tmp_path, delimiter, line_end):
    content = TABLE.replace(",", delimiter).replace("\n", line_end)
    ontology = read_ontology(write(tmp_path, content), columns=CODES)
    assert {i: c.names() for i, c in ontology.concepts.items()} == {
        "1": ("skin",),
        "2": (f"red{delimiter} skin", "erythema", "rash"),
        "3": ("dry skin", "xerosis"),
    }
    assert ontology.concepts["3"].parents == ("1", "2")


def test_default_headings_need_no_configuration_and_case_is_ignored(tmp_path):
    content = "ID\tLabel\tparents\tnarrow_synonyms\tobsolete\n1\tskin\t\tderma\t\n2\tred skin\t1\t\t\n3\told\t\t\tyes\n"
    ontology = read_ontology(write(tmp_path, content, "t.tsv"))
    assert ontology.concepts["1"].synonyms == (Synonym("derma", "NARROW"),)
    assert tuple(ontology.obsolete) == ("3",)


@pytest.mark.parametrize(
    ("content", "columns", "message"),
    [
        (TABLE, {}, r"t\.csv:1: no column 'id' for id; the table has 'Code', 'Title', .* data\.columns"),
        (TABLE, {"id": "Code", "label": "Name"}, "no column 'Name' for label"),
        (TABLE, {**CODES, "definition": "Text"}, "no column 'Text' for definition"),
        (TABLE.replace("2,", ",", 1), CODES, r"t\.csv:3: no id in column 'Code'"),
        ("Code,Title\n1,skin\n", {"id": "Code", "label": "Title"}, "contains one concept"),
        ('id,label\n1,skin\n\n2,"red\n3,dry\n4,sore', {}, r"t\.csv:4: a quotation mark opens a cell in this row"),
        ('id,label\n1,skin\n2,"red\n' + "3,dry\n" * 30_000, {}, r"t\.csv:3: a quotation mark opens a cell"),
        (",".join(f"c{i}" for i in range(99)) + "\n", {}, r"has 'c0', .* 'c11', …\. Name the columns"),
    ],
)
def test_a_malformed_table_is_an_error_that_shows_its_headings(tmp_path, content, columns, message):
    with pytest.raises(InputError, match=message):
        read_ontology(write(tmp_path, content), columns=columns)


@pytest.mark.parametrize("content", ["Code\tTitle\tNote\n1\tskin\tx\n", "Code\tTitle\n1\tskin\n"])
def test_a_tsv_without_the_configured_columns_is_rejected_as_a_table(tmp_path, content):
    with pytest.raises(InputError, match=r"t\.tsv:1: no column 'Name' for label; the table has 'Code', 'Title'"):
        read_ontology(write(tmp_path, content, "t.tsv"), columns={"id": "Code", "label": "Name"})


def test_a_tsv_with_more_than_two_columns_is_a_table(tmp_path):
    with pytest.raises(InputError, match=r"no column 'id' for id; the table has 'Code', 'Title', 'Note'"):
        read_ontology(write(tmp_path, "Code\tTitle\tNote\n1\tskin\tx\n", "t.tsv"))


def test_a_quoted_cell_may_contain_line_ends_and_quotation_marks(tmp_path):
    ontology = read_ontology(write(tmp_path, 'id,label\n1,"red\n""sore"" skin"\n2,dry "skin"'))
    assert [concept.label for concept in ontology.concepts.values()] == ['red\n"sore" skin', 'dry "skin"']
