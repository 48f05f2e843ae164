import pytest

from hyplink.metrics.backoff import back_off_point, steps_above_gold
from hyplink.ontology import Concept, Ontology

PARENTS = {"D": (), "heart": ("D",), "valve": ("heart",), "mitral": ("valve",), "flu": ("D",)}
ONTOLOGY = Ontology([Concept(each, each, parents=parents) for each, parents in PARENTS.items()])


@pytest.mark.parametrize(
    ("answer", "gold", "steps"),
    [
        ("mitral", {"mitral"}, 0),
        ("heart", {"mitral"}, 2),
        ("heart", {"mitral", "valve"}, 1),
        ("D", {"mitral"}, None),
        ("D", {"D"}, 0),
        ("mitral", {"heart"}, None),
        ("flu", set(), None),
    ],
)
def test_an_answer_is_correct_if_it_is_a_gold_concept_or_a_non_root_ancestor_of_one(answer, gold, steps):
    assert steps_above_gold(answer, frozenset(gold), ONTOLOGY) == steps


def test_a_point_has_coverage_accuracy_and_mean_lost_depth():
    golds = [frozenset({"mitral"})] * 4
    point = back_off_point(0.8, ["mitral", "heart", "flu", None], golds, ONTOLOGY)
    assert (point.min_confidence, point.n_answered, point.coverage) == (0.8, 3, 0.75)
    assert point.accuracy == pytest.approx(2 / 3)
    assert point.depth_lost == 1


def test_accuracy_is_undefined_without_answers():
    point = back_off_point(1.0, [None], [frozenset({"flu"})], ONTOLOGY)
    assert (point.coverage, point.accuracy, point.depth_lost) == (0, None, None)
