"""Any list of concepts becomes a sound hierarchy, and the repairs are counted."""

import pickle

import networkx as nx
from hypothesis import given

from hyplink.ontology import Concept, Ontology
from hyplink.ontology.problems import TOLERATED
from hyplink.ontology.repair import with_merged_ids
from tests.ontology.strategies import concept_lists, graph_of, hierarchies


def counts(ontology: Ontology) -> dict[str, int]:
    return {problem.kind: problem.count for problem in ontology.problems}


def test_a_cycle_loses_its_closing_edge_and_stays_below_its_root():
    ontology = Ontology(
        [
            Concept("b", "b", parents=("d", "a")),
            Concept("a", "a"),
            Concept("c", "c", parents=("b",)),
            Concept("d", "d", parents=("c",)),
        ]
    )
    assert ontology.roots == ("a",)
    assert ontology.ancestors("d") == {"d": 0, "c": 1, "b": 2, "a": 3}
    assert counts(ontology) == {"cycle": 1}
    assert "b is_a d" in ontology.problems[0].sentence


def test_a_cycle_without_a_root_is_entered_at_its_first_concept():
    ontology = Ontology([Concept("a", "a", parents=("b",)), Concept("b", "b", parents=("a",))])
    assert ontology.roots == ("a",)
    assert counts(ontology) == {"cycle": 1}


def test_invalid_parents_are_dropped_and_counted_by_kind():
    ontology = Ontology(
        [
            Concept("a", "a", parents=("a", "nowhere", "old", "b", "b")),
            Concept("b", "b"),
            Concept("old", "old", obsolete=True, parents=("nowhere",)),
        ]
    )
    assert ontology.concepts["a"].parents == ("b",)
    assert counts(ontology) == {"self-parent": 1, "dangling-parent": 1, "obsolete-parent": 1}


def test_two_descriptions_of_an_id_are_merged():
    ontology = Ontology(
        [
            Concept("a", "first", parents=("r",), alternative_ids=("x",)),
            Concept("r", "root"),
            Concept("a", "second", definition="what it is", parents=("r", "s"), obsolete=True),
            Concept("s", "other root"),
        ]
    )
    merged = ontology.concepts["a"]
    assert merged.names() == ("first", "second")
    assert (merged.definition, merged.parents, merged.alternative_ids) == ("what it is", ("r", "s"), ("x",))
    assert ontology.concept_ids == ("a", "r", "s")
    assert counts(ontology) == {"duplicate-id": 1}


def test_a_concept_without_a_name_has_its_id_as_label():
    ontology = Ontology([Concept("a", ""), Concept("b", "b", parents=("a",))])
    assert ontology.concepts["a"].label == "a"
    assert counts(ontology) == {"no-name": 1}


def test_an_alternative_id_that_is_a_live_concept_is_dropped():
    ontology = Ontology(
        [
            Concept("a", "a", alternative_ids=("b", "old", "c")),
            Concept("b", "b", parents=("a",)),
            Concept("old", "old", obsolete=True),
        ]
    )
    assert ontology.concepts["a"].alternative_ids == ("old", "c")
    assert counts(ontology) == {"alternative-id-in-use": 1}


def test_obsolete_concepts_are_not_in_the_hierarchy(animals):
    assert animals.obsolete["A:11"].replaced_by == ("A:6",)
    assert "A:11" not in animals.concepts
    assert "A:11" not in animals.index_of


def test_names_of_several_concepts_are_counted_ignoring_case():
    ontology = Ontology([Concept("a", "Cold"), Concept("b", "cold"), Concept("c", "COLD", parents=("a",))])
    assert counts(ontology) == {"ambiguous-name": 1}


def test_implied_edges_are_kept_and_counted():
    ontology = Ontology([Concept("a", "a"), Concept("b", "b", parents=("a",)), Concept("c", "c", parents=("a", "b"))])
    assert ontology.concepts["c"].parents == ("a", "b")
    assert ontology.problems[0].examples == ("c is_a a",)
    assert counts(ontology) == {"implied-edge": 1}


@given(hierarchies())
def test_without_the_implied_edges_a_hierarchy_is_its_transitive_reduction(ontology):
    graph = graph_of(ontology)
    assert counts(ontology).get("implied-edge", 0) == len(graph.edges - nx.transitive_reduction(graph).edges)


def test_a_problem_has_a_sentence_with_count_and_examples():
    ontology = Ontology([Concept(f"x{i}", f"{i}", parents=("gone",)) for i in range(5)])
    assert ontology.problems[1].sentence == (
        "is-a parents that are not in the ontology, dropped: 5 (x0 is_a gone; x1 is_a gone; x2 is_a gone; …)"
    )


def test_a_hierarchy_without_edges_is_the_first_problem_and_a_warning():
    flat = Ontology([Concept("a", "one"), Concept("b", "two", parents=("gone",))])
    assert [problem.kind for problem in flat.problems] == ["no-edges", "dangling-parent"]
    assert flat.problems[0].sentence.startswith("WARNING: no concept has a parent")
    assert counts(Ontology([Concept("a", "alone")])) == {}


def test_an_id_replaced_by_a_merged_or_obsolete_id_means_the_concept_at_the_end_of_the_chain():
    ontology = Ontology(
        [
            Concept("a", "root"),
            Concept("b", "live", parents=("a",), alternative_ids=("merged",)),
            Concept("old", "old", obsolete=True, replaced_by=("merged",), alternative_ids=("older",)),
            Concept("circle", "circle", obsolete=True, replaced_by=("round",)),
            Concept("round", "round", obsolete=True, replaced_by=("circle",)),
        ]
    )
    assert {i: ontology.current_ids(i) for i in ("merged", "old", "older", "circle", "none")} == {
        "merged": {"b"},
        "old": {"b"},
        "older": {"b"},
        "circle": set(),
        "none": set(),
    }


def test_unnamed_obsolete_ids_are_merged_through_chains_and_kept_where_a_chain_leads_nowhere():
    def unnamed(concept_id, replacement):
        return Concept(concept_id, "", obsolete=True, replaced_by=(replacement,))

    found = with_merged_ids(
        [Concept("a", "skin"), unnamed("b", "c"), unnamed("c", "a"), unnamed("d", "gone"), unnamed("e", "e")]
    )
    assert [(each.concept_id, each.alternative_ids) for each in found] == [("a", ("b", "c")), ("d", ()), ("e", ())]


def test_an_ontology_can_be_pickled(animals):
    again = pickle.loads(pickle.dumps(animals))
    assert again.concepts == animals.concepts
    assert again.tree_distance("A:7", "A:10") == 6


@given(concept_lists())
def test_any_concepts_make_a_sound_hierarchy(concepts):
    ontology = Ontology(concepts)
    graph = graph_of(ontology)
    assert nx.is_directed_acyclic_graph(graph)
    assert set(graph) == set(ontology.concept_ids)
    assert all(concept.label for concept in ontology.concepts.values())
    assert ontology.concepts.keys() | ontology.obsolete.keys() == {concept.concept_id for concept in concepts}


@given(concept_lists())
def test_a_sound_hierarchy_is_unchanged(concepts):
    ontology = Ontology(concepts)
    again = Ontology([*ontology.concepts.values(), *ontology.obsolete.values()])
    assert again.concepts == ontology.concepts
    assert counts(again).keys() <= TOLERATED


@given(concept_lists())
def test_concepts_below_a_root_stay_below_one_when_cycles_are_broken(concepts):
    ontology = Ontology(concepts)
    live = ontology.concepts.keys()
    asserted = nx.DiGraph((c.concept_id, parent) for c in concepts for parent in c.parents)
    asserted = asserted.subgraph(live).copy()
    asserted.add_nodes_from(live)
    asserted.remove_edges_from(list(nx.selfloop_edges(asserted)))
    roots = {concept for concept in live if not asserted.out_degree(concept)}
    for concept in set().union(*(nx.ancestors(asserted, root) for root in roots)):
        assert roots & ontology.ancestors(concept).keys()
