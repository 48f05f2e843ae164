"""Names, restrictions and additional synonyms."""

import re

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyplink.errors import InputError
from hyplink.ontology import Concept, Ontology, Synonym
from tests.ontology.strategies import graph_of, hierarchies


def test_names_are_distinct_and_begin_with_the_label():
    twice = Concept("a", "cold", (Synonym("common cold"), Synonym("cold"), Synonym("common cold", "RELATED")))
    assert list(Ontology([twice, Concept("b", "cold")]).names()) == [
        ("cold", "a"),
        ("common cold", "a"),
        ("cold", "b"),
    ]


def test_roots_restrict_the_ontology_to_their_branches(animals):
    pets = animals.restricted_to(roots=["A:3"])
    assert pets.concept_ids == ("A:3", "A:4", "A:5", "A:7")
    assert pets.roots == ("A:3",)
    assert pets.concepts["A:4"].parents == ("A:3",)
    assert pets.depth("A:7") == 2
    assert pets.release == animals.release
    assert pets.obsolete == animals.obsolete


def test_exclude_drops_concepts_that_are_only_below_the_branch(animals):
    left = animals.restricted_to(exclude=["A:2"])
    assert left.concept_ids == ("A:1", "A:3", "A:4", "A:5", "A:7", "A:9", "A:10")
    assert left.concepts["A:5"].parents == ("A:3",)


def test_roots_and_exclude_can_be_combined(animals):
    left = animals.restricted_to(roots=["A:2", "A:9"], exclude=["A:6"])
    assert set(left.concept_ids) == {"A:2", "A:4", "A:5", "A:7", "A:9", "A:10"}
    assert left.roots == ("A:2", "A:9")


@given(hierarchies(), st.data())
def test_restriction_keeps_what_is_reachable_from_the_roots_around_the_excluded(ontology, data):
    ids = st.lists(st.sampled_from(ontology.concept_ids), unique=True, max_size=3)
    roots, exclude = data.draw(ids), data.draw(ids)
    graph = graph_of(ontology)
    graph.remove_nodes_from(exclude)
    starts = set(roots or ontology.roots) - set(exclude)
    expected = starts.union(*(nx.ancestors(graph, start) for start in starts))
    if len(expected) < 2:
        with pytest.raises(InputError, match="at least 2"):
            ontology.restricted_to(roots, exclude)
    else:
        assert set(ontology.restricted_to(roots, exclude).concept_ids) == expected


def test_a_restriction_to_one_concept_is_an_error_that_names_the_settings(animals):
    with pytest.raises(InputError, match=r"roots \['A:10'\] and exclude \[\] leave 1 of 10 concepts"):
        animals.restricted_to(roots=["A:10"])


@pytest.mark.parametrize("setting", ["roots", "exclude"])
def test_a_restriction_by_a_text_is_an_error(animals, setting):
    with pytest.raises(InputError, match=rf"{setting} must be several ids, such as \['A:2'\], not a text"):
        animals.restricted_to(**{setting: "A:2"})


@pytest.mark.parametrize(
    ("given_id", "hint"),
    [
        ("mamal", "roots: no concept 'mamal' in animals.obo; nearest: A:2 (mammal)"),
        ("a:4", "nearest: A:4 (dog)"),
        ("xyzzy", "no concept 'xyzzy' in animals.obo; ids look like A:1 (animal)"),
        ("A:11", "roots: A:11 is obsolete; replaced by A:6"),
        ("A:40", "roots: A:40 was merged into A:4 (dog)"),
    ],
)
def test_an_unknown_root_is_an_error_that_suggests_ids(animals, given_id, hint):
    with pytest.raises(InputError, match=re.escape(hint)):
        animals.restricted_to(roots=[given_id])


def test_additional_synonyms_follow_those_of_the_file(animals):
    more = animals.with_synonyms({"A:4": ["doggo", "dogs", Synonym("hound", "NARROW"), "doggo"]})
    assert more.concepts["A:4"].names() == ("dog", "domestic dog", "dogs", "canine", "doggo", "hound")
    assert more.concepts["A:4"].synonyms[-2:] == (Synonym("doggo"), Synonym("hound", "NARROW"))
    assert more.concept_ids == animals.concept_ids
    assert more.obsolete == animals.obsolete


def test_synonyms_of_an_unknown_id_are_rejected(animals):
    with pytest.raises(InputError, match="synonyms: no concept 'A:99'"):
        animals.with_synonyms({"A:99": ["nothing"]})
