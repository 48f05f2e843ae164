import pytest

from hyplink.gold import Gold
from hyplink.metrics.detection import LabelledMention
from hyplink.metrics.errors import coverage, error_class, error_counts_given, error_counts_raw_text
from hyplink.metrics.linking import Prediction
from tests.metrics.anatomy import ONTOLOGY, document, mention


@pytest.mark.parametrize(
    ("answer", "gold", "kind"),
    [
        ("burn", {"burn"}, "same"),
        ("burn", {"skin"}, "too_specific"),
        ("burn", {"root"}, "too_specific"),
        ("gut", {"skin-ulcer"}, "too_general"),
        ("burn", {"tumour"}, "sibling"),
        ("burn", {"ulcer"}, "other"),
        ("root", {"other"}, "other"),
        ("burn", {"ulcer", "tumour", "skin"}, "too_specific"),
        ("burn", set(), "other"),
    ],
)
def test_the_class_of_an_answer_is_its_relation_to_the_gold_concept(answer, gold, kind):
    assert error_class(answer, gold, ONTOLOGY) == kind


def test_each_gold_mention_has_one_class_and_a_detection_without_overlap_is_spurious():
    gold = [mention(0, 4, "burn"), mention(5, 9, "skin"), mention(10, 19, "tumour"), mention(20, 24, "ulcer")]
    found = [
        mention(0, 4, "burn"),
        mention(10, 14, "gut"),
        mention(15, 19, "skin"),
        mention(20, 24, "skin-ulcer"),
        mention(30, 34, "burn"),
    ]
    errors = error_counts_raw_text([document(gold, found)], ONTOLOGY)
    assert errors == {
        "same": 1,
        "too_specific": 1,
        "too_general": 1,
        "sibling": 0,
        "other": 0,
        "missed": 1,
        "spurious": 1,
    }
    assert coverage(errors) == 3 / 4


def test_a_detection_that_overlaps_an_unresolvable_mention_is_not_spurious():
    errors = error_counts_raw_text(
        [document([LabelledMention(((0, 4),), frozenset())], [mention(0, 9, "burn")])], ONTOLOGY
    )
    assert {kind: n for kind, n in errors.items() if n} == {"other": 1}


def test_mentions_with_given_spans_are_classified_by_their_answer_and_nil_is_missed():
    golds = ({"burn"}, {"tumour"}, {"skin"})
    answers = (("burn", "gut"), ("burn",), ())
    predictions = [
        Prediction("d", Gold((frozenset(gold),), composite=False), candidates, (0.0,) * len(candidates))
        for gold, candidates in zip(golds, answers, strict=True)
    ]
    composite = Prediction("d", Gold((frozenset({"burn"}), frozenset({"gut"})), composite=True), ("burn",), (0.0,))
    errors = error_counts_given([*predictions, composite], ONTOLOGY)
    assert {kind: n for kind, n in errors.items() if n} == {"same": 1, "sibling": 1, "missed": 1}
    assert coverage(errors) == pytest.approx(2 / 3)


def test_coverage_is_undefined_without_mentions():
    assert coverage(error_counts_given([], ONTOLOGY)) is None
