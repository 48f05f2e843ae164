"""The accuracy on dev mentions is that of ranking all concepts, and measuring it while training changes nothing."""

import numpy as np
import pytest
import torch

from hyplink.config import FitSettings
from hyplink.regressor import TrainingExamples, dev_accuracy, train_regressor
from hyplink.regressor.dev_accuracy import DevMentions
from hyplink.regressor.losses import HierarchyTargets

N, BLOCKS = 10, (6, 2)


def records(space="poincare", epochs=4):
    vectors, none = np.random.default_rng(0).normal(size=(N, 6)).astype(np.float32), np.zeros((0, 8), np.float32)
    examples = TrainingExamples.from_vectors(vectors, none, [], [[concept] for concept in range(N)], BLOCKS, None)
    settings = FitSettings(epochs=epochs, hidden=8, batch_size=5, hierarchy_smoothing=0, space=space)
    points = np.random.default_rng(1).uniform(-0.3, 0.3, size=(N, 3))
    no_neighbours = HierarchyTargets(torch.zeros((N, 1), dtype=torch.long), torch.zeros((N, 1)))
    return train_regressor(settings, examples, points, no_neighbours)


def dev_mentions(n=40):
    vectors = np.random.default_rng(2).normal(size=(n, 8)).astype(np.float32)
    return vectors, [frozenset({row % N, (row + 3) % N}) if row % 4 else frozenset() for row in range(n)]


@pytest.mark.parametrize("space", ["poincare", "euclidean", "flat"])
def test_it_is_the_share_of_mentions_whose_first_ranked_concept_is_right(space, monkeypatch):
    monkeypatch.setattr(dev_accuracy, "LOGITS_AT_A_TIME", 7 * N)  # 30 mentions in batches of 7
    *_, last = records(space)
    vectors, gold = dev_mentions()
    best = last.regressor.rank(vectors, 1).concepts[:, 0].tolist()
    right = [concept in each for concept, each in zip(best, gold, strict=True) if each]
    assert len(right) == 30
    assert 0 < sum(right) < 30
    assert DevMentions.sampled(vectors, gold).accuracy_at_1(last.regressor) == sum(right) / 30


@pytest.mark.parametrize("space", ["poincare", "euclidean", "flat"])
def test_measuring_every_epoch_changes_nothing_that_is_learned(space):
    *_, unmeasured = records(space)
    dev = DevMentions.sampled(*dev_mentions())
    for record in records(space):
        dev.accuracy_at_1(record.regressor)
    rankings = (each.regressor.rank(dev_mentions()[0], N) for each in (unmeasured, record))
    first, second = ((each.concepts.tolist(), each.scores.tolist()) for each in rankings)
    assert first == second


def test_of_many_mentions_some_at_equal_distances_are_measured(monkeypatch):
    monkeypatch.setattr(dev_accuracy, "MAX_MENTIONS", 4)
    vectors, gold = dev_mentions(12)
    sampled = DevMentions.sampled(vectors, gold)  # the mentions 1, 2, 3, 5, 6, 7, 9, 10 and 11 have a concept
    assert sampled.vectors.tolist() == vectors[[1, 5, 9]].tolist()
    assert sampled.gold == [gold[1], gold[5], gold[9]]


def test_without_a_mention_that_has_a_concept_there_is_nothing_to_measure():
    vectors, _ = dev_mentions(2)
    assert DevMentions.sampled(vectors, [frozenset(), frozenset()]) is None
    assert DevMentions.sampled(vectors[:0], []) is None
