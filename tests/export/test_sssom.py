"""SSSOM: the prefixes that the file declares are those of its rows, with their addresses."""

import csv
from datetime import UTC, datetime

import pytest
import yaml

from hyplink.candidates.matched_names import LazyName, MatchedName
from hyplink.corpus import Document, Mention
from hyplink.linking.link import Candidate, Link
from hyplink.linking.linked_document import LinkedDocument
from hyplink.ontology import Concept, Ontology
from tests.export.written import file_of

OWN = {"mention": "urn:hyplink:mention:"}


class Names:
    """A name for each concept, with the scope that the test gives."""

    def __init__(self, name, scope):
        self.found = MatchedName(name, scope)

    def best(self, words, concept_id):
        return self.found


def link(concept_id, text="x", name=None, scope="LABEL", **fields):
    lazy = name and LazyName(Names(name, scope), text, concept_id)
    answer = concept_id and Candidate(concept_id, f"label of {concept_id}", 0.0, None, lazy)
    whole = Link("d", 3, 3 + len(text), None, text, False, False, answer, None, None, None, None, ())
    return whole._replace(**fields)


def parsed(documents, ontology):
    """The metadata, and the rows by column."""
    lines = file_of(documents, "sssom", ontology).decode().splitlines()
    metadata = yaml.safe_load("\n".join(line[1:] for line in lines if line.startswith("#")))
    return metadata, list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"))


def read(concept_ids, prefixes=None):
    """The prefix map and the object ids of a file with a link to each concept; None is a mention without one."""
    ontology = Ontology([Concept(each, each) for each in {*concept_ids, "GO:1"} - {None}], prefixes=prefixes)
    documents = [LinkedDocument(Document("d", "x"), [link(each)]) for each in concept_ids]
    metadata, rows = parsed(documents, ontology)
    return metadata["curie_map"], [row["object_id"] for row in rows]


def test_only_the_prefixes_of_rows_are_declared_each_with_its_address():
    addresses, ids = read(["MESH:D009369", "CL:0000057", "CODE:7", None])
    assert ids == ["MESH:D009369", "CL:0000057", "CODE:7", "sssom:NoTermFound"]
    assert addresses == OWN | {
        "CL": "http://purl.obolibrary.org/obo/CL_",
        "CODE": "urn:hyplink:CODE:",
        "MESH": "http://id.nlm.nih.gov/mesh/",
    }


def test_the_addresses_that_the_ontology_declares_are_used():
    addresses, ids = read(["CODE:7", "cat"], {"CODE": "http://codes.org/c/", "": "http://own.org/v#"})
    assert ids == ["CODE:7", "ns1:cat"]
    assert addresses == OWN | {"CODE": "http://codes.org/c/", "ns1": "http://own.org/v#"}


def test_iris_are_shortened_and_other_ids_are_quoted():
    addresses, ids = read(["http://x.org/v/cat", "http://x.org/v/dog", "http://y.org#a", "red skin"])
    assert ids == ["ns1:cat", "ns1:dog", "ns2:a", "concept:red%20skin"]
    assert addresses == OWN | {"ns1": "http://x.org/v/", "ns2": "http://y.org#", "concept": "urn:hyplink:"}


def test_a_file_without_links_declares_no_prefix():
    assert read([]) == ({}, [])


def test_every_column_holds_its_own_value():
    ontology = Ontology([Concept("GO:1", "g")], source="my ontology.obo", release="2026-01")
    mention = Mention(3, 9, "Skins", columns=(("Ward no", "7\tb"), ("Confidence", "high"), ("confidence", "low")))
    found = link("GO:1", "Skins", "skin", "NARROW", confidence=0.875, spans=((3, 5), (7, 9)))
    document = Document("a b", "my Skins", (mention,), columns=(("Case", "c9"),))
    metadata, [row] = parsed([LinkedDocument(document, [found._replace(doc="a b")])], ontology)
    assert row == {
        "subject_id": "mention:a%20b_3-5_7-9",
        "subject_label": "Skins",
        "subject_type": "rdfs literal",
        "predicate_id": "skos:exactMatch",
        "object_id": "GO:1",
        "object_label": "label of GO:1",
        "mapping_justification": "semapv:LexicalMatching",
        "object_source": "ontology:my%20ontology.obo",
        "object_source_version": "2026-01",
        "mapping_date": datetime.now(UTC).date().isoformat(),
        "confidence": "0.8750",
        "match_string": "skin",
        "object_match_field": "oboInOwl:hasNarrowSynonym",
        "Case": "c9",
        "Ward_no": "7 b",
        "input_Confidence": "high",
        "input_confidence": "low",
    }
    assert metadata["curie_map"].keys() == {"GO", "mention", "oboInOwl", "ontology"}
    assert [each["slot_name"] for each in metadata["extension_definitions"]] == list(row)[13:]


@pytest.mark.parametrize(
    ("scope", "field"),
    [
        ("LABEL", "rdfs:label"),
        ("EXACT", "oboInOwl:hasExactSynonym"),
        ("BROAD", "oboInOwl:hasBroadSynonym"),
        ("RELATED", "oboInOwl:hasRelatedSynonym"),
        ("ANNOTATED", ""),
    ],
)
def test_the_match_field_is_the_property_of_the_name_and_its_prefix_is_declared_if_a_row_uses_it(scope, field):
    document = LinkedDocument(Document("d", "x"), [link("GO:1", "skin", "skin", scope)])
    metadata, [row] = parsed([document], Ontology([Concept("GO:1", "g")]))
    assert row["object_match_field"] == field
    assert ("oboInOwl" in metadata["curie_map"]) == field.startswith("oboInOwl:")


def test_words_that_are_no_name_of_the_concept_are_justified_by_several_kinds_of_evidence():
    rows = [link("GO:1", "red skins", "red skin"), link("GO:1", "red skins", "skin"), link("GO:1"), link(None)]
    _, found = parsed([LinkedDocument(Document("d", "x"), rows)], Ontology([Concept("GO:1", "g")]))
    kinds = ["Lexical", "Composite", "Composite", "Composite"]
    assert [row["mapping_justification"] for row in found] == [f"semapv:{kind}Matching" for kind in kinds]
    assert [row["match_string"] for row in found] == ["red skin", "skin", "", ""]
    predicates = ["skos:exactMatch", "skos:closeMatch", "skos:closeMatch", "skos:exactMatch"]
    assert [row["predicate_id"] for row in found] == predicates  # no relation is known; the last is NoTermFound


def test_a_relation_selects_the_predicate_the_concept_and_its_probability():
    answer, wider = Candidate("GO:2", "part", 0.0, None), Candidate("GO:1", "whole", -0.5, None)
    ontology = Ontology([Concept("GO:1", "whole"), Concept("GO:2", "part", parents=("GO:1",))])
    row = ("d", 0, 1, None, "x", False, False, answer, 1, 0.75, "names", None, (answer,), None)
    links = [
        Link(*row, "exact", (0.6, 0.3, 0.1)),
        Link(*row, "broader", (0.2, 0.7, 0.1), wider),
        Link(*row, "none", (0.1, 0.1, 0.8)),
    ]
    _, found = parsed([LinkedDocument(Document("d", "x"), links)], ontology)
    assert [(each["predicate_id"], each["object_id"], each["confidence"]) for each in found] == [
        ("skos:exactMatch", "GO:2", "0.7500"),
        ("skos:broadMatch", "GO:1", "0.4246"),  # 0.7 · exp(-0.5)
        ("skos:exactMatch", "sssom:NoTermFound", "0.8000"),
    ]


def test_an_answer_that_was_backed_off_to_is_broader_whatever_the_relation():
    answer = Candidate("GO:1", "whole", 0.0, None)
    backed_off = Link("d", 0, 1, None, "x", False, False, answer, 0, 0.9, "names", "GO:2", (), None, "none", (0, 0, 1))
    _, [row] = parsed([LinkedDocument(Document("d", "x"), [backed_off])], Ontology([Concept("GO:1", "whole")]))
    assert (row["predicate_id"], row["object_id"], row["object_label"]) == ("skos:broadMatch", "GO:1", "whole")


@pytest.mark.parametrize(("relation", "confidence"), [("none", "0.9000"), ("exact", "")])
def test_a_mention_whose_answer_was_given_up_matches_nothing_exactly(relation, confidence):
    probabilities = (0.0, 0.1, 0.9)
    given_up = Link(
        "d", 0, 1, None, "x", False, False, None, 0, None, "names", "GO:2", (), None, relation, probabilities
    )
    _, [row] = parsed([LinkedDocument(Document("d", "x"), [given_up])], Ontology([Concept("GO:1", "whole")]))
    assert (row["predicate_id"], row["object_id"]) == ("skos:exactMatch", "sssom:NoTermFound")
    assert row["confidence"] == confidence
