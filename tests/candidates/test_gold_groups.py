from hyplink.candidates.examples import Example
from hyplink.candidates.gold_groups import concepts_to_learn, gold_groups_of
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
    assert concepts_to_learn(example("Galactosemias", both), ONTOLOGY) == [0]
    assert concepts_to_learn(example("GALK deficiency", both), ONTOLOGY) == [1]


def test_where_none_or_a_sole_one_is_right_the_name_does_not_matter():
    assert concepts_to_learn(example("variant of galactosemia", ("X:0", "X:1")), ONTOLOGY) == [0, 1]
    assert concepts_to_learn(example("asthma", ("X:3",)), ONTOLOGY) == [3]
    assert concepts_to_learn(example("asthma", ()), ONTOLOGY) == []
    assert concepts_to_learn(example("asthma and lipoma", ("X:2",), ("X:3",)), ONTOLOGY) == []


def test_concepts_that_were_right_together_have_one_meaning_and_all_others_their_own():
    examples = [example("a", ("X:0", "X:1")), example("b", ("X:3", "X:4")), example("c", ("X:2",), ("X:3",))]
    found = gold_groups_of(examples, ONTOLOGY)
    assert found[0] == found[1]
    assert found[3] == found[4]
    assert len(set(found.tolist())) == 3
    assert len(set(gold_groups_of([], ONTOLOGY).tolist())) == len(ONTOLOGY)
