"""Names that follow from the synonyms of an ancestor."""

import pytest

from hyplink.names.composed_names import MAX_NAMES, composed_names
from hyplink.ontology import Concept, Ontology, Synonym


def composed_of(*concepts):
    return sorted(composed_names(Ontology(concepts)))


HEARING = Concept("X:1", "Hearing impairment", (Synonym("Hearing loss"), Synonym("Poor ears", "BROAD")))


def test_the_name_of_a_concept_takes_the_other_exact_names_of_its_ancestor():
    middle = Concept("X:2", "Ear problem", parents=("X:1",))
    below = Concept("X:3", "Prelingual hearing impairment", parents=("X:2",))
    assert composed_of(HEARING, middle, below) == [("Prelingual Hearing loss", "X:3")]


def test_a_concept_elsewhere_keeps_its_names():
    assert composed_of(HEARING, Concept("X:2", "Prelingual hearing impairment")) == []


@pytest.mark.parametrize("name", ["Loss of hearing, prelingual", "prelingual hearing losses"])
def test_a_name_that_is_listed_in_any_wording_is_not_composed(name):
    below = Concept("X:2", "Prelingual hearing impairment", (Synonym(name),), parents=("X:1",))
    assert composed_of(HEARING, below) == []


def test_a_name_composed_for_two_concepts_is_left_out():
    one = Concept("X:2", "Prelingual hearing impairment", parents=("X:1",))
    other = Concept(
        "X:3", "Hearing impairment, prelingual", (Synonym("Prelingual  hearing impairment"),), None, (), ("X:1",)
    )
    assert composed_of(HEARING, one, other) == []


def test_a_single_word_is_not_composed():
    letters = Concept("X:1", "Long word", (Synonym("it"),))
    assert composed_of(letters, Concept("X:2", "the long word", parents=("X:1",))) == []


def test_a_concept_gets_a_limited_number_of_names():
    many = Concept("X:1", "Loss", tuple(Synonym(f"Loss{'a' * i}b") for i in range(2 * MAX_NAMES)))
    assert len(composed_of(many, Concept("X:2", "Hair loss", parents=("X:1",)))) == MAX_NAMES
