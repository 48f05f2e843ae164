import pytest

from hyplink.gold import Gold
from hyplink.metrics.detection import Marked
from hyplink.metrics.errors import coverage, error_class, errors_of_found, errors_of_given
from hyplink.metrics.linking import Prediction
from tests.metrics.bodies import ONTOLOGY, marked, reading


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
def test_an_answer_is_classed_by_where_it_stands_to_the_gold_concept(answer, gold, kind):
    assert error_class(answer, gold, ONTOLOGY) == kind


def test_each_gold_mention_falls_in_one_class_and_what_touches_none_is_spurious():
    gold = [marked(0, 4, "burn"), marked(5, 9, "skin"), marked(10, 19, "tumour"), marked(20, 24, "ulcer")]
    found = [
        marked(0, 4, "burn"),
        marked(10, 14, "gut"),
        marked(15, 19, "skin"),
        marked(20, 24, "skin-ulcer"),
        marked(30, 34, "burn"),
    ]
    errors = errors_of_found([reading(gold, found)], ONTOLOGY)
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


def test_a_found_mention_that_touches_what_leads_to_no_concept_is_no_spurious_one():
    errors = errors_of_found([reading([Marked(((0, 4),), frozenset())], [marked(0, 9, "burn")])], ONTOLOGY)
    assert {kind: n for kind, n in errors.items() if n} == {"other": 1}


def test_given_mentions_are_classed_by_their_answer_and_nil_is_missed():
    golds = ({"burn"}, {"tumour"}, {"skin"})
    answers = (("burn", "gut"), ("burn",), ())
    predictions = [
        Prediction("d", Gold((frozenset(gold),), composite=False), candidates, (0.0,) * len(candidates))
        for gold, candidates in zip(golds, answers, strict=True)
    ]
    composite = Prediction("d", Gold((frozenset({"burn"}), frozenset({"gut"})), composite=True), ("burn",), (0.0,))
    errors = errors_of_given([*predictions, composite], ONTOLOGY)
    assert {kind: n for kind, n in errors.items() if n} == {"same": 1, "sibling": 1, "missed": 1}
    assert coverage(errors) == pytest.approx(2 / 3)


def test_without_mentions_there_is_no_coverage():
    assert coverage(errors_of_given([], ONTOLOGY)) is None
