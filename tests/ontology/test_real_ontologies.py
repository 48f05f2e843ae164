"""The bundled ontologies have the same terms, names and edges as obonet finds in them."""

import re
from pathlib import Path

import obonet
import pytest

from hyplink.ontology import Ontology, read_ontology

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module", params=["disease/doid.obo.gz", "cell/cl.obo.gz"])
def both(request):
    path = DATA / request.param
    return read_ontology(path), obonet.read_obo(path, ignore_obsolete=False)


@pytest.fixture(scope="module")
def disease() -> Ontology:
    return read_ontology(DATA / "disease" / "doid.obo.gz")


def test_terms_and_labels_are_those_of_obonet(both):
    ontology, graph = both
    concepts = {**ontology.concepts, **ontology.obsolete}
    assert {i: concept.label for i, concept in concepts.items()} == dict(graph.nodes(data="name"))


def test_is_a_edges_are_those_of_obonet(both):
    ontology, graph = both
    edges = {(child, parent) for child, parent, relation in graph.edges(keys=True) if relation == "is_a"}
    assert edges == {(c.concept_id, parent) for c in ontology.concepts.values() for parent in c.parents}


def test_each_synonym_of_obonet_is_read_with_its_scope(both):
    ontology, graph = both
    for concept_id, lines in graph.nodes(data="synonym"):
        concept = ontology.concepts.get(concept_id) or ontology.obsolete[concept_id]
        assert len(concept.synonyms) == len(lines or [])
        for synonym, line in zip(concept.synonyms, lines or [], strict=True):
            text = re.escape(synonym.text)
            assert re.match(rf'"\s*{text}\s*" {synonym.scope} ', line.replace("\\", ""))


def test_deviations_that_strict_parsers_reject_are_counted(disease):
    counts = {problem.kind: problem.count for problem in disease.problems}
    assert counts == {"malformed-references": 7, "alternative-id-in-use": 1, "ambiguous-name": 25}
    assert "line 6202" in disease.problems[0].sentence


def test_the_disease_ontology_has_the_counts_of_its_file(disease):
    assert (len(disease), len(disease.obsolete)) == (6874, 2369)
    assert disease.roots == ("DOID:4",)
    assert disease.closure().shape == (54258, 2)
    assert disease.release == "releases/2016-03-04"


def test_a_melanoma_of_the_skin_is_a_skin_cancer(disease):
    assert disease.concepts["DOID:4159"].label == "skin cancer"
    assert disease.concepts["DOID:8923"].label == "skin melanoma"
    assert disease.lowest_common_ancestor("DOID:4159", "DOID:8923") == "DOID:4159"
    assert disease.tree_distance("DOID:4159", "DOID:8923") == 1
    assert disease.wu_palmer("DOID:4159", "DOID:8923") == pytest.approx(10 / 11)  # skin cancer: depth 4, k = 5
