"""One step of the kernel is a step of Riemannian gradient descent on the documented loss."""

import geoopt
import numpy as np
import pytest
import torch

from hyplink.poincare.geometry import dist
from hyplink.poincare.hierarchy import ConceptLists, Hierarchy
from hyplink.poincare.trainers.kernel import HARD_SHARE, train_concepts

BALL = geoopt.PoincareBall(c=1.0)
NONE = -1


def step_of_kernel(
    points, relations, concepts, lr, tau=1.0, negatives=1, siblings_per_256=0, max_norm=0.9999, hard=None, held_out=()
):
    """The points after one step for each concept, and the loss."""
    n_concepts = len(points)
    hierarchy = Hierarchy(np.array(relations, np.int32), n_concepts)
    pairs = np.array(held_out, np.int32).reshape(-1, 2)
    excluded = hierarchy.ancestors.union(ConceptLists.from_pairs(pairs[:, 0], pairs[:, 1], n_concepts))
    moved = points.astype(np.float32)
    loss = train_concepts(
        moved, np.array(concepts, np.int32), hierarchy.ancestors.starts, hierarchy.ancestors.items,
        excluded.starts, excluded.items, hierarchy.children.starts, hierarchy.children.items,
        np.arange(n_concepts, dtype=np.int32), siblings_per_256,
        np.empty((n_concepts, 0), np.int32) if hard is None else hard, negatives,
        np.float32(lr), np.float32(tau), np.float32(max_norm), 7,
    )  # fmt: skip
    return moved, loss


def step_of_geoopt(initial, loss_of, lr):
    """The points after one step of Riemannian gradient descent with torch's gradient, and the loss."""
    points = torch.tensor(initial, requires_grad=True)
    loss = loss_of(points)
    loss.backward()
    moved = BALL.expmap(points.detach(), -lr * BALL.egrad2rgrad(points.detach(), points.grad))
    return moved.numpy(), loss.item()


@pytest.mark.parametrize("tau", [0.5, 1.0, 2.0])
def test_a_step_is_the_exponential_map_of_the_gradient_that_torch_computes(tau):
    """A concept with two ancestors; the only other concept must be the negative."""
    initial = np.random.default_rng(3).uniform(-0.5, 0.5, (4, 3))

    def loss_of(points):
        scores = -tau * dist(points[0], points[1:])
        return sum(torch.logaddexp(scores[i], scores[2]) - scores[i] for i in (0, 1)) / tau

    moved, loss = step_of_kernel(initial, [(0, 1), (0, 2)], [0], 0.05, tau)
    expected, expected_loss = step_of_geoopt(initial, loss_of, 0.05)
    assert loss == pytest.approx(expected_loss * tau, rel=1e-5)
    np.testing.assert_allclose(moved, expected, atol=2e-6)


def test_hard_negatives_have_a_separate_softmax():
    """A concept with one ancestor and one hard negative; the only other concept must be the sampled negative."""
    initial = np.random.default_rng(3).uniform(-0.5, 0.5, (4, 3))
    hard_negatives = np.full((4, 1), NONE, np.int32)
    hard_negatives[0] = 2

    def loss_of(points):
        scores = -dist(points[0], points[1:])
        hard, sampled = (torch.logaddexp(scores[0], scores[i]) - scores[0] for i in (1, 2))
        return HARD_SHARE * hard + (1 - HARD_SHARE) * sampled

    moved, loss = step_of_kernel(initial, [(0, 1)], [0], 0.05, hard=hard_negatives)
    expected, expected_loss = step_of_geoopt(initial, loss_of, 0.05)
    assert loss == pytest.approx(expected_loss, rel=1e-5)
    np.testing.assert_allclose(moved, expected, atol=2e-6)


def test_a_step_with_a_huge_learning_rate_stays_within_the_maximum_norm():
    initial = np.random.default_rng(4).uniform(-0.5, 0.5, (4, 3))
    moved, _ = step_of_kernel(initial, [(0, 1), (0, 2)], [0], 1e6, max_norm=0.9)
    assert np.isfinite(moved).all()
    assert np.linalg.norm(moved, axis=1).max() <= 0.9 + 1e-6


@pytest.mark.parametrize("held_out", [(), [(0, 2)]])
def test_the_concept_and_its_ancestors_including_held_out_ones_are_never_negatives(held_out):
    """If all other concepts are ancestors, the loss is 0, no point moves and there are no hard negatives."""
    initial = np.random.default_rng(5).uniform(-0.5, 0.5, (3, 2))
    hard = np.full((3, 2), NONE, np.int32)
    relations = [pair for pair in [(0, 1), (0, 2), (1, 2)] if pair not in held_out]
    moved, loss = step_of_kernel(initial, relations, [0], 0.1, negatives=5, hard=hard, held_out=held_out)
    assert loss == 0.0
    np.testing.assert_allclose(moved, initial, atol=1e-7)
    assert (hard == NONE).all()


def test_sibling_negatives_are_children_of_ancestors():
    initial = np.random.default_rng(6).uniform(-0.5, 0.5, (5, 2)).astype(np.float32)
    moved, _ = step_of_kernel(initial, [(0, 1), (2, 1), (3, 4)], [0], 0.1, negatives=3, siblings_per_256=256)
    changed = (moved != initial).any(1)
    assert changed.tolist() == [True, True, True, False, False]


ON_A_LINE = np.array([[0.0, 0.0], [-0.1, 0.0], [0.3, 0.0], [0.5, 0.0], [0.7, 0.0], [0.9, 0.0]])
"""Concept 0, its ancestor 1, and concepts 2 to 5 at increasing distances from 0."""


def test_the_nearest_distinct_negatives_become_hard_negatives():
    hard = np.full((6, 2), NONE, np.int32)
    step_of_kernel(ON_A_LINE, [(0, 1)], [0], 0.01, negatives=12, hard=hard)
    assert hard[0].tolist() == [2, 3]
    assert (hard[1:] == NONE).all()


def test_a_nearer_negative_replaces_a_hard_negative():
    hard = np.full((6, 1), NONE, np.int32)
    hard[0] = 4
    step_of_kernel(ON_A_LINE, [(0, 1)], [0], 0.01, negatives=4, hard=hard)
    assert hard[0].tolist() == [2]
