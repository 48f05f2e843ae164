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
def test_right_is_the_gold_concept_or_an_ancestor_below_the_root(answer, gold, steps):
    assert steps_above_gold(answer, frozenset(gold), ONTOLOGY) == steps


def test_a_point_counts_answers_right_ones_and_the_depth_they_lost():
    golds = [frozenset({"mitral"})] * 4
    point = back_off_point(0.8, ["mitral", "heart", "flu", None], golds, ONTOLOGY)
    assert (point.min_confidence, point.n_answered, point.coverage) == (0.8, 3, 0.75)
    assert point.accuracy == pytest.approx(2 / 3)
    assert point.depth_lost == 1


def test_without_an_answer_there_is_no_accuracy():
    point = back_off_point(1.0, [None], [frozenset({"flu"})], ONTOLOGY)
    assert (point.coverage, point.accuracy, point.depth_lost) == (0, None, None)
