"""Names that longer ones imply."""

import pytest

from hyplink.names.name_variants import known_names, parts_of, shorter_names
from hyplink.ontology import Concept, Ontology


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Coats & Jackets", ("Coats", "Jackets")),
        ("Liquor & Spirits", ("Liquor", "Spirits")),
        ("Bird Cages & Stands", ("Bird Cages", "Bird Stands")),
        ("USB & FireWire Hubs", ("USB Hubs", "FireWire Hubs")),
        ("Cars, Trucks & Vans", ("Cars", "Trucks", "Vans")),
        ("Handbags and Wallets", ("Handbags", "Wallets")),
    ],
)
def test_a_joint_name_holds_others_with_the_words_that_they_share(name, parts):
    assert parts_of(name) == parts


@pytest.mark.parametrize(
    "name",
    [
        "Jackets",
        "Marks & Spencer",
        "R&D costs",
        "Pet First Aid & Emergency Kits",
        "Food, Drink & Bird Seeds",
        "Pins and needles",
        "News and Analysis",
        "",
        " & s",
    ],
)
def test_a_name_whose_parts_cannot_be_told_holds_none(name):
    assert parts_of(name) == ()


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Essential (primary) hypertension", "Essential hypertension"),
        ("Pneumonia, unspecified organism", "Pneumonia"),
        ("Unspecified atrial fibrillation", "atrial fibrillation"),
        ("Basal cell neoplasm, NOS", "Basal cell neoplasm"),
        ("Pneumonie, Erreger nicht näher bezeichnet", "Pneumonie"),
        ("Discitis, no especificada", "Discitis"),
    ],
)
def test_a_remark_of_a_classification_is_left_out_in_running_text(name, short):
    assert shorter_names(name) == (short,)


@pytest.mark.parametrize("name", ["Cone (sensu Mus)", "Phosphatidylcholine (16:0/18:1) level", "Breast cancer", "NOS"])
def test_what_tells_a_name_from_another_is_kept(name):
    assert shorter_names(name) == ()


def test_an_implied_name_that_some_concept_is_called_is_that_concepts_alone():
    ontology = Ontology([Concept("1", "Toys & Games"), Concept("2", "toy"), Concept("3", "Toy, unspecified")])
    assert list(known_names(ontology))[3:] == [("Games", "1")]
