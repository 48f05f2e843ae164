from pathlib import Path

import pytest

from hyplink.corpus import Mention, read_documents
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
    ("annotated_id", "concepts"),
    [
        ("X:2", {"X:2"}),
        ("x:2", {"X:2"}),
        ("X_2", {"X:2"}),
        ("http://purl.obolibrary.org/obo/X_2", {"X:2"}),
        ("<http://purl.obolibrary.org/obo/X_20>", {"X:2"}),
        ("https://omim.org/entry/190685", {"X:3"}),
        ("http://elsewhere.org/X_2", set()),
        ("X:20", {"X:2"}),  # an alternative id of X:2 and a cross-reference of X:3
        ("X:5", {"X:3"}),  # obsolete, replaced by X:6, which is replaced by X:3
        ("X:6", {"X:3"}),
        ("D009369", {"X:2"}),
        ("mesh:D009369", {"X:2"}),
        ("D007251", {"X:3", "X:4"}),
        ("OMIM 190685", {"X:3"}),
        ("MIM:190685", {"X:3"}),
        ("OMIM:5", {"X:2"}),
        ("X:7", set()),
        ("D000001", set()),
        ("190685", set()),
        ("Flu", {"X:3"}),
    ],
)
def test_an_id_resolves_in_order_of_ids_alternative_ids_replacements_and_cross_references(
    resolver, annotated_id, concepts
):
    assert resolver.concepts_of(annotated_id) == concepts


def test_any_alternative_of_a_part_is_right_and_a_composite_mention_needs_every_part(resolver):
    assert resolver.resolve(Mention(0, 1, "a", (("D007251", "X:2"),))) == Gold(
        (frozenset({"X:2", "X:3", "X:4"}),), composite=False
    )
    whole = resolver.resolve(Mention(0, 1, "a", (("X:2",), ("X:3",))))
    assert (whole.composite, whole.resolvable) == (True, True)
    half = resolver.resolve(Mention(0, 1, "a", (("X:2",), ("D000001",))))
    assert (half.composite, half.resolvable) == (True, False)
    assert not resolver.resolve(Mention(0, 1, "a")).resolvable


def test_most_mentions_of_the_disease_corpus_resolve_through_cross_references():
    ontology = read_ontology(DISEASE / "doid.obo.gz")
    mentions = [m for document in read_documents([DISEASE / "ncbi_dev.pubtator"]) for m in document.mentions]
    resolver = GoldResolver(ontology)
    assert (len(mentions), sum(resolver.resolve(mention).resolvable for mention in mentions)) == (787, 678)
    annotated_ids = {each for mention in mentions for part in mention.parts for each in part}
    assert not annotated_ids & ontology.concepts.keys()


def test_an_id_in_another_case_resolves_if_only_one_concept_has_it_and_comes_before_a_label():
    concepts = [Concept("PR-1a", "cup"), Concept("ab", "plate"), Concept("AB", "fork"), Concept("X", "pr-1A")]
    resolver = GoldResolver(Ontology(concepts))
    written = ["pr-1a", " Pr-1A ", "AB", "ab", "Ab", "Fork"]
    assert list(map(resolver.concepts_of, written)) == [{"PR-1a"}, {"PR-1a"}, {"AB"}, {"ab"}, set(), {"AB"}]
