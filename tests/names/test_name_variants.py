"""Names that longer ones imply."""

import pytest

from hyplink.names.name_variants import known_names, parts_of, shorter_names
from hyplink.ontology import Concept, Ontology, Synonym


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
def test_a_joint_name_with_ambiguous_parts_is_not_split(name):
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
def test_words_that_distinguish_names_are_kept(name):
    assert shorter_names(name) == ()


def test_an_implied_name_that_some_concept_is_called_is_that_concepts_alone():
    ontology = Ontology([Concept("1", "Toys & Games"), Concept("2", "toy"), Concept("3", "Toy, unspecified")])
    assert list(known_names(ontology))[3:] == [("Games", "1")]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Coats & Jackets", ("Coats", "Jackets")),
        ("Big Coats & Jackets", ("Big Coats", "Big Jackets")),
        ("Very Big Coats & Jackets", ("Very Big Coats", "Very Big Jackets")),
        ("Coats & Big Jackets", ("Coats Jackets", "Big Jackets")),
        ("Coats & Very Big Jackets", ("Coats Big Jackets", "Very Big Jackets")),
        ("Big Coats & Big Jackets", ()),
        ("Coats & Jacket", ()),
        ("Coats & Glass", ()),
        ("Coats & Jackets & Hats", ()),
        ("A, B & Cs", ("A", "B", "Cs")),
        ("A, B & C Ds", ()),
        ("A, B C & Ds", ()),
        ("A/B & Cs", ()),
        ("A (B) & Cs", ()),
        ("A & B/Cs", ()),
        ("A & (B) Cs", ()),
        (" & Jackets", ()),
        ("Coats and Jackets", ("Coats", "Jackets")),
        ("Coats and jackets", ()),
        ("coats and Jackets", ()),
        ("Big Coats and Jackets", ()),
        ("Coats and Glass", ()),
        ("Coats and Bus", ()),
        ("Coats and Axis", ()),
        ("Coats and Jacket", ()),
    ],
)
def test_the_words_on_the_longer_side_of_a_joint_name_are_shared(name, parts):
    assert parts_of(name) == parts


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Pneumonia, unspecified", "Pneumonia"),
        ("Pneumonia, other site unspecified", "Pneumonia"),
        ("Pneumonia, unspecified, left", None),
        ("Pneumonia, a b c unspecified", None),  # three words before it
        ("Pneumonia, unspecified a b", "Pneumonia"),
        ("Pneumonia, unspecified a b c", None),
        ("Pneumonia unspecified", None),
        ("unspecified", None),
        ("UNSPECIFIED pneumonia", "pneumonia"),
        ("Pneumonia NOS", "Pneumonia"),
        ("Pneumonia (NOS)", "Pneumonia"),
        ("Pneumonia, NOS", "Pneumonia"),
        ("PneumoniaNOS", None),
        ("Pneumonia (NOS) left", "Pneumonia left"),
        ("Pneumonia (left)", None),
        ("Pneumonia (left) of lung", "Pneumonia of lung"),
        ("Pneumonia (grade 2) of lung", None),
        ("(Left) pneumonia", None),
        ("Pneumonia (left), unspecified", "Pneumonia (left)"),
        ("Neumonía, no especificada", "Neumonía"),
        ("Pneumonie, sans précision", "Pneumonie"),
        ("Polmonite, non specificata", "Polmonite"),
        ("Pneumonia, não especificado", "Pneumonia"),
        ("Pneumonie, niet gespecificeerd", "Pneumonie"),
        ("Nicht näher bezeichnete Pneumonie", "Pneumonie"),
        ("Pneumonia, not otherwise specified", "Pneumonia"),
        ("Pneumonia (& [bronchial] or lobar)", "Pneumonia"),
        ("Pneumonia NOS (& pleural)", "Pneumonia"),
        ("Pneumonia (&pleural)", None),
        ("Pneumonia (and pleural)", None),
        ("Pneumonia (& pleural), left", None),
        ("Pneumonia: [viral] or [lobar (& acute)]", None),
        ("Pneumonia, (& pleural)", None),
    ],
)
def test_remarks_are_left_out_at_their_places_alone(name, short):
    assert shorter_names(name) == (() if short is None else (short,))


def test_the_names_of_the_ontology_come_before_those_that_they_imply():
    ontology = Ontology(
        [
            Concept("1", "Coats & Jackets", synonyms=(Synonym("Wraps & Capes"),)),
            Concept("2", "Cape, unspecified"),
            Concept("3", "Coat"),
        ]
    )
    assert list(known_names(ontology)) == [
        ("Coats & Jackets", "1"),
        ("Wraps & Capes", "1"),
        ("Cape, unspecified", "2"),
        ("Coat", "3"),
        ("Jackets", "1"),  # `Coats` is the name of another concept
        ("Wraps", "1"),
        ("Capes", "1"),
        ("Cape", "2"),
    ]


def test_a_kind_in_brackets_is_left_out_where_that_leaves_the_name_of_one_concept():
    names = ["asthma (disorder)", "cyst (disorder)", "cyst (finding)", "Cold (disorder)", "cold", "pain (finding)"]
    ontology = Ontology([Concept(str(i), name) for i, name in enumerate(names)])
    assert [pair for pair in known_names(ontology) if pair[0] not in names] == [("asthma", "0"), ("pain", "5")]


def test_a_rare_bracket_distinguishes_a_name_and_is_kept():
    names = ["spore (sensu Fungi)", *(f"cell {i}" for i in range(200))]
    ontology = Ontology([Concept(str(i), name) for i, name in enumerate(names)])
    assert [name for name, _ in known_names(ontology)] == names
