"""The ontology in a run directory: read back unchanged, equal bytes for equal ontologies, damage is reported."""

import gzip
import json

import pytest
from hypothesis import given

from hyplink.errors import RunError
from hyplink.ontology import Ontology, load_ontology, write_ontology
from tests.ontology.strategies import concept_lists


def same(a: Ontology, b: Ontology) -> bool:
    return (a.concepts, a.obsolete, a.concept_ids, a.source, a.release, a.problems) == (
        b.concepts,
        b.obsolete,
        b.concept_ids,
        b.source,
        b.release,
        b.problems,
    )


def test_an_ontology_is_read_back_unchanged(animals, tmp_path):
    path = tmp_path / "ontology.json.gz"
    write_ontology(animals, path)
    assert same(load_ontology(path), animals)


@given(concept_lists())
def test_any_ontology_is_read_back_with_its_problems(tmp_path_factory, concepts):
    path = tmp_path_factory.mktemp("any") / "ontology.json.gz"
    ontology = Ontology(concepts, source="some.obo")
    write_ontology(ontology, path)
    assert same(load_ontology(path), ontology)


def test_equal_ontologies_give_equal_bytes(animals, tmp_path):
    write_ontology(animals, tmp_path / "one.gz")
    write_ontology(load_ontology(tmp_path / "one.gz"), tmp_path / "two.gz")
    assert (tmp_path / "one.gz").read_bytes() == (tmp_path / "two.gz").read_bytes()


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:-30],
        lambda content: content[:40] + bytes(4) + content[44:],
        lambda content: b"not gzip",
        lambda content: b"",
        lambda content: gzip.compress(b"[]"),
        lambda content: gzip.compress(b'{"format": "hyplink-ontology/1"}'),
        lambda content: gzip.compress(b"\xff"),
    ],
)
def test_a_damaged_file_is_a_run_error(animals, tmp_path, damage):
    path = tmp_path / "ontology.json.gz"
    write_ontology(animals, path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(RunError, match=r"ontology\.json\.gz: is damaged .*; train the ontology again"):
        load_ontology(path)


def test_a_run_of_hyplink_0_1_is_loaded(tmp_path):
    path = tmp_path / "ontology.json.gz"
    problems = [["bent-quotes", 2, ["line 4"]]]
    content = {"format": "hyplink-ontology/1", "source": "o.obo", "release": None, "problems": problems, "concepts": []}
    path.write_bytes(gzip.compress(json.dumps(content).encode()))
    ontology = load_ontology(path)
    assert (ontology.prefixes, ontology.problems[0].kind) == ({}, "malformed-quotes")
    assert ontology.problems[0].sentence.endswith("2 (line 4; …)")


def test_a_missing_file_and_another_format_version_are_run_errors(tmp_path):
    path = tmp_path / "ontology.json.gz"
    with pytest.raises(RunError, match="is missing"):
        load_ontology(path)
    path.write_bytes(gzip.compress(json.dumps({"format": "hyplink-ontology/9"}).encode()))
    with pytest.raises(RunError, match="has format hyplink-ontology/9, expected hyplink-ontology/1"):
        load_ontology(path)
