"""Points that few steps look at go where Riemannian Adam would take them."""

import geoopt
import pytest
import torch
from torch import nn

from hyplink.regressor.points_adam import PointsAdam

STEPS, UNDER_WAY = 600, 300
LR = 0.01


def _points(manifold):
    start = 0.2 * torch.randn(3, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    if manifold == "ball":
        return geoopt.ManifoldParameter(start, manifold=geoopt.PoincareBall())
    return nn.Parameter(start)


def _steps(every):
    """The rows of each step and what pulls them: row 0 always, row 1 now and then once under way, row 2 never."""
    generator = torch.Generator().manual_seed(0)
    for step in range(STEPS):
        rows = torch.tensor([0, 0, 1] if step < UNDER_WAY or step % every == 0 else [0])
        yield rows, torch.randn(len(rows), 4, dtype=torch.float64, generator=generator)


def _moved_by_adam(manifold, every):
    points = _points(manifold)
    adam = geoopt.optim.RiemannianAdam([points], lr=LR)
    for rows, pull in _steps(every):
        adam.zero_grad()
        (points[rows] * pull).sum().backward()
        adam.step()
    return points.detach()


def _moved_when_looked_at(manifold, every):
    points = _points(manifold)
    adam = PointsAdam(points, LR)
    for rows, pull in _steps(every):
        adam.bring_up(rows)
        adam.zero_grad()
        (nn.functional.embedding(rows, points, sparse=True) * pull).sum().backward()
        adam.step()
    adam.bring_up()
    return points.detach()


@pytest.mark.parametrize("manifold", ["ball", "flat"])
@pytest.mark.parametrize("every", [1, 2, 7, 40])
def test_points_go_where_riemannian_adam_takes_them(manifold, every):
    moved, expected = _moved_when_looked_at(manifold, every), _moved_by_adam(manifold, every)
    way = (expected - _points(manifold).detach()).norm(dim=1)
    assert ((moved - expected).norm(dim=1) <= 0.02 * way).all()
    assert torch.equal(moved[2], _points(manifold).detach()[2])


def test_a_step_that_looks_at_all_points_is_one_of_riemannian_adam():
    points, expected = _points("ball"), _points("ball")
    ours, theirs = PointsAdam(points, LR), geoopt.optim.RiemannianAdam([expected], lr=LR)
    for step in range(20):
        for each, adam in ((points, ours), (expected, theirs)):
            adam.zero_grad()
            (each - 0.1 * step).square().sum().backward()
            adam.step()
    torch.testing.assert_close(points.detach(), expected.detach())
