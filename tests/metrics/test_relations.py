"""Metrics of relations and placement, worked out by hand."""

import numpy as np
import pytest

from hyplink.metrics.relations import placement_metrics, relation_metrics
from hyplink.ontology import Concept, Ontology

ONTOLOGY = Ontology(
    [
        Concept("R", "r"),
        Concept("A", "a", parents=("R",)),
        Concept("B", "b", parents=("A",)),
        Concept("C", "c", parents=("R",)),
    ]
)


def test_confusion_f1_and_accuracy_follow_from_the_most_probable_relation():
    right = np.array([0, 0, 1, 2])
    probabilities = np.array([[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.1, 0.8, 0.1], [0.1, 0.0, 0.9]])
    found = relation_metrics(right, probabilities, np.array([0.9, 0.6, 0.5, 0.1]))
    assert found.confusion == ((1, 1, 0), (0, 1, 0), (0, 0, 1))
    assert found.accuracy == 0.75
    assert found.macro_f1 == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)
    assert (found.none_f1, found.none_auroc) == (1, 1)
    assert found.thresholds_macro_f1 == found.thresholds_none_auroc == 1  # confidences order all four rightly


def test_equal_scores_count_half_in_the_auroc():
    right, probabilities = np.array([0, 2]), np.full((2, 3), 1 / 3)
    assert relation_metrics(right, probabilities, np.array([0.5, 0.5])).none_auroc == 0.5


def test_without_absent_concepts_there_is_no_auroc():
    found = relation_metrics(np.array([0, 1]), np.full((2, 3), 1 / 3), np.array([0.5, 0.1]))
    assert found.none_auroc is None


def test_confidences_that_say_nothing_are_no_better_than_a_single_relation():
    right = np.array([0, 1, 2] * 4)
    found = relation_metrics(right, np.full((12, 3), 1 / 3), np.full(12, 0.5))
    assert found.thresholds_macro_f1 == pytest.approx(2 * 4 / (12 + 4) / 3)


def test_an_answer_is_right_too_high_or_in_a_wrong_branch():
    found = placement_metrics([["B", "A"], ["A"], ["R", "C", "B"], ["C"]], [{"B"}] * 4, ONTOLOGY)
    assert found.n_mentions == 4
    assert (found.hits_at_1, found.hits_at_5) == (0.25, 0.5)
    assert found.mean_reciprocal_rank == pytest.approx((1 + 0 + 1 / 3 + 0) / 4)
    assert (found.too_high, found.steps_too_high, found.wrong_branch) == (0.5, 1.5, 0.25)
    assert found.tree_distance == (0 + 1 + 2 + 3) / 4


def test_any_direct_parent_counts():
    found = placement_metrics([["C"]], [{"B", "C"}], ONTOLOGY)
    assert (found.hits_at_1, found.tree_distance) == (1, 0)


def test_a_name_without_an_answer_is_wrong():
    found = placement_metrics([[], ["B"]], [{"B"}, {"B"}], ONTOLOGY)
    assert (found.mean_reciprocal_rank, found.wrong_branch) == (0.5, 0.5)
