"""Names that joint names hold."""

import pytest

from hyplink.linking.joint_names import known_names, parts_of
from hyplink.ontology import Concept, Ontology


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Coats & Jackets", ("Coats", "Jackets")),
        ("Liquor & Spirits", ("Liquor", "Spirits")),
        ("Bird Cages & Stands", ("Bird Cages", "Bird Stands")),
        ("USB & FireWire Hubs", ("USB Hubs", "FireWire Hubs")),
    ],
)
def test_a_joint_name_holds_two_with_the_words_that_they_share(name, parts):
    assert parts_of(name) == parts


@pytest.mark.parametrize(
    "name",
    ["Jackets", "Marks & Spencer", "R&D costs", "Pet First Aid & Emergency Kits", "Hats, Gloves & Scarves", "", " & s"],
)
def test_a_name_whose_parts_cannot_be_told_holds_none(name):
    assert parts_of(name) == ()


def test_a_part_that_some_concept_is_called_is_that_concepts_alone():
    ontology = Ontology([Concept("1", "Toys & Games"), Concept("2", "toy")])
    assert list(known_names(ontology)) == [("Toys & Games", "1"), ("toy", "2"), ("Games", "1")]
