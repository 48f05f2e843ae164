"""PointsAdam computes the result of Riemannian Adam from sparse gradients."""

import geoopt
import pytest
import torch
from torch import nn

from hyplink.regressor.points_adam import PointsAdam

N_STEPS, FIRST_SPARSE_STEP = 600, 300
LR = 0.01


def _points(manifold):
    start = 0.2 * torch.randn(3, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    if manifold == "ball":
        return geoopt.ManifoldParameter(start, manifold=geoopt.PoincareBall())
    return nn.Parameter(start)


def _steps(gap):
    """Rows and gradients of each step: row 0 in every step, row 1 later only in each `gap`-th, row 2 in none."""
    generator = torch.Generator().manual_seed(0)
    for step in range(N_STEPS):
        rows = torch.tensor([0, 0, 1] if step < FIRST_SPARSE_STEP or step % gap == 0 else [0])
        yield rows, torch.randn(len(rows), 4, dtype=torch.float64, generator=generator)


def _trained_with_dense_gradients(manifold, gap):
    points = _points(manifold)
    optimiser = geoopt.optim.RiemannianAdam([points], lr=LR)
    for rows, gradients in _steps(gap):
        optimiser.zero_grad()
        (points[rows] * gradients).sum().backward()
        optimiser.step()
    return points.detach()


def _trained_with_sparse_gradients(manifold, gap, make_optimiser):
    points = _points(manifold)
    optimiser = make_optimiser(points)
    for rows, gradients in _steps(gap):
        if isinstance(optimiser, PointsAdam):
            optimiser.catch_up(rows)
        optimiser.zero_grad()
        (nn.functional.embedding(rows, points, sparse=True) * gradients).sum().backward()
        optimiser.step()
    if isinstance(optimiser, PointsAdam):
        optimiser.catch_up()
    return points.detach()


@pytest.mark.parametrize("manifold", ["ball", "flat"])
@pytest.mark.parametrize("gap", [1, 2, 7, 40])
def test_sparse_steps_give_the_points_of_dense_riemannian_adam(manifold, gap):
    points = _trained_with_sparse_gradients(manifold, gap, lambda start: PointsAdam(start, LR))
    expected = _trained_with_dense_gradients(manifold, gap)
    displacement = (expected - _points(manifold).detach()).norm(dim=1)
    assert ((points - expected).norm(dim=1) <= 0.02 * displacement).all()
    assert torch.equal(points[2], _points(manifold).detach()[2])


@pytest.mark.parametrize("gap", [2, 7, 40])
def test_geoopts_sparse_optimiser_gives_other_points_for_rows_that_are_rarely_sampled(gap):
    """The reason for PointsAdam: lazy Adam differs from Adam by more than twice the tolerance of the test above."""
    points = _trained_with_sparse_gradients(
        "ball", gap, lambda start: geoopt.optim.SparseRiemannianAdam([start], lr=LR)
    )
    expected = _trained_with_dense_gradients("ball", gap)
    displacement = (expected - _points("ball").detach()).norm(dim=1)
    assert (points - expected).norm(dim=1)[1] > 0.04 * displacement[1]


def test_a_step_with_a_dense_gradient_is_a_step_of_riemannian_adam():
    points, expected = _points("ball"), _points("ball")
    ours, geoopts = PointsAdam(points, LR), geoopt.optim.RiemannianAdam([expected], lr=LR)
    for step in range(20):
        for each, optimiser in ((points, ours), (expected, geoopts)):
            optimiser.zero_grad()
            (each - 0.1 * step).square().sum().backward()
            optimiser.step()
    torch.testing.assert_close(points.detach(), expected.detach())


def test_a_step_without_a_gradient_is_an_error():
    with pytest.raises(RuntimeError, match="no gradient"):
        PointsAdam(_points("ball"), LR).step()
