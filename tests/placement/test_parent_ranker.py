"""The ranker of parents learns which features mark a parent."""

import numpy as np
import pytest

from hyplink.placement.features import FEATURES, ParentCandidates
from hyplink.placement.parent_ranker import train_parent_ranker

SIZES = [3, 7, 5, 4] * 15
RIGHT = FEATURES.index("suffix")


def examples(seed, sizes=SIZES):
    """Candidates with random features, of which the one with the greatest `suffix` is right."""
    names = np.repeat(np.arange(len(sizes)), sizes)
    features = np.random.default_rng(seed).random((len(names), len(FEATURES)))
    greatest = np.array([features[names == name, RIGHT].max() for name in range(len(sizes))])
    return ParentCandidates(names, np.arange(len(names)), features), features[:, RIGHT] == greatest[names]


@pytest.fixture(scope="module")
def ranker():
    return train_parent_ranker(*examples(0), seed=0, columns=("suffix", "prefix", "depth"))


def test_it_prefers_the_candidates_that_are_right(ranker):
    candidates, is_parent = examples(1)
    scores = ranker.scores(candidates)
    rows = [np.flatnonzero(candidates.names == name) for name in range(len(SIZES))]
    best = [each[scores[each].argmax()] for each in rows]
    assert is_parent[best].mean() > 0.7


def test_the_probabilities_of_a_name_sum_to_one(ranker):
    candidates, _ = examples(2)
    sums = np.bincount(candidates.names, np.exp(ranker.scores(candidates)))
    assert sums == pytest.approx(np.ones(len(SIZES)))


def test_the_order_of_candidates_makes_no_difference(ranker):
    candidates, _ = examples(3, [4])
    turned = candidates.take(slice(None, None, -1))
    assert ranker.scores(turned) == pytest.approx(ranker.scores(candidates)[::-1])


def test_equal_seeds_give_equal_rankers_and_leave_the_global_generator_alone():
    import torch

    torch.manual_seed(5)
    first = train_parent_ranker(*examples(0, [3, 4] * 8), seed=1, columns=("suffix",))
    drawn = torch.rand(1)
    torch.manual_seed(5)
    assert drawn == torch.rand(1)
    second = train_parent_ranker(*examples(0, [3, 4] * 8), seed=1, columns=("suffix",))
    assert first.hidden_weights.tolist() == second.hidden_weights.tolist()


def test_features_that_are_not_chosen_have_no_effect():
    candidates, is_parent = examples(0, [3, 4] * 8)
    ranker = train_parent_ranker(candidates, is_parent, 0, ("suffix", "depth"))
    others = candidates.features.copy()
    others[:, FEATURES.index("prefix")] = 7
    changed = ParentCandidates(candidates.names, candidates.concepts, others)
    assert ranker.scores(changed).tolist() == ranker.scores(candidates).tolist()
