"""Concept ids and IRIs: the prefixes that a file declares, well-known ones, and those of the OBO Foundry."""

import json
from pathlib import Path

import fastobo
import pytest
import rdflib

from hyplink.ontology import Concept, Ontology, load_ontology, read_ontology, text_of_ontology, write_ontology
from hyplink.ontology.prefixes import UNKNOWN, PrefixMap, context_prefixes, obo_prefixes, prefix_of

OBO = "http://purl.obolibrary.org/obo/"
MESH = "http://id.nlm.nih.gov/mesh/"
DECLARED = {"ex": "http://example.org/v/", "big": "http://example.org/v/big/", "": "http://own.org/"}


@pytest.mark.parametrize(
    ("iri", "curie"),
    [
        (OBO + "CL_0000057", "CL:0000057"),
        (OBO + "NCBITaxon_Union_0000023", "NCBITaxon_Union:0000023"),
        (OBO + "NOTREGISTERED_1", "NOTREGISTERED:1"),
        (MESH + "D009369", "MESH:D009369"),
        ("http://example.org/v/cat", "ex:cat"),
        ("http://example.org/v/big/cat", "big:cat"),
        ("http://example.org/v/small/cat", "http://example.org/v/small/cat"),
        ("http://example.org/v/", "http://example.org/v/"),
        ("http://example.org/cat", "http://example.org/cat"),
        ("http://own.org/cat", "cat"),
        ("CL:0000057", "CL:0000057"),
    ],
)
def test_an_iri_is_shortened_by_the_longest_prefix_that_is_known(iri, curie):
    assert PrefixMap(DECLARED).curie(iri) == curie


@pytest.mark.parametrize(
    ("concept_id", "iri"),
    [
        ("CL:0000057", OBO + "CL_0000057"),
        ("MESH:D009369", MESH + "D009369"),
        ("EFO:0000408", "http://www.ebi.ac.uk/efo/EFO_0000408"),
        ("ex:cat", "http://example.org/v/cat"),
        ("cat", "http://own.org/cat"),
        ("CODE:7", "urn:hyplink:CODE:7"),
        ("http://x.org/a", "http://x.org/a"),
    ],
)
def test_only_ontologies_of_the_obo_foundry_have_its_purls(concept_id, iri):
    assert PrefixMap(DECLARED).iri(concept_id) == iri


def test_declared_prefixes_take_precedence_over_built_in_ones():
    prefixes = PrefixMap({"MESH": "http://mine.org/", "CL": "http://cells.org/CL#"})
    assert (prefixes.iri("MESH:D1"), prefixes.iri("CL:1")) == ("http://mine.org/D1", "http://cells.org/CL#1")
    assert prefixes.curie("http://cells.org/CL#1") == "CL:1"


@pytest.mark.parametrize("declared", [{}, DECLARED])
@pytest.mark.parametrize(
    "concept_id",
    [
        *("CL:0000057", "CL:00_57", "cat", "a b", "X:1:2", "http://x.org/a", "http://own.org/a", "é|%", "X:", ":x"),
        *("MSH:D1", "MESH:D1/2", "ex:", "ex:a b", "ex:big/cat", "ex:<a>", "CL:é", ""),
    ],
)
def test_every_id_is_restored_from_its_iri(declared, concept_id):
    prefixes = PrefixMap(declared)
    iri = prefixes.iri(concept_id)
    assert prefixes.curie(iri) == concept_id
    assert not set(iri) & set(" <>|")


def test_of_two_prefixes_for_one_address_only_the_first_is_used():
    used = PrefixMap().used_by(["MSH:D1", "MESH:D1", "CODE:1", "CL:1", "cat"])
    assert used == {"MSH": MESH, "CL": OBO + "CL_"}
    assert PrefixMap(used).iri("MSH:D1") == MESH + "D1"
    assert PrefixMap(used).iri("MESH:D1") == UNKNOWN + "MESH:D1"


def test_the_prefix_of_an_id_ends_at_the_first_colon():
    assert [prefix_of(each) for each in ("X:1", "X:1:2", "cat", ":x")] == ["X", "X", "", ""]


def test_obo_prefixes_are_found_in_purls():
    assert obo_prefixes([OBO + "A_B_1", OBO + "A_B_2", "http://x.org/C_1"]) == {"A_B": OBO + "A_B_"}


def test_the_prefixes_of_a_json_context_are_distinguished_from_terms():
    context = {
        "X": "http://x.org/",
        "Y": {"@id": "http://y.org/Y_", "@prefix": True},
        "Z": "http://z.org/Z_",
        "@base": "http://own.org/",
        "@vocab": "http://vocabulary.org/",
        "label": "http://www.w3.org/2000/01/rdf-schema#label",
        "id": "@id",
        "parent": {"@id": "http://x.org/parent/", "@type": "@id"},
    }
    expected = {"X": "http://x.org/", "Y": "http://y.org/Y_", "Z": "http://z.org/Z_", "": "http://own.org/"}
    assert context_prefixes(context) == expected
    assert context_prefixes(["http://elsewhere.org/c.json", context, {"X": "http://x2.org/"}])["X"] == "http://x2.org/"
    assert context_prefixes(None) == {}


CONCEPTS = [
    Concept("MESH:D1", "skin"),
    Concept("CODE:2", "red skin", parents=("MESH:D1",)),
    Concept("CL:0000001", "skin cell", parents=("MESH:D1",), cross_references=("OMIM:1",)),
]
PREFIXES = {"MESH": MESH, "CODE": "http://codes.org/c/"}


@pytest.fixture(params=[".obo", ".json", ".ttl"])
def path(request, tmp_path):
    """An ontology that declares an address for CODE, in a format that can say so."""
    path = tmp_path / f"a{request.param}"
    path.write_text(text_of_ontology(Ontology(CONCEPTS, prefixes=PREFIXES), path), encoding="utf-8")
    return path


def test_declared_prefixes_are_read_back_from_formats_that_can_declare_them(path):
    ontology = read_ontology(path)
    assert set(ontology.concept_ids) == {"MESH:D1", "CODE:2", "CL:0000001"}
    assert ontology.prefixes.items() >= {("CODE", "http://codes.org/c/")}
    restricted = ontology.restricted_to(exclude=["CL:0000001"]).with_synonyms({"CODE:2": ["erythema"]})
    assert restricted.prefixes == ontology.prefixes


def test_declared_prefixes_are_kept_in_a_run(path, tmp_path):
    ontology = read_ontology(path)
    write_ontology(ontology, tmp_path / "ontology")
    assert load_ontology(tmp_path / "ontology").prefixes == ontology.prefixes


def test_skos_is_written_with_the_declared_addresses():
    text = text_of_ontology(Ontology(CONCEPTS, prefixes=PREFIXES), Path("a.ttl"))
    subjects = set(map(str, rdflib.Graph().parse(data=text, format="turtle").subjects()))
    assert subjects >= {MESH + "D1", "http://codes.org/c/2", OBO + "CL_0000001"}


def test_obo_graphs_are_written_with_the_declared_addresses_and_a_context():
    content = json.loads(text_of_ontology(Ontology(CONCEPTS, prefixes=PREFIXES), Path("a.json")))
    assert [node["id"] for node in content["graphs"][0]["nodes"]] == [
        *(MESH + "D1", "http://codes.org/c/2", OBO + "CL_0000001"),
    ]
    assert context_prefixes(content["@context"]) == {**PREFIXES, "CL": OBO + "CL_"}


def test_a_strict_parser_accepts_the_idspaces_that_are_written():
    header = fastobo.loads(text_of_ontology(Ontology(CONCEPTS, prefixes=PREFIXES), Path("a.obo"))).header
    assert [str(clause) for clause in header if clause.raw_tag() == "idspace"] == [
        *(f"idspace: MESH {MESH}", "idspace: CODE http://codes.org/c/"),
    ]


def test_an_idspace_of_obo_is_read_with_its_comment_and_a_broken_one_is_counted(tmp_path):
    (tmp_path / "a.obo").write_text(
        'idspace: CODE http://codes.org/c/ "codes"\nidspace: X\nidspace: UNUSED http://unused.org/\n\n'
        "[Term]\nid: CODE:1\nname: one\n\n[Term]\nid: X:2\nname: two\nis_a: CODE:1\n"
    )
    ontology = read_ontology(tmp_path / "a.obo")
    assert ontology.prefixes == {"CODE": "http://codes.org/c/"}
    assert [(problem.kind, problem.count) for problem in ontology.problems] == [("malformed-idspace", 1)]


def test_obo_purls_with_unregistered_prefixes_are_kept(tmp_path):
    (tmp_path / "a.ttl").write_text(
        "@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        f'<{OBO}MYONT_1> a owl:Class ; rdfs:label "one" . <{MESH}D1> a owl:Class ; rdfs:label "two" .\n'
    )
    ontology = read_ontology(tmp_path / "a.ttl")
    assert set(ontology.concept_ids) == {"MYONT:1", "MESH:D1"}
    assert ontology.prefixes == {"MYONT": OBO + "MYONT_"}


def test_json_ld_prefixes_are_read_from_both_forms_of_definition(tmp_path):
    context = {
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "X": "http://x.org/",
        "Y": {"@id": "http://y.org/Y_", "@prefix": True},
    }
    graph = [{"@id": each, "@type": "skos:Concept", "skos:prefLabel": each} for each in ("X:1", "Y:2")]
    (tmp_path / "a.jsonld").write_text(json.dumps({"@context": context, "@graph": graph}))
    ontology = read_ontology(tmp_path / "a.jsonld")
    assert set(ontology.concept_ids) == {"X:1", "Y:2"}
    assert ontology.prefixes == {"X": "http://x.org/", "Y": "http://y.org/Y_"}
