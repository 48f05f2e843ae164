"""`hyplink place`: tables of parents, files to review, and mistakes on the command line."""

import csv
import json
import shutil

import pytest

from hyplink.errors import InputError
from hyplink.export.placed_names import text_of_placed_names
from hyplink.linking.linker import Linker
from hyplink.ontology import read_ontology
from hyplink.placement.placer import Parent, PlacedName

PLACED = [
    PlacedName(
        "rod; cell",
        "A cell.",
        (Parent("X:1", "cell", 0.75, ("same head word", "parent of cone")), Parent("X:2", "eye", 0.2, ())),
        (("X:3", "cone"),),
    ),
    PlacedName("horn", "", (Parent("X:2", "eye", 0.5, ()),), ()),
]


@pytest.fixture
def placing(trusted, tmp_path):
    """A copy of a run that has learned to place concepts."""
    return shutil.copytree(trusted, tmp_path / "run")


def test_the_parents_of_a_name_are_printed_with_their_evidence(hyplink, placing):
    answer = hyplink("place", placing, "large amacrine cell", "--top-k", "2")
    assert answer.status == 0
    lines = answer.out.splitlines()
    assert "large amacrine cell" in lines
    assert any("amacrine cell" in line and "the name" in line for line in lines)


def test_rows_to_review_are_written_and_replaced_on_demand_only(hyplink, placing, tmp_path):
    table, output = tmp_path / "names.csv", tmp_path / "new.obo"
    table.write_text("mention,definition\nlarge amacrine cell,An amacrine cell that is large.\ngiant cell,\n")
    assert hyplink("place", placing, "--table", table, "-o", output).status == 0
    terms = read_ontology(output).concepts
    assert [each.label for each in terms.values()] == ["large amacrine cell", "giant cell"]
    assert terms["NEW:0000001"].definition == "An amacrine cell that is large."
    written = output.read_text()
    again = hyplink("place", placing, "--table", table, "-o", output)
    assert (again.status, "--force" in again.err, output.read_text()) == (2, True, written)
    assert hyplink("place", placing, "rod", "-o", output, "--force").status == 0
    assert output.read_text() != written


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "give NAME or --table"),
        (("??",), "'??' is no name"),
        (("a", "b", "--definition", "c"), "--definition is that of a single NAME"),
        (("a", "-o", "new.txt"), "expected .obo, .tsv, .csv, .jsonl"),
    ],
)
def test_a_mistake_is_an_error_of_one_line(hyplink, placing, words, message):
    answer = hyplink("place", placing, *words)
    assert answer.status == 2
    assert message in answer.err
    assert len(answer.err.splitlines()) == 1


def test_a_robot_template_has_its_strings_in_the_second_row_and_the_best_parent_in_a_cell(tmp_path):
    rows = list(csv.reader(text_of_placed_names(PLACED, tmp_path / "new.tsv").splitlines(), delimiter="\t"))
    assert dict(zip(rows[0], rows[1], strict=True))["parent"] == "SC %"
    first, second = (dict(zip(rows[0], row, strict=True)) for row in rows[2:])
    assert (first["id"], first["label"], first["parent"], first["definition"]) == (
        "NEW:0000001",
        "rod; cell",
        "X:1",
        "A cell.",
    )
    assert (first["evidence"], first["siblings"]) == ("same head word; parent of cone", "X:3 cone")
    assert first["other parents"] == "X:2 eye (0.200)"
    assert second["id"] == "NEW:0000002"


def test_json_lines_have_every_parent(tmp_path):
    lines = [json.loads(line) for line in text_of_placed_names(PLACED, tmp_path / "new.jsonl").splitlines()]
    assert [parent["concept"] for parent in lines[0]["parents"]] == ["X:1", "X:2"]


def test_a_term_in_obo_says_what_is_to_be_reviewed(tmp_path):
    text = text_of_placed_names(PLACED, tmp_path / "new.obo")
    assert "is_a: X:1\ncomment: to review: is_a cell with probability 0.750, same head word, parent of cone\n" in text


def test_rows_without_a_name_of_one_name_twice_and_of_known_names_are_reported(hyplink, placing, tmp_path):
    table, output = tmp_path / "names.csv", tmp_path / "new.tsv"
    table.write_text("mention,definition\ngiant cell,big\n...,\nGiant  cell,\nAmacrine cell,\n")
    answer = hyplink("place", placing, "--table", table, "-o", output)
    assert answer.status == 0
    assert "1 row without a name, passed over" in answer.err
    assert "1 row with the name of another one, passed over" in answer.err
    assert "'Amacrine cell' is a name already, of CL:0000561: not placed" in answer.err
    assert "new.tsv: 1 new concept to review" in answer.err
    answer = hyplink("place", placing, "amacrine cell")
    assert (answer.status, "the ontology has all these names already" in answer.err) == (2, True)


def test_a_name_that_the_ontology_has_in_another_number_is_not_placed(hyplink, placing):
    answer = hyplink("place", placing, "Amacrine cells")
    assert (answer.status, "'Amacrine cells' is a name already, of CL:0000561" in answer.err) == (2, True)


def test_a_name_given_twice_and_a_table_without_names_are_told_apart(hyplink, placing, tmp_path):
    answer = hyplink("place", placing, "giant cell", "Giant cell")
    assert (answer.status, "None" in answer.err) == (0, False)
    assert "1 name with the name of another one, passed over" in answer.err
    table = tmp_path / "empty.csv"
    table.write_text("mention,definition\n")
    answer = hyplink("place", placing, "--table", table)
    assert (answer.status, f"{table}: no row has a name" in answer.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("asthma",), "several texts"),
        (([""],), "neither letters nor digits"),
        (([3],), "must be texts"),
        ((["a", "b"], ["x"]), "1 definitions of 2 names"),
        ((["a"], (), 0), "at least 1"),
    ],
)
def test_names_that_cannot_be_placed_are_refused(placing, arguments, message):
    with pytest.raises(InputError, match=message):
        Linker.load(placing).placer.place(*arguments)
