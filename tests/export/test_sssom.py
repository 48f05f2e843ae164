"""SSSOM: the prefixes that the file declares are those of its rows, with their addresses."""

import csv

import yaml

from hyplink.corpus import Document
from hyplink.export.sssom import sssom_lines
from hyplink.linking.link import Candidate, Link
from hyplink.linking.linked_document import LinkedDocument
from hyplink.ontology import Concept, Ontology


def read(concept_ids, prefixes=None):
    """The prefix map and the object ids of a file with a link to each concept; None is a mention without one."""
    ontology = Ontology([Concept(each, each) for each in {*concept_ids, "GO:1"} - {None}], prefixes=prefixes)
    answers = [each and Candidate(each, each, 0.0, None) for each in concept_ids]
    links = [Link("d", 0, 1, None, "x", False, False, a, None, None, None, None, ()) for a in answers]
    lines = "".join(sssom_lines([LinkedDocument(Document("d", "x"), [link]) for link in links], ontology)).splitlines()
    metadata = yaml.safe_load("\n".join(line[1:] for line in lines if line.startswith("#")))
    rows = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
    return metadata["curie_map"], [row["object_id"] for row in rows]


def test_only_the_prefixes_of_rows_are_declared_each_with_its_address():
    addresses, ids = read(["MESH:D009369", "CL:0000057", "CODE:7", None])
    assert ids == ["MESH:D009369", "CL:0000057", "CODE:7", "sssom:NoTermFound"]
    assert addresses == {
        "CL": "http://purl.obolibrary.org/obo/CL_",
        "CODE": "urn:hyplink:CODE:",
        "MESH": "http://id.nlm.nih.gov/mesh/",
    }


def test_the_addresses_that_the_ontology_declares_are_used():
    addresses, ids = read(["CODE:7", "cat"], {"CODE": "http://codes.org/c/", "": "http://own.org/v#"})
    assert ids == ["CODE:7", "ns1:cat"]
    assert addresses == {"CODE": "http://codes.org/c/", "ns1": "http://own.org/v#"}


def test_iris_are_shortened_and_other_ids_are_quoted():
    addresses, ids = read(["http://x.org/v/cat", "http://x.org/v/dog", "http://y.org#a", "red skin"])
    assert ids == ["ns1:cat", "ns1:dog", "ns2:a", "concept:red%20skin"]
    assert addresses == {"ns1": "http://x.org/v/", "ns2": "http://y.org#", "concept": "urn:hyplink:"}


def test_a_file_without_links_declares_no_prefix():
    assert read([]) == ({}, [])


def test_a_relation_selects_the_predicate_the_concept_and_its_probability():
    answer, wider = Candidate("GO:2", "part", 0.0, None), Candidate("GO:1", "whole", -0.5, None)
    ontology = Ontology([Concept("GO:1", "whole"), Concept("GO:2", "part", parents=("GO:1",))])
    row = ("d", 0, 1, None, "x", False, False, answer, 1, 0.75, "names", None, (answer,), None)
    links = [
        Link(*row, "exact", (0.6, 0.3, 0.1)),
        Link(*row, "broader", (0.2, 0.7, 0.1), wider),
        Link(*row, "none", (0.1, 0.1, 0.8)),
    ]
    text = "".join(sssom_lines([LinkedDocument(Document("d", "x"), links)], ontology))
    found = list(csv.DictReader((line for line in text.splitlines() if not line.startswith("#")), delimiter="\t"))
    assert [(each["predicate_id"], each["object_id"], each["confidence"]) for each in found] == [
        ("skos:exactMatch", "GO:2", "0.7500"),
        ("skos:broadMatch", "GO:1", "0.7000"),
        ("skos:exactMatch", "sssom:NoTermFound", "0.8000"),
    ]


def test_an_answer_that_was_backed_off_to_is_broader_whatever_the_relation():
    answer = Candidate("GO:1", "whole", 0.0, None)
    link = Link("d", 0, 1, None, "x", False, False, answer, 0, 0.9, "names", "GO:2", (), None, "none", (0, 0, 1))
    text = "".join(sssom_lines([LinkedDocument(Document("d", "x"), [link])], Ontology([Concept("GO:1", "whole")])))
    assert "skos:broadMatch\tGO:1\twhole" in text
