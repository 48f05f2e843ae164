"""One ontology in every format: the Cell Ontology, converted by other tools, is read as from the OBO file."""

import json
from pathlib import Path

import fastobo
import obographs
import pronto
import pytest
import rdflib

from hyplink.errors import InputError
from hyplink.ontology import Concept, Ontology, Synonym, read_ontology
from hyplink.ontology.formats import ontology_format_of
from hyplink.ontology.prefixes import PrefixMap
from hyplink.ontology.writers import SUFFIXES, text_of_ontology

CELL = Path(__file__).parents[2] / "data" / "cell" / "cl.obo.gz"

LONG_CONTEXT = {f"X{i}": f"http://x{i}.org/" for i in range(500)}
OWL_TO_SKOS = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX oio: <http://www.geneontology.org/formats/oboInOwl#>
CONSTRUCT { ?c a skos:Concept; skos:prefLabel ?label; skos:altLabel ?synonym; skos:broader ?parent }
WHERE {
  ?c a owl:Class; rdfs:label ?label .
  FILTER NOT EXISTS { ?c owl:deprecated true }
  { ?c rdfs:subClassOf ?parent FILTER isIRI(?parent) }
  UNION { ?c oio:hasExactSynonym|oio:hasRelatedSynonym|oio:hasNarrowSynonym|oio:hasBroadSynonym ?synonym }
  UNION {}
}"""


@pytest.fixture(scope="module")
def cell() -> Ontology:
    return read_ontology(CELL)


@pytest.fixture(scope="module")
def owl_path(cell, tmp_path_factory) -> Path:
    """The Cell Ontology in RDF/XML, converted by fastobo."""
    obo = "default-namespace: cell\nontology: cl\n" + text_of_ontology(cell, Path("cl.obo"))
    path = tmp_path_factory.mktemp("owl") / "cl.owl"
    with path.open("wb") as out:
        fastobo.dump_owl(fastobo.loads(obo), out, format="rdf")
    return path


def names_of(ontology):
    return {concept_id: (c.label, frozenset(c.names())) for concept_id, c in ontology.concepts.items()}


def edges_of(ontology):
    return {(concept_id, parent) for concept_id, c in ontology.concepts.items() for parent in c.parents}


def assert_same(found, expected):
    assert names_of(found) == names_of(expected)
    assert edges_of(found) == edges_of(expected)


def test_owl_is_read_as_obo_is(cell, owl_path):
    owl = read_ontology(owl_path)
    assert_same(owl, cell)
    assert owl.obsolete.keys() == cell.obsolete.keys()
    for concept_id, concept in cell.concepts.items():
        assert set(owl.concepts[concept_id].synonyms) == set(concept.synonyms)  # scopes and types too
        assert owl.concepts[concept_id].definition == concept.definition
        assert set(owl.concepts[concept_id].alternative_ids) == set(concept.alternative_ids)
        assert set(owl.concepts[concept_id].cross_references) == set(concept.cross_references)


@pytest.mark.filterwarnings("ignore:unsound encoding")  # pronto guesses it
def test_owl_is_read_as_pronto_reads_it(owl_path):
    ours = read_ontology(owl_path)
    theirs = {term.id: term for term in pronto.Ontology(owl_path).terms() if not term.obsolete and term.name}
    assert theirs.keys() == ours.concepts.keys()
    for concept_id, concept in ours.concepts.items():
        term = theirs[concept_id]
        assert concept.label == term.name
        assert {each.text for each in concept.synonyms} == {each.description for each in term.synonyms}
        assert set(concept.parents) == {each.id for each in term.superclasses(distance=1, with_self=False)}


def test_skos_is_read_as_obo_is(cell, owl_path, tmp_path):
    path = tmp_path / "cl.ttl"
    rdflib.Graph().parse(owl_path, format="xml").query(OWL_TO_SKOS).graph.serialize(path, format="turtle")
    assert_same(read_ontology(path), cell)


def test_obo_graphs_are_read_as_obo_is(cell, tmp_path):
    """fastobo converts them without synonyms and without marking obsolete terms."""
    obo = text_of_ontology(cell, Path("cl.obo")).replace(
        "format-version: 1.4\n", "format-version: 1.4\nontology: cl\n", 1
    )
    with (tmp_path / "cl.json").open("wb") as out:
        fastobo.dump_graph(fastobo.loads(obo), out)
    graph = read_ontology(tmp_path / "cl.json")
    assert set(graph.concept_ids) == {*cell.concepts, *cell.obsolete}
    assert edges_of(graph) == edges_of(cell)
    for concept_id, concept in cell.concepts.items():
        assert graph.concepts[concept_id].label == concept.label
        assert graph.concepts[concept_id].definition == concept.definition


def test_an_independent_reader_finds_every_name_in_written_obo_graphs(cell):
    (graph,) = obographs.GraphDocument.model_validate_json(text_of_ontology(cell, Path("cl.json"))).graphs
    curie = PrefixMap().curie
    found = {curie(node.id): node for node in graph.nodes}
    for concept_id, concept in cell.concepts.items():
        node = found[concept_id]
        synonyms = node.meta.synonyms or [] if node.meta else []
        assert (node.lbl, tuple(each.val for each in synonyms)) == (
            concept.label,
            tuple(s.text for s in concept.synonyms),
        )
    assert {(curie(each.sub), curie(each.obj)) for each in graph.edges} == edges_of(cell)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_written_ontology_is_read_back_unchanged(cell, tmp_path, suffix):
    path = tmp_path / f"cl{suffix}"
    path.write_text(text_of_ontology(cell, path), encoding="utf-8")
    again = read_ontology(path)
    assert_same(again, cell)
    assert again.obsolete.keys() == cell.obsolete.keys()
    for concept_id, concept in cell.concepts.items():
        other = again.concepts[concept_id]
        kept = concept.synonyms if suffix in (".obo", ".json") else [Synonym(s.text, s.scope) for s in concept.synonyms]
        assert set(other.synonyms) == set(kept)
        for part in ("definition", "parents", "alternative_ids", "cross_references"):
            expected = getattr(concept, part)
            assert (set(getattr(other, part)) if isinstance(expected, tuple) else getattr(other, part)) == (
                set(expected) if isinstance(expected, tuple) else expected
            )


def test_a_strict_parser_accepts_written_obo(cell):
    assert len(fastobo.loads(text_of_ontology(cell, Path("cl.obo")))) == len(cell) + len(cell.obsolete)


def test_unusual_ids_and_texts_are_read_back_from_every_format(tmp_path):
    ontology = Ontology(
        [
            Concept("http://example.org/v#a b", 'a "quoted" | {name} ! \\ here'),
            Concept("skin", "skin", parents=("http://example.org/v#a b",), definition="one\ttwo; <b> & c"),
            Concept("X:1:2", "red, \nskin", parents=("skin",), synonyms=(Synonym("rot|e Haut"),)),
            Concept("X_y:3", "gone", obsolete=True, replaced_by=("skin",)),
        ]
    )
    for suffix in SUFFIXES:
        path = tmp_path / f"odd{suffix}"
        path.write_text(text_of_ontology(ontology, path), encoding="utf-8", newline="")
        again = read_ontology(path)
        assert dict(again.concepts) == dict(ontology.concepts), suffix
        assert dict(again.obsolete) == dict(ontology.obsolete), suffix


@pytest.mark.parametrize(
    ("name", "content", "known"),
    [
        ("a.OBO", "", "obo"),
        ("a.owl.gz", "", "owl"),
        ("a.json", '{"graphs": []}', "obographs"),
        ("a.json", '{"@context": {}, "@graph": []}', "skos"),
        ("a.json", '{"@context": {"X": "http://x.org/"}, "graphs": []}', "obographs"),
        (
            "a.json",
            json.dumps({"@context": {f"X{i}": f"http://x{i}.org/" for i in range(500)}, "graphs": []}),
            "obographs",
        ),
        ("a.json", '{"doc": "d"}', None),
        ("a.xml", "<?xml version='1.0'?>\n<rdf:RDF/>", "owl"),
        ("a.xml", '<!DOCTYPE rdf:RDF [<!ENTITY obo "x">]><rdf:RDF/>', "owl"),
        ("a.xml", "<collection/>", None),
        ("a", "format-version: 1.2\n", "obo"),
        ("a.txt", "@prefix skos: <x> .", "skos"),
        ("a.tsv", "id\tlabel\nA\ta\n", "table"),
        ("a.tsv", "cat\tmammal\n", "relations"),
        ("a.tsv", "Code\tTitle\tNote\n", "table"),
        ("a.ofn", "Prefix(:=<x>)", "owl"),
        ("a.txt", "A cat.", None),
    ],
)
def test_the_format_is_detected_by_name_and_content(tmp_path, name, content, known):
    (tmp_path / name).write_text(content)
    assert ontology_format_of(tmp_path / name, {}) == known


def test_an_unknown_format_is_an_error_that_lists_the_formats(tmp_path):
    (tmp_path / "a.docx").write_text("PK")
    with pytest.raises(InputError, match=r"a\.docx: cannot tell which ontology format this is; expected \.obo, OWL"):
        read_ontology(tmp_path / "a.docx")
    with pytest.raises(InputError, match=r"a\.docx: cannot tell the ontology format from this name"):
        text_of_ontology(Ontology([]), tmp_path / "a.docx")
