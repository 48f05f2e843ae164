import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import label_ranking_average_precision_score, top_k_accuracy_score

from hyplink.gold import Gold
from hyplink.metrics.linking import (
    METRICS,
    Prediction,
    composite_is_correct,
    linking_metrics,
    mention_metrics,
    realistic_rank,
)
from hyplink.ontology import Concept, Ontology

#        root            other
#       /    \
#     skin    gut
#    /    \      \
#  burn  tumour   ulcer
PARENTS = {"root": (), "other": (), "skin": ("root",), "gut": ("root",), "burn": ("skin",), "tumour": ("skin",)}
ONTOLOGY = Ontology([Concept(i, i, parents=p) for i, p in PARENTS.items()] + [Concept("ulcer", "u", parents=("gut",))])


def prediction(gold, candidates, scores=None, doc_id="1", **kinds):
    parts = tuple(map(frozenset, gold))
    scores = tuple(scores or range(len(candidates), 0, -1))
    return Prediction(doc_id, Gold(parts, len(parts) > 1), tuple(candidates), scores, **kinds)


@pytest.mark.parametrize(
    ("gold", "scores", "rank"),
    [
        ("a", [3, 2, 1], 1),
        ("b", [3, 2, 1], 2),
        ("a", [3, 3, 1], 1.5),
        ("b", [3, 3, 3], 2),
        ("bc", [3, 2, 2], 2),
        ("ab", [3, 3, 3], 1.5),
        ("z", [3, 2, 1], math.inf),
    ],
)
def test_a_tied_candidate_has_the_mean_of_its_best_and_worst_rank(gold, scores, rank):
    assert realistic_rank(frozenset(gold), "abc", scores) == rank


@given(st.data(), st.integers(2, 12), st.integers(1, 8))
def test_metrics_without_ties_agree_with_scikit_learn(data, n_concepts, n_mentions):
    permutations = [data.draw(st.permutations(range(n_concepts))) for _ in range(n_mentions)]
    gold = np.array([data.draw(st.integers(0, n_concepts - 1)) for _ in range(n_mentions)])
    scores = np.array(permutations, dtype=float)
    ontology = Ontology([Concept(str(i), str(i)) for i in range(n_concepts)])
    predictions = [
        prediction([{str(g)}], [str(i) for i in np.argsort(-row)], sorted(row, reverse=True))
        for g, row in zip(gold, scores, strict=True)
    ]
    rows = np.array([[getattr(mention_metrics(p, ontology), name) for name in METRICS] for p in predictions])
    means = dict(zip(METRICS, rows.mean(axis=0), strict=True))
    labels = np.arange(n_concepts)
    relevant = (gold[:, None] == labels).astype(int)
    assert means["mean_reciprocal_rank"] == pytest.approx(label_ranking_average_precision_score(relevant, scores))
    if n_concepts > 2:
        for k, name in ((1, "accuracy_at_1"), (5, "recall_at_5"), (10, "recall_at_10")):
            if k < n_concepts:
                assert means[name] == pytest.approx(top_k_accuracy_score(gold, scores, k=k, labels=labels))


@pytest.mark.parametrize(
    ("gold", "candidates", "distance", "similarity"),
    [
        ({"tumour"}, ["tumour"], 0, 1),
        ({"tumour"}, ["skin", "tumour"], 1, 2 * 2 / (0 + 1 + 2 * 2)),
        ({"tumour"}, ["burn"], 2, 2 * 2 / (1 + 1 + 2 * 2)),
        ({"tumour"}, ["ulcer"], 4, 2 * 1 / (2 + 2 + 2 * 1)),
        ({"tumour"}, ["other"], 4, 0),
        ({"tumour", "ulcer"}, ["gut"], 1, 2 * 2 / (0 + 1 + 2 * 2)),
        ({"tumour", "gut"}, [], 2, 0),
        ({"root"}, [], 1, 0),
    ],
)
def test_distance_is_to_the_nearest_gold_concept_and_similarity_to_the_most_similar(
    gold, candidates, distance, similarity
):
    metrics = mention_metrics(prediction([gold], candidates), ONTOLOGY)
    assert (metrics.tree_distance, metrics.wu_palmer) == (distance, pytest.approx(similarity))


def test_the_answer_among_tied_candidates_is_the_first_in_the_list():
    metrics = mention_metrics(prediction([{"burn"}], ["burn", "tumour"], [1, 1]), ONTOLOGY)
    assert (metrics.accuracy_at_1, metrics.mean_reciprocal_rank) == (1, 1 / 1.5)


@pytest.mark.parametrize(
    ("candidates", "correct"),
    [
        (["burn", "ulcer", "skin"], True),
        (["ulcer", "tumour"], True),
        (["burn", "skin", "ulcer"], False),
        (["burn"], False),
        ([], False),
    ],
)
def test_a_composite_mention_is_correct_when_its_n_parts_are_among_the_first_n_candidates(candidates, correct):
    assert composite_is_correct(prediction([{"burn", "tumour"}, {"ulcer"}], candidates)) is correct


def test_a_composite_mention_with_an_unresolvable_part_is_incorrect():
    assert not composite_is_correct(prediction([{"burn"}, set()], ["burn", "skin"]))


def test_an_unresolvable_mention_is_incorrect_in_every_mention_and_excluded_from_resolvable():
    groups = linking_metrics(
        [
            prediction([{"burn"}], ["burn"], doc_id="1", seen_concept=True),
            prediction([{"tumour"}], ["burn"], doc_id="2", exact_name=True),
            prediction([set()], ["burn"], doc_id="2"),
            prediction([], ["burn"], doc_id="3"),
            prediction([{"burn"}, {"gut"}], ["gut", "burn"], doc_id="3"),
            prediction([{"burn"}, set()], ["gut", "burn"], doc_id="3"),
        ],
        ONTOLOGY,
    ).groups
    accuracy = {
        name: (group.n_mentions, group.figures["accuracy_at_1"].value)
        for name, group in groups.items()
        if "accuracy_at_1" in group.figures
    }
    assert accuracy == {
        "every_mention": (4, 0.25),
        "resolvable": (2, 0.5),
        "seen_concept": (1, 1.0),
        "unseen_concept": (1, 0.0),
        "exact_name": (1, 0.0),
        "other_name": (1, 1.0),
    }
    assert groups["every_mention"].n_documents == 3
    assert groups["every_mention"].figures["tree_distance"].value == 1.0
    assert groups["every_mention"].figures["tree_distance"].n_mentions == 2
    assert groups["composite_every_mention"].figures["accuracy_at_n"].value == 0.5
    assert groups["composite_resolvable"].figures["accuracy_at_n"].value == 1.0


def test_undefined_metrics_are_null_in_json():
    groups = linking_metrics([], ONTOLOGY).as_dict()
    assert json.loads(json.dumps(groups, allow_nan=False)) == groups
    assert groups["resolvable"]["figures"]["wu_palmer"] == {"value": None, "low": None, "high": None, "n_mentions": 0}
