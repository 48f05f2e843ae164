"""The ontology in a run directory: read back unchanged, equal bytes for equal ontologies, damage is reported."""

import json

import numpy as np
import pytest
from hypothesis import given
from safetensors.numpy import load_file, save_file

from hyplink.errors import RunError
from hyplink.ontology import Concept, Ontology, load_ontology, write_ontology
from tests.ontology.strategies import concept_lists

FILES = ("tables.json", "tables.safetensors")


def same(a: Ontology, b: Ontology) -> bool:
    return (a.concepts, a.obsolete, a.concept_ids, a.roots, a.source, a.release, a.prefixes, a.problems) == (
        b.concepts,
        b.obsolete,
        b.concept_ids,
        b.roots,
        b.source,
        b.release,
        b.prefixes,
        b.problems,
    )


def test_an_ontology_is_read_back_unchanged(animals, tmp_path):
    write_ontology(animals, tmp_path / "ontology")
    read = load_ontology(tmp_path / "ontology")
    assert same(read, animals)
    assert list(read.names()) == list(animals.names())
    assert read.edges().tolist() == animals.edges().tolist()
    assert read.edges().dtype == np.int32


@given(concept_lists())
def test_any_ontology_is_read_back_with_its_problems(tmp_path_factory, concepts):
    folder = tmp_path_factory.mktemp("any") / "ontology"
    ontology = Ontology(concepts, source="some.obo", release="2020", prefixes={"X": "http://x/"})
    write_ontology(ontology, folder)
    assert same(load_ontology(folder), ontology)


def test_equal_ontologies_give_equal_bytes(animals, tmp_path):
    write_ontology(animals, tmp_path / "one")
    write_ontology(load_ontology(tmp_path / "one"), tmp_path / "two")
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", [lambda c: c[:-30], lambda c: b"", lambda c: b"{}", lambda c: c[:1] + c[5:]])
def test_a_damaged_file_is_a_run_error_of_one_line(animals, tmp_path, name, damage):
    write_ontology(animals, tmp_path / "ontology")
    path = tmp_path / "ontology" / name
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(RunError, match="ontology") as caught:
        load_ontology(tmp_path / "ontology")
    assert "\n" not in str(caught.value)


def test_a_missing_folder_is_a_run_error(tmp_path):
    with pytest.raises(RunError, match=r"ontology/tables\.json: cannot be read"):
        load_ontology(tmp_path / "ontology")


THREE = [Concept("X:1", "one"), Concept("X:2", "two", parents=("X:1",)), Concept("X:3", "three", parents=("X:2",))]


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("/parents/items", [2, 1], "concepts that are their own ancestors"),
        ("/parents/items", [1, 1], "concepts that are their own ancestors"),
        ("/parents/items", [0, 3], "rows outside their table"),
        ("/parents/items", [0, -1], "rows outside their table"),
        ("/parents/starts", [0, 0, 1], "not in the format"),
        ("/parents/starts", [0, 2, 2], "columns of different lengths"),
        ("/labels/starts", [0, 3, 11], "columns of different lengths"),
        ("/ids/utf8", [*b"X:1X:2X:1"], "repeated ids"),
        ("/parts_of_speech", [0, 0, 4], "rows outside their table"),
        ("/parts_of_speech", [0, 0], "rows outside their table"),
        ("/synonyms/scopes", [0], "rows outside their table"),
        ("/senses/orders", [1], "columns of senses of different lengths"),
    ],
)
def test_columns_that_do_not_fit_together_are_a_run_error(tmp_path, name, values, message):
    write_ontology(Ontology(THREE), tmp_path / "ontology")
    arrays = load_file(tmp_path / "ontology" / FILES[1])
    arrays[name] = np.array(values, arrays[name].dtype)
    save_file(arrays, tmp_path / "ontology" / FILES[1])
    with pytest.raises(RunError, match=message):
        load_ontology(tmp_path / "ontology")


@pytest.mark.parametrize("change", [{"n_live": 2}, {"n_live": 4}, {"problems": [["new", 1, []]]}, {"ids": None}])
def test_values_that_do_not_fit_are_a_run_error(tmp_path, change):
    write_ontology(Ontology(THREE), tmp_path / "ontology")
    path = tmp_path / "ontology" / FILES[0]
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(RunError, match=r"damaged|not in the format"):
        load_ontology(tmp_path / "ontology")
