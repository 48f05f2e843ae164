"""Names within a longer text."""

from hyplink.candidates.lexical import ExactNames
from hyplink.placement.contained_names import contained_names

NAMES = ExactNames.from_names([("T cell", 0), ("cell", 1), ("cancer of the lung", 2), ("helper T cell", 3)])


def test_every_run_of_words_that_is_a_name_is_found_whatever_its_inflection():
    found = contained_names("Immature helper T cells", NAMES)
    assert found.concepts == {(1, 4): [3], (2, 4): [0], (3, 4): [1]}
    assert (found.longest, found.longest_suffix) == (3 / 4, 3 / 4)


def test_words_may_have_another_order_than_in_the_name():
    assert contained_names("small lung cancer", NAMES).concepts == {(1, 3): [2]}


def test_a_name_at_the_beginning_is_no_suffix():
    found = contained_names("cell of unknown origin", NAMES)
    assert (found.longest, found.longest_suffix) == (1 / 4, 0)


def test_function_words_at_its_ends_are_not_part_of_a_name():
    assert contained_names("the cell of", NAMES).concepts == {(1, 2): [1]}


def test_a_text_without_words_contains_none():
    found = contained_names("++", NAMES)
    assert (found.n_words, found.longest, found.longest_suffix) == (0, 0, 0)
