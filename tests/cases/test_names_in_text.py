"""Names as texts write them, linked by a run that knows nothing but the names: `pytest -v tests/cases`."""

import pytest

from hyplink import Linker
from tests.cases import flat_obo
from tests.conftest import exit_status_of

NAMES = (
    "T cell", "CD4+ T cell", "CD8-positive, alpha-beta T cell", "alphabeta receptor", "alpha-beta T cell",
    "St. Louis encephalitis", "encephalitis", "15q11.2 microdeletion syndrome", "E. coli infection", "infection",
    "Web 2.0 service", "C++ developer", "kitchen knife", "mitochondrion", "warehouse", "aortic stenosis",
    "hepatitis A", "hepatitis B", "hepatitis C", "type 1 diabetes", "type 2 diabetes", "factor XI deficiency",
    "multiple endocrine neoplasia type 2A", "HCC", "air and space operations center", "multiple sclerosis", "Turkey",
    "turkey", "천식", "당뇨병", "ไข้", "Herzinsuffizienz", "Niereninsuffizienz",
)  # fmt: skip
ONTOLOGY = flat_obo(NAMES, "X", "thing")
TINY = ("--set=train_ontology.dim=3", "--set=encode.dim=8", "--set=encode.epochs=2", "--set=fit.epochs=2")


@pytest.fixture(scope="module")
def linker(tmp_path_factory):
    folder = tmp_path_factory.mktemp("names")
    (folder / "names.obo").write_text(ONTOLOGY, encoding="utf-8")
    ontology = f"--set=data.ontology={folder / 'names.obo'}"
    assert exit_status_of("run", folder / "run", ontology, *TINY, "--quiet") == 0
    return Linker.load(folder / "run")


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        (
            "St. Louis encephalitis. A 15q11.2 microdeletion syndrome.",
            ("St. Louis encephalitis", "15q11.2 microdeletion syndrome"),
        ),
        ("Recurrent E. coli infection. Web 2.0 service.", ("E. coli infection", "Web 2.0 service")),
        ("CD4+ T cells and one CD4+ T cell. A C++ developer.", ("CD4+ T cell", "CD4+ T cell", "C++ developer")),
        ("CD8-positive, alpha-beta T cell was seen.", ("CD8-positive, alpha-beta T cell",)),
        ("Kitchen knives. Mitochondria. Warehouses.", ("kitchen knife", "mitochondrion", "warehouse")),
        ("Hepatitis A, B and C.", ("hepatitis A", "hepatitis B", "hepatitis C")),
        ("Hepatitis B/C.", ("hepatitis B", "hepatitis C")),
        ("Type 1 and 2 diabetes.", ("type 2 diabetes", "type 1 diabetes")),
        ("Factor 11 deficiency", ("factor XI deficiency",)),
        ("multiple endocrine neoplasia type IIA", ("multiple endocrine neoplasia type 2A",)),
        ("HCC and HCCs.", ("HCC", "HCC")),
        ("The Air and Space Operations Center (ASOC) opened. ASOC works.", ("air and space operations center",) * 3),
        ("Multiple sclerosis (hereafter, MS) was seen. MS was treated.", ("multiple sclerosis",) * 3),
        ("He ate turkey. In Turkey it is hot.", ("turkey", "Turkey")),
        ("천식이 있다. 당뇨병을 앓고 있다.", ("천식", "당뇨병")),
        ("ไข้", ("ไข้",)),
        ("Herz- und Niereninsuffizienz", ("Herzinsuffizienz", "Niereninsuffizienz")),
    ],
)
def test_names_are_linked_in_text(linker, text, labels):
    found = [link.answer.label for link in linker.link(text)]
    assert found == list(labels)
