"""Ontologies from tab-separated edges and names, and additional synonyms from a file."""

import re

import pytest

from hyplink.errors import InputError
from hyplink.ontology import Synonym, read_ontology

EDGES = "cat\tmammal\ndog\tmammal\n\nmammal\tanimal\n"


@pytest.fixture
def write(tmp_path):
    """A function that writes a text to a named file and returns its path."""

    def write_text(name: str, text: str):
        path = tmp_path / name
        path.write_bytes(text.encode())
        return path

    return write_text


def test_without_names_the_labels_are_the_ids(write):
    ontology = read_ontology(write("e.tsv", EDGES))
    assert ontology.concept_ids == ("cat", "dog", "mammal", "animal")
    assert ontology.depth("cat") == 2
    assert ("cat", "cat") in set(ontology.names())
    assert ontology.edges().tolist() == [[0, 2], [1, 2], [2, 3]]


def test_the_first_name_is_the_label_and_a_named_id_is_a_concept(write):
    names = write("n.tsv", "cat\tCat\r\ncat\tpussy\tinformal\r\n".replace("informal", "related") + "fern\tFern\n")
    ontology = read_ontology(write("e.tsv", EDGES), names=names)
    assert ontology.concepts["cat"].label == "Cat"
    assert ontology.concepts["cat"].synonyms == (Synonym("pussy", "RELATED"),)
    assert ontology.roots == ("animal", "fern")
    assert [(p.kind, p.count) for p in ontology.problems] == [("no-name", 3)]


def test_a_heading_is_not_a_row(write):
    names, synonyms = write("n.tsv", "ID\tName\ncat\tCat\n"), write("s.tsv", "id\tname\tscope\ncat\tpuss\tEXACT\n")
    ontology = read_ontology(write("e.tsv", f"child\tparent\n{EDGES}"), names=names, synonyms=synonyms)
    assert ontology.concept_ids == ("cat", "dog", "mammal", "animal")
    assert ontology.concepts["cat"].names() == ("Cat", "puss")


def test_synonyms_are_added_before_the_ontology_is_restricted(write):
    synonyms = write("s.tsv", "cat\tmoggy\ndog\thound\tNARROW\n")
    ontology = read_ontology(write("e.tsv", EDGES), synonyms=synonyms, exclude=["dog"])
    assert ontology.concepts["cat"].names() == ("cat", "moggy")
    assert "dog" not in ontology.concepts


@pytest.mark.parametrize(
    ("edges", "names", "synonyms", "message"),
    [
        (
            "cat mammal\n",
            None,
            None,
            "e.tsv:1: expected child<TAB>parent, or a header with",
        ),
        ("cat\tmammal\ndog\t\n", None, None, "e.tsv:2: expected child<TAB>parent"),
        ("a\tb\nb\tc\td\n", None, None, "e.tsv:2: expected child<TAB>parent"),
        ("cat\tcat\n", None, None, "e.tsv: contains one concept"),
        (EDGES, "cat\n", None, "n.tsv:1: expected id<TAB>name or"),
        (EDGES, "cat\tCat\tEXAKT\n", None, "n.tsv:1: unknown scope 'EXAKT'; use one of EXACT, NARROW"),
        (EDGES, "", None, "n.tsv: the file is empty"),
        (EDGES, None, "cat\tmoggy\ncar\tauto\n", "s.tsv:2: no concept 'car' in e.tsv; nearest: cat (cat)"),
    ],
)
def test_a_malformed_row_is_an_error_with_file_and_line(write, edges, names, synonyms, message):
    files = {
        "names": write("n.tsv", names) if names is not None else None,
        "synonyms": write("s.tsv", synonyms) if synonyms is not None else None,
    }
    with pytest.raises(InputError, match=re.escape(message)):
        read_ontology(write("e.tsv", edges), **files)


def test_a_file_of_names_for_an_obo_file_is_rejected(write):
    with pytest.raises(InputError, match=r"data\.names is for relations, .* as data\.synonyms"):
        read_ontology(write("a.obo", ""), names=write("n.tsv", "cat\tCat\n"))
