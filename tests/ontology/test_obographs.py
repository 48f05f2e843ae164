"""OBO Graphs as ROBOT writes them: what is read, and what is rejected."""

import json

import pytest

from hyplink.errors import InputError
from hyplink.ontology import Synonym, read_ontology

OBO = "http://purl.obolibrary.org/obo/"
OBO_IN_OWL = "http://www.geneontology.org/formats/oboInOwl#"

GRAPH = {
    "id": OBO + "a.owl",
    "meta": {"version": OBO + "a/releases/2026-01-01/a.owl"},
    "nodes": [
        {"id": OBO + "A_1", "lbl": "skin", "type": "CLASS", "propertyType": None},
        {
            "id": OBO + "A_2",
            "lbl": "red skin",
            "type": "CLASS",
            "meta": {
                "definition": {"val": "Skin that is red.", "xrefs": ["X:1"]},
                "synonyms": [
                    {"pred": "hasExactSynonym", "val": "erythema", "xrefs": []},
                    {"pred": "hasNarrowSynonym", "val": "rashes", "synonymType": OBO + "a#PLURAL"},
                ],
                "xrefs": [{"val": "MESH:D004890"}],
                "basicPropertyValues": [
                    {"pred": OBO_IN_OWL + "hasAlternativeId", "val": "A:20"},
                    {"pred": OBO_IN_OWL + "hasOBONamespace", "val": "a"},
                ],
            },
        },
        {
            "id": OBO + "A_3",
            "type": "CLASS",
            "meta": {"deprecated": True, "basicPropertyValues": [{"pred": OBO + "IAO_0100001", "val": OBO + "A_2"}]},
        },
        {"id": OBO + "A_4", "lbl": "obsolete scar", "type": "CLASS", "meta": {"deprecated": True}},
        {"id": OBO + "B_1", "type": "CLASS"},
        {"id": OBO + "BFO_0000050", "lbl": "part of", "type": "PROPERTY"},
    ],
    "edges": [
        {"sub": OBO + "A_2", "pred": "is_a", "obj": OBO + "A_1"},
        {"sub": OBO + "A_1", "pred": OBO + "BFO_0000050", "obj": OBO + "A_2"},
    ],
}


def test_all_parts_of_a_node_are_read(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({"graphs": [GRAPH]}))
    ontology = read_ontology(tmp_path / "a.json")
    red = ontology.concepts["A:2"]
    assert ontology.concept_ids == ("A:1", "A:2")
    assert tuple(ontology.obsolete) == ("A:4",)
    assert red.synonyms == (Synonym("erythema"), Synonym("rashes", "NARROW", "PLURAL"))
    assert (red.definition, red.parents) == ("Skin that is red.", ("A:1",))
    assert (red.alternative_ids, red.cross_references) == (("A:20", "A:3"), ("MESH:D004890",))
    assert ontology.release == OBO + "a/releases/2026-01-01/a.owl"
    assert [problem.kind for problem in ontology.problems] == ["stub"]


def test_a_class_without_a_parent_has_the_genus_of_its_definition_as_parent(tmp_path):
    definition = {"definedClassId": OBO + "B_1", "genusIds": [OBO + "A_2"], "restrictions": []}
    (tmp_path / "a.json").write_text(json.dumps({"graphs": [GRAPH | {"logicalDefinitionAxioms": [definition]}]}))
    ontology = read_ontology(tmp_path / "a.json")
    assert ontology.concepts["B:1"].parents == ("A:2",)
    assert [problem.kind for problem in ontology.problems] == ["genus", "no-name"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"graphs": [', "not OBO Graphs: Invalid JSON"),
        ('{"graphs": {}}', "not OBO Graphs: graphs: Input should be a valid array"),
        ('{"graphs": [{"nodes": [{"lbl": "x"}]}]}', r"graphs\.0\.nodes\.0\.id: Field required"),
        ('{"graphs": [{}]}', "contains no node of type CLASS"),
    ],
)
def test_a_malformed_file_is_rejected(tmp_path, content, message):
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(InputError, match=message):
        read_ontology(tmp_path / "a.json")


def test_edges_may_name_their_concepts_by_curies_and_those_of_unknown_concepts_are_counted(tmp_path):
    edges = [{"sub": "A:2", "pred": "is_a", "obj": "A:1"}, {"sub": "A:9", "pred": "is_a", "obj": "A:1"}]
    (tmp_path / "a.json").write_text(json.dumps({"graphs": [{**GRAPH, "edges": edges}]}))
    ontology = read_ontology(tmp_path / "a.json")
    assert ontology.concepts["A:2"].parents == ("A:1",)
    assert ("dangling-child", ("A:9 is_a A:1",)) in [(each.kind, each.examples) for each in ontology.problems]
