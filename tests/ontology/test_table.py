"""Ontologies as tables with the user's own headings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyplink.errors import InputError
from hyplink.ontology import Concept, Ontology, Synonym, read_ontology, text_of_ontology
from hyplink.ontology.table_cells import cell_of, values_of

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
        (",,\n\n,\n", {}, r"t\.csv:1: no header; expected one"),
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


def problems(ontology):
    return {problem.kind: problem.examples for problem in ontology.problems}


def test_parents_given_as_labels_are_resolved_where_one_concept_has_the_label(tmp_path):
    content = "id,label,parents\n1,Skin,\n2,red skin,skin\n3,Mark,1\n4,mark,1\n5,scar,MARK|red skin\n6,sore,gone\n"
    ontology = read_ontology(write(tmp_path, content))
    assert {i: c.parents for i, c in ontology.concepts.items() if c.parents} == {
        "2": ("1",),
        "3": ("1",),
        "4": ("1",),
        "5": ("2",),
    }
    found = problems(ontology)
    assert found["parent-by-label"] == ("2: 'skin' is 1", "5: 'red skin' is 2")
    assert found["ambiguous-parent"] == ("5: 'MARK' is the label of 3, 4",)
    assert found["dangling-parent"] == ("6 is_a gone",)


def test_a_parent_with_the_label_of_its_child_and_one_other_concept_is_the_other(tmp_path):
    ontology = read_ontology(write(tmp_path, "id,label,parents\n1,skin,\n2,skin,skin\n"))
    assert ontology.concepts["2"].parents == ("1",)


@pytest.mark.parametrize("separator", [";", "; ", ",", ", "])
def test_parents_are_split_at_other_separators_where_that_gives_ids_or_labels(tmp_path, separator):
    content = f"id\tlabel\tparents\n1\tskin, human\t\n2\tred\t\n3\trash\t1{separator}red\n4\tscar\tskin, human\n"
    ontology = read_ontology(write(tmp_path, content, "t.tsv"))
    assert ontology.concepts["3"].parents == ("1", "2")
    assert ontology.concepts["4"].parents == ("1",)
    assert problems(ontology)["split-parents"] == (f"3: '1{separator}red'",)


def test_synonyms_are_separated_at_semicolons_if_no_cell_of_the_column_has_a_bar(tmp_path):
    content = 'id,label,parents,synonyms\n1,skin,,derma; cutis\n2,red skin,1,"rash, red"\n'
    ontology = read_ontology(write(tmp_path, content))
    assert ontology.concepts["1"].names() == ("skin", "derma", "cutis")
    assert ontology.concepts["2"].names() == ("red skin", "rash, red")
    found = problems(ontology)
    assert found["guessed-separator"] == ("'synonyms', 1 of 2 cells",)
    assert found["unsplit-commas"] == ("'synonyms', 1 of 2 cells, such as 'rash, red'",)
    ontology = read_ontology(write(tmp_path, content.replace("2,red skin,1,", "3,sore,1,a|b\n2,red skin,1,")))
    assert ontology.concepts["1"].names() == ("skin", "derma; cutis")
    assert not {"guessed-separator", "unsplit-commas"} & problems(ontology).keys()


def test_columns_that_are_not_read_are_named_with_the_setting_that_reads_them(tmp_path):
    ontology = read_ontology(write(tmp_path, "id,label,Note,parent,\n1,skin,x,,\n2,red skin,,1,\n"))
    found = problems(ontology)
    assert found["unread-column"] == ("'parent'; set data.columns to {parents: parent} to read it", "'Note'")
    assert found["no-edges"] == ("1", "2")


def test_cells_beyond_the_header_and_several_labels_of_an_id_are_counted(tmp_path):
    ontology = read_ontology(write(tmp_path, "id,label,parents\n1,skin,,\n1,derma,\n2,red, skin,1\n3,dry,1\n"))
    found = problems(ontology)
    assert found["long-row"] == ("line 4",)
    assert found["several-labels"] == ("1: 'skin', 'derma'",)


@given(st.lists(st.text("a;|\\ ", min_size=1).map(str.strip).filter(bool)))
def test_values_of_a_cell_survive_writing_and_reading(values):
    assert values_of(cell_of(values)) == values
    assert len(values_of(cell_of(values), ";")) <= 1


def test_a_table_of_one_endless_line_is_an_error_without_its_content(tmp_path):
    with pytest.raises(InputError, match=r"t\.csv:1: a cell of more than 131,072 characters"):
        read_ontology(write(tmp_path, "x" * 200_000))


def test_a_table_may_have_carriage_returns_alone_as_line_ends(tmp_path):
    ontology = read_ontology(write(tmp_path, TABLE.replace("\n", "\r")), columns=CODES)
    assert ontology.concepts["3"].names() == ("dry skin", "xerosis")


@pytest.mark.parametrize("suffix", [".tsv", ".csv", ".obo"])
def test_carriage_returns_in_texts_do_not_end_a_row(tmp_path, suffix):
    written = Ontology([Concept("X:1", "skin"), Concept("X:2", "red\rskin", parents=("X:1",))])
    path = tmp_path / f"t{suffix}"
    path.write_text(text_of_ontology(written, path), encoding="utf-8", newline="")
    read = read_ontology(path)
    assert (read.concept_ids, read.concepts["X:2"].label.split()) == (("X:1", "X:2"), ["red", "skin"])
