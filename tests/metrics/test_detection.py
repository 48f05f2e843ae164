import pytest

from hyplink.gold import Gold
from hyplink.metrics.detection import (
    LabelledMention,
    gold_mentions,
    mention_scores,
    same_span,
    spans_overlap,
    within_branch,
)
from tests.metrics.anatomy import ONTOLOGY, document, mention


def scores(documents, group="every_mention", match="strict"):
    found = mention_scores(documents)[group][match]
    return found.precision.value, found.recall.value, found.f1.value


def test_a_detected_mention_is_correct_if_span_and_concept_match():
    gold = [mention(0, 4, "burn"), mention(10, 14, "ulcer"), mention(20, 24, "gut"), mention(30, 34, "skin")]
    found = [
        mention(0, 4, "burn"),  # correct
        mention(10, 14, "tumour"),  # wrong concept
        mention(21, 24, "gut"),  # wrong span, but overlapping
    ]
    assert scores([document(gold, found)]) == pytest.approx((1 / 3, 1 / 4, 2 / 7))
    assert scores([document(gold, found)], match="relaxed") == pytest.approx((2 / 3, 2 / 4, 4 / 7))


def test_any_of_several_gold_concepts_is_correct():
    assert scores([document([mention(0, 4, "burn", "skin")], [mention(0, 4, "skin")])]) == (1, 1, 1)


def test_a_mention_with_the_same_span_in_another_document_is_incorrect():
    gold, found = [mention(0, 4, "burn")], [mention(0, 4, "burn")]
    assert scores([document(gold, []), document([], found)]) == (0, 0, 0)


def test_adjacent_mentions_do_not_overlap_and_discontinuous_ones_overlap_in_any_span():
    assert not spans_overlap(mention(0, 4), mention(4, 6))
    discontinuous = LabelledMention(((0, 4), (10, 14)), frozenset())
    assert spans_overlap(discontinuous, mention(12, 20))
    assert not spans_overlap(discontinuous, mention(5, 9))
    assert not same_span(discontinuous, mention(0, 14))


def test_each_part_of_a_composite_mention_counts_as_a_gold_mention():
    gold = gold_mentions([(0, 9)], Gold((frozenset({"burn"}), frozenset({"ulcer"})), composite=True))
    assert scores([document(gold, [mention(0, 9, "ulcer")])]) == pytest.approx((1, 1 / 2, 2 / 3))


def test_an_unresolvable_mention_is_missed_in_every_mention_and_excluded_from_resolvable():
    gold = [*gold_mentions([(0, 4)], Gold((), composite=False)), *gold_mentions([(5, 9)], Gold((frozenset(),), False))]
    documents = [document([*gold, mention(10, 14, "burn")], [mention(0, 4, "burn"), mention(10, 14, "burn")])]
    assert scores(documents) == pytest.approx((1 / 2, 1 / 3, 2 / 5))
    assert scores(documents, "resolvable") == pytest.approx((1 / 2, 1, 2 / 3))


def test_precision_is_undefined_without_detections_and_recall_without_gold():
    assert scores([document([mention(0, 4, "burn")], [])]) == (None, 0, 0)
    assert scores([document([], [mention(0, 4, "burn")])]) == (0, None, 0)
    assert scores([document([], [])]) == (None, None, None)
    assert scores([]) == (None, None, None)


def test_a_branch_excludes_its_own_concept_and_everything_outside_it():
    gold = [mention(0, 4, "skin"), mention(5, 9, "burn", "ulcer"), mention(10, 14, "ulcer"), mention(15, 19)]
    found = [mention(0, 4, "skin"), mention(5, 9, "ulcer"), mention(10, 14, "tumour")]
    (inside,) = within_branch([document(gold, found)], ONTOLOGY, "skin")
    assert inside.gold == (mention(5, 9, "burn"),)
    assert inside.found == (mention(10, 14, "tumour"),)
