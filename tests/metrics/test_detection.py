import pytest

from hyplink.gold import Gold
from hyplink.metrics.detection import (
    Marked,
    gold_marks,
    mention_rates,
    overlap,
    same_characters,
    within_branch,
)
from tests.metrics.bodies import ONTOLOGY, marked, reading


def rates(readings, group="every_mention", way="strict"):
    found = mention_rates(readings)[group][way]
    return found.precision.value, found.recall.value, found.f1.value


def test_a_found_mention_is_right_with_the_right_concept_at_the_very_characters():
    gold = [marked(0, 4, "burn"), marked(10, 14, "ulcer"), marked(20, 24, "gut"), marked(30, 34, "skin")]
    found = [
        marked(0, 4, "burn"),  # right
        marked(10, 14, "tumour"),  # another concept
        marked(21, 24, "gut"),  # other characters
    ]
    assert rates([reading(gold, found)]) == pytest.approx((1 / 3, 1 / 4, 2 / 7))
    assert rates([reading(gold, found)], way="relaxed") == pytest.approx((2 / 3, 2 / 4, 4 / 7))


def test_any_of_several_right_concepts_will_do():
    assert rates([reading([marked(0, 4, "burn", "skin")], [marked(0, 4, "skin")])]) == (1, 1, 1)


def test_a_mention_at_the_right_place_in_another_document_is_wrong():
    gold, found = [marked(0, 4, "burn")], [marked(0, 4, "burn")]
    assert rates([reading(gold, []), reading([], found)]) == (0, 0, 0)


def test_touching_mentions_do_not_overlap_and_pieces_do_where_one_of_them_does():
    assert not overlap(marked(0, 4), marked(4, 6))
    pieces = Marked(((0, 4), (10, 14)), frozenset())
    assert overlap(pieces, marked(12, 20))
    assert not overlap(pieces, marked(5, 9))
    assert not same_characters(pieces, marked(0, 14))


def test_each_part_of_a_composite_mention_is_to_be_found():
    gold = gold_marks([(0, 9)], Gold((frozenset({"burn"}), frozenset({"ulcer"})), composite=True))
    assert rates([reading(gold, [marked(0, 9, "ulcer")])]) == pytest.approx((1, 1 / 2, 2 / 3))


def test_what_leads_to_no_concept_is_missed_among_every_mention_and_absent_among_the_resolvable():
    gold = [*gold_marks([(0, 4)], Gold((), composite=False)), *gold_marks([(5, 9)], Gold((frozenset(),), False))]
    documents = [reading([*gold, marked(10, 14, "burn")], [marked(0, 4, "burn"), marked(10, 14, "burn")])]
    assert rates(documents) == pytest.approx((1 / 2, 1 / 3, 2 / 5))
    assert rates(documents, "resolvable") == pytest.approx((1 / 2, 1, 2 / 3))


def test_nothing_found_has_no_precision_and_nothing_to_find_no_recall():
    assert rates([reading([marked(0, 4, "burn")], [])]) == (None, 0, 0)
    assert rates([reading([], [marked(0, 4, "burn")])]) == (0, None, 0)
    assert rates([reading([], [])]) == (None, None, None)
    assert rates([]) == (None, None, None)


def test_a_branch_is_judged_as_if_nothing_else_were_there():
    gold = [marked(0, 4, "skin"), marked(5, 9, "burn", "ulcer"), marked(10, 14, "ulcer"), marked(15, 19)]
    found = [marked(0, 4, "skin"), marked(5, 9, "ulcer"), marked(10, 14, "tumour")]
    (inside,) = within_branch([reading(gold, found)], ONTOLOGY, "skin")
    assert inside.gold == (marked(5, 9, "burn"),)
    assert inside.found == (marked(10, 14, "tumour"),)
