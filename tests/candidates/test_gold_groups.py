import numpy as np

from hyplink.candidates.examples import Example
from hyplink.candidates.gold_groups import gold_groups_of, target_concepts
from hyplink.ontology import Concept, Ontology, Synonym

ONTOLOGY = Ontology(
    [
        Concept("X:0", "galactosemia"),
        Concept("X:1", "galactokinase deficiency", (Synonym("GALK deficiency"),)),
        Concept("X:2", "asthma"),
        Concept("X:3", "lipoma"),
        Concept("X:4", "pleomorphic lipoma"),
    ]
)


def example(text, *parts):
    return Example(text, text, tuple(parts), doc="d")


def test_of_several_right_concepts_the_one_that_bears_the_mention_as_a_name_is_learned():
    both = ("X:0", "X:1")
    assert target_concepts(example("Galactosemias", both), ONTOLOGY) == [0]
    assert target_concepts(example("GALK deficiency", both), ONTOLOGY) == [1]


def test_where_none_or_a_sole_one_is_right_the_name_does_not_matter():
    assert target_concepts(example("variant of galactosemia", ("X:0", "X:1")), ONTOLOGY) == [0, 1]
    assert target_concepts(example("asthma", ("X:3",)), ONTOLOGY) == [3]
    assert target_concepts(example("asthma", ()), ONTOLOGY) == []
    assert target_concepts(example("asthma and lipoma", ("X:2",), ("X:3",)), ONTOLOGY) == []


def test_concepts_that_are_gold_together_share_a_gold_group_and_others_have_their_own():
    examples = [example("a", ("X:0", "X:1")), example("b", ("X:3", "X:4")), example("c", ("X:2",), ("X:3",))]
    found = gold_groups_of(examples, ONTOLOGY)
    assert found[0] == found[1]
    assert found[3] == found[4]
    assert len(set(found.tolist())) == 3
    assert len(set(gold_groups_of([], ONTOLOGY).tolist())) == len(ONTOLOGY)


def test_the_name_is_looked_for_in_the_words_with_abbreviations_written_out():
    both = ("X:0", "X:1")
    assert target_concepts(Example("GAL", "galactosemia", (both,), doc="d"), ONTOLOGY) == [0]
    assert target_concepts(Example("galactosemia", "galactokinase deficiency", (both,), doc="d"), ONTOLOGY) == [1]
    assert target_concepts(Example("galactosemia", "sugar disease", (both,), doc="d"), ONTOLOGY) == [0, 1]


def test_several_right_concepts_that_bear_the_name_are_all_learned_in_the_order_of_the_gold():
    ontology = Ontology([Concept("A", "cold"), Concept("B", "flu"), Concept("C", "colds")])
    assert target_concepts(example("cold", ("C", "B", "A")), ontology) == [2, 0]


def test_unresolvable_mentions_are_not_trained_on():
    assert target_concepts(example("asthma", ()), ONTOLOGY) == []
    assert target_concepts(Example("asthma", "asthma", ()), ONTOLOGY) == []


def test_concepts_joined_through_a_third_one_share_a_group():
    examples = [example("a", ("X:4", "X:0")), example("b", ("X:2", "X:4")), example("c", ("X:1",)), example("d", ())]
    found = gold_groups_of(examples, ONTOLOGY)
    assert found.tolist() == [0, 1, 0, 2, 0]
    assert found.dtype == np.int64


def test_parts_of_a_composite_mention_are_not_one_group():
    assert len(set(gold_groups_of([example("a and b", ("X:0", "X:1"), ("X:2",))], ONTOLOGY).tolist())) == len(ONTOLOGY)
