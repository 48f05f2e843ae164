import math

import pytest
import torch

from hyplink.poincare.geometry import dist, expmap0
from hyplink.regressor.point_losses import distance_softmax, mean_distance


def _points(n, d, seed=0):
    return expmap0(torch.randn(n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(seed)))


@pytest.mark.parametrize("exponent", [1, 2])
def test_the_mean_distance_is_the_mean_of_the_exact_distances_to_a_power(exponent):
    points, targets = _points(5, 3), _points(5, 3, 1)
    assert mean_distance(points, targets, exponent).item() == pytest.approx(
        (dist(points, targets) ** exponent).mean().item()
    )


def test_the_gradient_of_the_mean_distance_is_finite_where_a_point_meets_its_target():
    points = _points(3, 2).requires_grad_()
    mean_distance(points, points.detach().clone()).backward()
    assert torch.isfinite(points.grad).all()


def test_the_softmax_over_distances_is_that_of_its_definition():
    points, concepts, gold = _points(4, 3), _points(6, 3, 1), torch.tensor([5, 0, 2, 2])
    expected = 0.0
    for point, right in zip(points, gold.tolist(), strict=True):
        weights = [math.exp(-2.5 * dist(point, concept).item()) for concept in concepts]
        expected -= math.log(weights[right] / sum(weights)) / 4
    assert distance_softmax(points, concepts, gold, 2.5).item() == pytest.approx(expected, rel=1e-6)


def test_the_softmax_trains_points_concepts_and_the_inverse_temperature():
    points, concepts = _points(4, 3).requires_grad_(), _points(6, 3, 1).requires_grad_()
    inverse_temperature = torch.nn.Parameter(torch.tensor(2.0, dtype=torch.float64))
    gold = torch.tensor([5, 0, 2, 2])
    assert torch.autograd.gradcheck(
        lambda u, v, t: distance_softmax(u, v, gold, t), (points, concepts, inverse_temperature), atol=1e-4
    )
