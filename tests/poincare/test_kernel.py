"""One step of the kernel moves points as Riemannian gradient descent on the stated loss does."""

import geoopt
import numpy as np
import pytest
import torch

from hyplink.poincare.geometry import dist
from hyplink.poincare.hierarchy import Hierarchy, Lists
from hyplink.poincare.kernel import HARD_SHARE, train_children

BALL = geoopt.PoincareBall(c=1.0)
NOBODY = -1


def stepped(
    points, relations, children, lr, tau=1.0, negatives=1, kin_bytes=0, greatest_norm=0.9999, hard=None, held_out=()
):
    n_concepts = len(points)
    hierarchy = Hierarchy(np.array(relations, np.int32), n_concepts)
    kept = np.array(held_out, np.int32).reshape(-1, 2)
    barred = hierarchy.ancestors.united(Lists.of(kept[:, 0], kept[:, 1], n_concepts))
    moved = points.astype(np.float32)
    loss = train_children(
        moved, np.array(children, np.int32), hierarchy.ancestors.starts, hierarchy.ancestors.items,
        barred.starts, barred.items, hierarchy.children.starts, hierarchy.children.items,
        np.arange(n_concepts, dtype=np.int32), kin_bytes,
        np.empty((n_concepts, 0), np.int32) if hard is None else hard, negatives,
        np.float32(lr), np.float32(tau), np.float32(greatest_norm), 7,
    )  # fmt: skip
    return moved, loss


def descended(start, loss_of, lr):
    """The points after one Riemannian step on a loss, by torch and geoopt; and the loss."""
    points = torch.tensor(start, requires_grad=True)
    loss = loss_of(points)
    loss.backward()
    moved = BALL.expmap(points.detach(), -lr * BALL.egrad2rgrad(points.detach(), points.grad))
    return moved.numpy(), loss.item()


@pytest.mark.parametrize("tau", [0.5, 1.0, 2.0])
def test_a_step_is_the_exponential_map_of_the_gradient_that_torch_finds(tau):
    """Of a child with two ancestors, where the only other concept must be the negative."""
    start = np.random.default_rng(3).uniform(-0.5, 0.5, (4, 3))

    def loss_of(points):
        scores = -tau * dist(points[0], points[1:])
        return sum(torch.logaddexp(scores[i], scores[2]) - scores[i] for i in (0, 1)) / tau

    moved, loss = stepped(start, [(0, 1), (0, 2)], [0], 0.05, tau)
    descent, wanted = descended(start, loss_of, 0.05)
    assert loss == pytest.approx(wanted * tau, rel=1e-5)
    np.testing.assert_allclose(moved, descent, atol=2e-6)


def test_hard_negatives_have_a_softmax_of_their_own():
    """Of a child with one ancestor and one hard negative, where the only other concept must be the drawn one."""
    start = np.random.default_rng(3).uniform(-0.5, 0.5, (4, 3))
    kept = np.full((4, 1), NOBODY, np.int32)
    kept[0] = 2

    def loss_of(points):
        scores = -dist(points[0], points[1:])
        hard, drawn = (torch.logaddexp(scores[0], scores[i]) - scores[0] for i in (1, 2))
        return HARD_SHARE * hard + (1 - HARD_SHARE) * drawn

    moved, loss = stepped(start, [(0, 1)], [0], 0.05, hard=kept)
    descent, wanted = descended(start, loss_of, 0.05)
    assert loss == pytest.approx(wanted, rel=1e-5)
    np.testing.assert_allclose(moved, descent, atol=2e-6)


def test_no_step_overshoots_the_cap_however_long():
    start = np.random.default_rng(4).uniform(-0.5, 0.5, (4, 3))
    moved, _ = stepped(start, [(0, 1), (0, 2)], [0], 1e6, greatest_norm=0.9)
    assert np.isfinite(moved).all()
    assert np.linalg.norm(moved, axis=1).max() <= 0.9 + 1e-6


@pytest.mark.parametrize("held_out", [(), [(0, 2)]])
def test_neither_the_child_nor_an_ancestor_is_ever_a_negative_not_even_one_held_out(held_out):
    """With none but ancestors the loss has no wrong concept in it, nothing moves and nothing is kept."""
    start = np.random.default_rng(5).uniform(-0.5, 0.5, (3, 2))
    hard = np.full((3, 2), NOBODY, np.int32)
    relations = [pair for pair in [(0, 1), (0, 2), (1, 2)] if pair not in held_out]
    moved, loss = stepped(start, relations, [0], 0.1, negatives=5, hard=hard, held_out=held_out)
    assert loss == 0.0
    np.testing.assert_allclose(moved, start, atol=1e-7)
    assert (hard == NOBODY).all()


def test_kin_are_the_children_of_ancestors():
    start = np.random.default_rng(6).uniform(-0.5, 0.5, (5, 2)).astype(np.float32)
    moved, _ = stepped(start, [(0, 1), (2, 1), (3, 4)], [0], 0.1, negatives=3, kin_bytes=256)
    changed = (moved != start).any(1)
    assert changed.tolist() == [True, True, True, False, False]


ON_A_LINE = np.array([[0.0, 0.0], [-0.1, 0.0], [0.3, 0.0], [0.5, 0.0], [0.7, 0.0], [0.9, 0.0]])
"""The child 0, its ancestor 1, and 2 to 5 ever farther away."""


def test_the_nearest_negatives_are_kept_each_once_for_the_next_step():
    hard = np.full((6, 2), NOBODY, np.int32)
    stepped(ON_A_LINE, [(0, 1)], [0], 0.01, negatives=12, hard=hard)
    assert hard[0].tolist() == [2, 3]
    assert (hard[1:] == NOBODY).all()


def test_a_nearer_negative_takes_the_place_of_one_that_was_kept():
    hard = np.full((6, 1), NOBODY, np.int32)
    hard[0] = 4
    stepped(ON_A_LINE, [(0, 1)], [0], 0.01, negatives=4, hard=hard)
    assert hard[0].tolist() == [2]
