"""OWL and SKOS: names in several languages, and the different ways to state labels and parents."""

import sys

import pytest
import rdflib

from hyplink.errors import InputError
from hyplink.ontology import Synonym, read_ontology

PREFIXES = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix skosxl: <http://www.w3.org/2008/05/skos-xl#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix obo: <http://purl.obolibrary.org/obo/> .
@prefix v: <http://example.org/v/> .
"""
THESAURUS = (
    PREFIXES
    + """
v:s a skos:ConceptScheme ; owl:versionInfo "2026-01" .
v:1 a skos:Concept ; skos:prefLabel "Haut"@de , "skin"@en ; skos:altLabel "integument"@en-GB ; skos:narrower v:3 .
v:2 a skos:Concept ; skos:prefLabel "rote Haut"@de ; skos:broader v:1 ; skos:altLabel "erythema" .
v:3 a skos:Concept ; skos:prefLabel "dry skin"@en ; skosxl:altLabel v:x ; skos:definition "trocken"@de , "not wet"@en .
v:x skosxl:literalForm "xerosis"@en .
"""
)


@pytest.fixture
def read(tmp_path):
    def read_turtle(text, **options):
        path = tmp_path / "v.ttl"
        path.write_text(text, encoding="utf-8")
        return read_ontology(path, **options)

    return read_turtle


def counts(ontology):
    return {problem.kind: problem.count for problem in ontology.problems}


def test_a_language_selects_the_names_and_concepts_without_one_are_counted(read):
    ontology = read(THESAURUS, language="en")
    assert {i: c.names() for i, c in ontology.concepts.items()} == {
        "v:1": ("skin", "integument"),
        "v:2": ("rote Haut", "erythema"),
        "v:3": ("dry skin", "xerosis"),
    }
    assert counts(ontology) == {"other-language": 1}
    assert read(THESAURUS, language="DE").concepts["v:1"].names() == ("Haut",)


def test_without_a_language_all_names_are_read_and_english_labels_are_preferred(read):
    ontology = read(THESAURUS)
    assert ontology.concepts["v:1"].names() == ("skin", "Haut", "integument")
    assert counts(ontology) == {"several-languages": 3}
    assert "data.language selects one" in ontology.problems[0].sentence


def test_a_missing_language_is_an_error_that_lists_those_of_the_file(read):
    with pytest.raises(InputError, match=r"no name in language 'fr'; the file has en \(\d\), de \(2\), en-GB \(1\)"):
        read(THESAURUS, language="fr")


def test_a_language_for_a_format_without_languages_is_rejected(tmp_path):
    (tmp_path / "o.obo").write_text("")
    with pytest.raises(InputError, match=r"data\.language is for owl or skos, but the ontology is obo"):
        read_ontology(tmp_path / "o.obo", language="en")


def test_broader_and_narrower_are_both_is_a_edges(read):
    ontology = read(THESAURUS)
    assert ontology.roots == ("v:1",)
    assert ontology.children("v:1") == ("v:2", "v:3")
    assert ontology.concepts["v:3"].definition == "not wet"
    assert ontology.release == "2026-01"


def test_owl_restrictions_and_thing_are_not_parents(read):
    ontology = read(
        PREFIXES
        + 'obo:A_1 a owl:Class ; rdfs:label "one" ; rdfs:subClassOf owl:Thing .\n'
        + 'obo:A_2 a owl:Class ; rdfs:label "two" ; rdfs:subClassOf obo:A_1 ,\n'
        + "  [ a owl:Restriction ; owl:onProperty obo:part_of ; owl:someValuesFrom obo:A_1 ] .\n"
        + "obo:A_9 a owl:Class ; owl:deprecated true ; obo:IAO_0100001 obo:A_2 .\n"
    )
    assert ontology.concepts["A:2"].parents == ("A:1",)
    assert ontology.concepts["A:2"].alternative_ids == ("A:9",)
    assert ontology.problems == ()


@pytest.mark.parametrize(("above", "parents", "problems"), [("", ("A:1",), {"genus": 1}), ("obo:A_2", ("A:2",), {})])
def test_a_class_without_a_parent_has_the_named_class_of_its_definition_as_parent(read, above, parents, problems):
    ontology = read(
        PREFIXES
        + 'obo:A_1 a owl:Class ; rdfs:label "one" . obo:A_2 a owl:Class ; rdfs:label "two" .\n'
        + 'obo:A_3 a owl:Class ; rdfs:label "three" ; owl:equivalentClass [ a owl:Class ; owl:intersectionOf\n'
        + "  ( obo:A_1 [ a owl:Restriction ; owl:onProperty obo:part_of ; owl:someValuesFrom obo:A_2 ] ) ] .\n"
        + (f"obo:A_3 rdfs:subClassOf {above} .\n" if above else "")
    )
    assert ontology.concepts["A:3"].parents == parents
    assert counts(ontology) == problems


def test_a_text_with_two_scopes_is_one_synonym(read):
    broad = '<http://www.geneontology.org/formats/oboInOwl#hasBroadSynonym> "erythema"'
    ontology = read(THESAURUS.replace('"erythema"', f'"erythema" ; {broad}'))
    assert ontology.concepts["v:2"].synonyms[-1] == Synonym("erythema", "BROAD")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.ttl", PREFIXES, "contains no skos:Concept and no owl:Class"),
        ("a.ttl", PREFIXES + "v:1 a }\n", r"a\.ttl:7: not turtle: "),
        ("a.ttl", PREFIXES + "v:1 a", "cannot be read as turtle"),
        ("a.owl", "<rdf:RDF><p>", "cannot be read as xml"),
        ("a.owl", "Prefix(:=<x>)\nOntology()", "OWL in functional, Manchester or OWL/XML syntax; save it as RDF/XML"),
        ("a.owl", '<?xml version="1.0"?><Ontology xmlns="x"/>', "functional, Manchester or OWL/XML syntax"),
        ("a.jsonld", '{"@context": ["https://x.org/c.json"]}', "nothing is downloaded"),
        ("a.nt", '<v:1> <v:p> <v:2> .\n<v:1> <v:p> "' + "x" * 300_000, r"a\.nt:2: a line of 300,013 characters"),
        ("a.ttl", "", "the file is empty"),
    ],
)
def test_a_malformed_file_is_rejected(tmp_path, name, content, message):
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=message):
        read_ontology(tmp_path / name)


def test_the_release_is_the_first_line_of_the_version(read):
    about = 'v: a skos:ConceptScheme ; owl:versionInfo "Second edition \\n\\nwith changes" .\n'
    assert read(PREFIXES + about + THESAURUS.removeprefix(PREFIXES)).release == "Second edition"


def test_a_missing_library_is_an_error_with_the_command_that_installs_it(read, monkeypatch):
    monkeypatch.setitem(sys.modules, "rdflib", None)
    with pytest.raises(InputError, match=r"pip install rdflib"):
        read(THESAURUS)


SYNTAXES = {
    ".rdf": "xml",
    ".nt": "nt",
    ".n3": "n3",
    ".trig": "trig",
    ".nq": "nquads",
    ".jsonld": "json-ld",
    ".json": "json-ld",
}


@pytest.mark.parametrize(("suffix", "syntax"), SYNTAXES.items())
def test_every_syntax_of_rdf_gives_the_same_names_and_edges(tmp_path, read, suffix, syntax):
    path = tmp_path / f"v{suffix}"
    rdflib.Dataset(default_union=True).parse(data=THESAURUS, format="turtle").serialize(path, format=syntax)
    found, expected = read_ontology(path, language="en"), read(THESAURUS, language="en")
    assert [c.names() for c in sorted(found.concepts.values(), key=lambda c: c.label)] == [
        c.names() for c in sorted(expected.concepts.values(), key=lambda c: c.label)
    ]
    assert found.closure().shape == expected.closure().shape


def test_owl_classes_beside_skos_concepts_are_counted(read):
    assert counts(read(THESAURUS + "v:c a owl:Class . v:1 a owl:Class ."))["other-classes"] == 1


@pytest.mark.parametrize(
    "content",
    [
        '{"@context": "http://127.0.0.1:9/c", "@id": "v:1"}',
        '{"@context": [{}, "context.jsonld"], "@id": "v:1"}',
        '{"@context": {"@import": "/etc/context"}, "@id": "v:1"}',
        '{"@graph": [{"v:1": {"\\u0040context": "../context"}}]}',
        '{"@context": {"v": {"@id": "v:1", "@context": "c.jsonld"}}}',
    ],
)
def test_a_context_outside_the_file_is_refused(tmp_path, content):
    (tmp_path / "v.jsonld").write_text(content)
    with pytest.raises(InputError, match=r"v\.jsonld: its @context '.*' is not in the file, and nothing is downloaded"):
        read_ontology(tmp_path / "v.jsonld")


def test_half_of_a_surrogate_pair_in_turtle_is_replaced_and_a_bar_in_an_iri_is_kept(read):
    ontology = read(
        THESAURUS
        + '<http://x.org/a|b> a skos:Concept ; skos:prefLabel "a\\uD83Db", "c\\uD83D\\uDE00" ; skos:broader v:1 .'
    )
    assert set(ontology.concepts["http://x.org/a|b"].names()) == {"a\ufffdb", "c😀"}
