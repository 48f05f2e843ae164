"""Names are taken away that nothing else in the ontology says, and become mentions."""

import csv
import sys
from pathlib import Path

import pytest

from hyplink.config import read_config
from hyplink.corpus import read_documents
from hyplink.ontology import configured_ontology, read_ontology

TABLE = """id,label,synonyms
1,skin,integument|Skins|cutis
2,red skin,erythema
3,cutis,hide
4,dry skin,
"""


@pytest.fixture
def held_out(tmp_path, monkeypatch, capsys):
    """The folder that the script writes for the table."""
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "scripts")
    import hold_out_names

    (tmp_path / "o.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "o.yaml").write_text("data: {ontology: o.csv}\n", encoding="utf-8")
    words = ["hold_out_names.py", "--config", str(tmp_path / "o.yaml"), "--to", str(tmp_path / "held-out")]
    monkeypatch.setattr(sys, "argv", words)
    hold_out_names.main()
    assert "3 of 4 concepts lost a name" in capsys.readouterr().out
    return tmp_path / "held-out"


def test_a_synonym_of_each_concept_becomes_a_mention_unless_another_name_equals_it(held_out):
    rows = list(csv.DictReader((held_out / "mentions.csv").open(encoding="utf-8")))
    assert {row["concepts"]: row["mention"] for row in rows} == {"1": "integument", "2": "erythema", "3": "hide"}


def test_the_ontology_keeps_every_other_name(held_out):
    ontology = read_ontology(held_out / "ontology.csv")
    assert [concept.names() for concept in ontology.concepts.values()] == [
        ("skin", "Skins", "cutis"),
        ("red skin",),
        ("cutis",),
        ("dry skin",),
    ]


def test_the_configuration_names_both_files(held_out):
    data = read_config(held_out / "config.yaml", ()).data
    assert len(configured_ontology(data)) == 4
    assert [len(document.mentions) for document in read_documents(data.dev, data.input_format)] == [1, 1, 1]
