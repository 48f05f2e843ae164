"""One step of the kernel moves points as Riemannian gradient descent on the stated loss does."""

import geoopt
import numpy as np
import pytest
import torch

from hyplink.poincare.geometry import dist
from hyplink.poincare.hierarchy import Hierarchy
from hyplink.poincare.kernel import TABLE_SIZE, train_children

BALL = geoopt.PoincareBall(c=1.0)
EVENLY = np.array([256, 256], np.uint64)


def stepped(points, relations, children, lr, tau=1.0, negatives=1, thresholds=EVENLY, greatest_norm=0.9999):
    hierarchy = Hierarchy(np.array(relations, np.int32), len(points))
    moved = points.astype(np.float32)
    loss = train_children(
        moved, np.array(children, np.int32), hierarchy.ancestors.starts, hierarchy.ancestors.items,
        hierarchy.children.starts, hierarchy.children.items, np.zeros(TABLE_SIZE, np.int32), thresholds,
        negatives, np.float32(lr), np.float32(tau), np.float32(greatest_norm), 7,
    )  # fmt: skip
    return moved, loss


@pytest.mark.parametrize("tau", [0.5, 1.0, 2.0])
def test_a_step_is_the_exponential_map_of_the_gradient_that_torch_finds(tau):
    """Of a child with two ancestors, where the only other concept must be the negative."""
    start = np.random.default_rng(3).uniform(-0.5, 0.5, (4, 3))
    lr = 0.05
    moved, loss = stepped(start, [(0, 1), (0, 2)], [0], lr, tau)
    points = torch.tensor(start, requires_grad=True)
    scores = -tau * dist(points[0], points[1:])
    wanted = sum(torch.logaddexp(scores[i], scores[2]) - scores[i] for i in (0, 1))
    (wanted / tau).backward()
    assert loss == pytest.approx(wanted.item(), rel=1e-5)
    descent = BALL.expmap(points.detach(), -lr * BALL.egrad2rgrad(points.detach(), points.grad))
    np.testing.assert_allclose(moved, descent.numpy(), atol=2e-6)


def test_no_step_overshoots_the_cap_however_long():
    start = np.random.default_rng(4).uniform(-0.5, 0.5, (4, 3))
    moved, _ = stepped(start, [(0, 1), (0, 2)], [0], 1e6, greatest_norm=0.9)
    assert np.isfinite(moved).all()
    assert np.linalg.norm(moved, axis=1).max() <= 0.9 + 1e-6


def test_neither_the_child_nor_an_ancestor_is_ever_a_negative():
    """With none but ancestors the loss has no wrong concept in it, and nothing moves."""
    start = np.random.default_rng(5).uniform(-0.5, 0.5, (3, 2))
    moved, loss = stepped(start, [(0, 1), (0, 2), (1, 2)], [0], 0.1, negatives=5)
    assert loss == 0.0
    np.testing.assert_allclose(moved, start, atol=1e-7)


def test_kin_are_the_children_of_ancestors():
    start = np.random.default_rng(6).uniform(-0.5, 0.5, (5, 2)).astype(np.float32)
    only_kin = np.array([0, 256], np.uint64)
    moved, _ = stepped(start, [(0, 1), (2, 1), (3, 4)], [0], 0.1, negatives=3, thresholds=only_kin)
    changed = (moved != start).any(1)
    assert changed.tolist() == [True, True, True, False, False]
