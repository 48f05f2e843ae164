"""Concepts are removed with their names; what is below them moves up to the nearest kept ancestors."""

import csv
import random
import sys
from pathlib import Path

import pytest

from hyplink.config import read_config
from hyplink.corpus import read_documents
from hyplink.ontology import Concept, Ontology, configured_ontology

SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.fixture
def script(monkeypatch):
    """The script as a module."""
    monkeypatch.syspath_prepend(SCRIPTS)
    import hold_out_concepts

    return hold_out_concepts


def tree(n_leaves=30):
    """A root with an inner concept, which has leaves."""
    leaves = [Concept(f"L{i}", f"leaf number {i}", parents=("I",)) for i in range(n_leaves)]
    return Ontology([Concept("R", "root"), Concept("I", "inner", parents=("R",)), *leaves])


def test_children_of_a_removed_concept_become_children_of_its_nearest_kept_ancestors(script):
    ontology = Ontology(
        [
            Concept("A", "a"),
            Concept("B", "b", parents=("A",)),
            Concept("C", "c", parents=("B",)),
            Concept("D", "d", parents=("C", "A")),
        ]
    )
    kept = script.without_concepts(ontology, {"B", "C"})
    assert {each: concept.parents for each, concept in kept.concepts.items()} == {"A": (), "D": ("A",)}


def test_an_ancestor_of_another_nearest_ancestor_is_left_out(script):
    ontology = Ontology([Concept("A", "a"), Concept("B", "b", parents=("A",)), Concept("C", "c", parents=("A", "B"))])
    assert script.nearest_kept(ontology, ["C"], {"C"}) == ("B",)


def test_neither_roots_nor_concepts_with_a_shared_name_are_removed(script):
    ontology = Ontology([Concept("R", "root")] + [Concept(str(i), "twin", parents=("R",)) for i in range(30)])
    assert script.removed_concepts(ontology, 10, 0.2, random.Random(0)) == []


def test_at_most_a_tenth_of_the_concepts_is_removed(script):
    assert len(script.removed_concepts(tree(), 100, 0.0, random.Random(0))) == 3


def test_foreign_names_neither_are_nor_end_in_a_name_of_the_ontology(script, tmp_path):
    (tmp_path / "foreign.txt").write_text("inner\nbig Inner\ninner tube\n\nsong\n", encoding="utf-8")
    names = script.foreign_names([tmp_path / "foreign.txt"], tree(), 10, random.Random(0))
    assert sorted(names) == ["inner tube", "song"]


def test_the_dev_data_hold_all_three_relations_with_their_gold_concepts(script, tmp_path, monkeypatch, capsys):
    rows = ["id,label,synonyms,parents", "R,root,,", "I,inner,core,R"]
    rows += [f"L{i},leaf number {i},foliole {i},I" for i in range(30)]
    (tmp_path / "o.csv").write_text("\n".join(rows), encoding="utf-8")
    (tmp_path / "o.yaml").write_text("data: {ontology: o.csv}\n", encoding="utf-8")
    (tmp_path / "foreign.txt").write_text("song\n", encoding="utf-8")
    words = ["--config", "o.yaml", "--foreign", "foreign.txt", "--to", "held", "--most", "5", "--inner", "0"]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["hold_out_concepts.py", *words])
    script.main()
    assert "3 of 32 concepts removed" in capsys.readouterr().out
    data = read_config(Path("held/config.yaml"), ()).data
    ontology = configured_ontology(data)
    found = list(csv.DictReader(Path("held/mentions.csv").read_text(encoding="utf-8").splitlines()))
    names = {name for name, _ in ontology.names()}
    assert {row["relation"] for row in found} == {"exact", "broader", "none"}
    assert names.isdisjoint(row["mention"] for row in found)
    broader = [row for row in found if row["relation"] == "broader"]
    assert [row["concepts"] for row in broader] == ["I"] * 3
    assert ontology.concepts.keys().isdisjoint(row["removed"] for row in broader)
    mentions = [mention for document in read_documents(data.dev, data.input_format) for mention in document.mentions]
    assert len(mentions) == len(found)
