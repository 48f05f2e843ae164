from pathlib import Path

import pytest

from hyplink.corpus import Document, Mention, read_documents
from hyplink.gold import Gold, GoldResolver
from hyplink.ontology import Concept, Ontology, read_ontology

DISEASE = Path(__file__).parents[1] / "data" / "disease"

CONCEPTS = [
    Concept("X:1", "disease"),
    Concept("X:2", "cancer", parents=("X:1",), alternative_ids=("X:20", "OMIM:5"), cross_references=("MESH:D009369",)),
    Concept("X:3", "flu", parents=("X:1",), cross_references=("MSH:D007251", "OMIM:190685", "X:20")),
    Concept("X:4", "grippe", parents=("X:1",), cross_references=("MeSH:D007251",)),
    Concept("X:5", "old flu", obsolete=True, replaced_by=("X:6",)),
    Concept("X:6", "older flu", obsolete=True, replaced_by=("X:3", "X:5")),
    Concept("X:7", "nothing", obsolete=True),
]


@pytest.fixture(scope="module")
def resolver():
    return GoldResolver(Ontology(CONCEPTS))


@pytest.mark.parametrize(
    ("annotated_id", "concepts", "way"),
    [
        ("X:2", {"X:2"}, "id"),
        ("x:2", {"X:2"}, "id"),
        ("X_2", {"X:2"}, "id"),
        ("X:20", {"X:2"}, "alternative id"),
        ("X:5", {"X:3"}, "replacement"),
        ("X:6", {"X:3"}, "replacement"),
        ("D009369", {"X:2"}, "cross-reference"),
        ("mesh:D009369", {"X:2"}, "cross-reference"),
        ("D007251", {"X:3", "X:4"}, "cross-reference"),
        ("OMIM 190685", {"X:3"}, "cross-reference"),
        ("MIM:190685", {"X:3"}, "cross-reference"),
        ("OMIM:5", {"X:2"}, "alternative id"),
        ("X:7", set(), None),
        ("D000001", set(), None),
        ("190685", set(), None),
    ],
)
def test_an_id_is_found_by_the_first_way_that_knows_it(resolver, annotated_id, concepts, way):
    assert resolver.concepts_of(annotated_id) == (concepts, way)


def test_any_alternative_of_a_part_is_right_and_a_composite_needs_every_part(resolver):
    assert resolver.resolve(Mention(0, 1, "a", (("D007251", "X:2"),))) == Gold(
        (frozenset({"X:2", "X:3", "X:4"}),), composite=False
    )
    whole = resolver.resolve(Mention(0, 1, "a", (("X:2",), ("X:3",))))
    assert (whole.composite, whole.resolvable) == (True, True)
    half = resolver.resolve(Mention(0, 1, "a", (("X:2",), ("D000001",))))
    assert (half.composite, half.resolvable) == (True, False)
    assert not resolver.resolve(Mention(0, 1, "a")).resolvable


def test_the_report_counts_ways_and_names_what_resolves_to_nothing(resolver):
    mentions = tuple(
        Mention(0, 1, "a", parts)
        for parts in [(("X:2",),), (("X:2",), ("D1",)), (("D1",),), (("D009369",),), (("D1", "X:20"),), ()]
    )
    report = resolver.resolution_report([Document("1", "a", mentions)])
    assert (report.n_mentions, report.n_resolvable, report.n_composite, report.n_without_id) == (6, 3, 1, 1)
    assert report.ways == {"id": 2, "cross-reference": 1, "alternative id": 1}
    assert report.unresolved == {"D1": 3}
    assert report.sentence == (
        "3 of 6 mentions (50.0%) resolve to concepts; ids: 2 by id, 1 by cross-reference, 1 by alternative id; "
        "1 mentions without an id; 3 ids resolve to nothing (such as D1)"
    )


def test_most_mentions_of_the_disease_corpus_resolve_through_cross_references():
    resolver = GoldResolver(read_ontology(DISEASE / "doid.obo.gz"))
    report = resolver.resolution_report(read_documents([DISEASE / "ncbi_dev.pubtator"]))
    assert (report.n_mentions, report.n_resolvable) == (787, 678)
    assert set(report.ways) == {"cross-reference"}
