"""Points that few steps touch go as far as Riemannian Adam would take them."""

import geoopt
import pytest
import torch
from torch import nn

from hyplink.regressor.training import points_optimiser

STEPS = 2000
LR = 1e-5


def _moved(make_optimiser, waiting, *, sparse):
    """How far a point goes, in the second half, of which every so manieth step has a gradient; and one without any."""
    noise = torch.Generator().manual_seed(0)
    points = geoopt.ManifoldParameter(torch.zeros(2, 8, dtype=torch.float64), manifold=geoopt.PoincareBall())
    optimiser = make_optimiser(points)
    for step in range(STEPS):
        rows = torch.tensor([0] if step % waiting == 0 else [], dtype=torch.int64)
        pull = 1 + torch.randn(8, generator=noise, dtype=torch.float64)
        optimiser.zero_grad()
        (nn.functional.embedding(rows, points, sparse=sparse) * pull).sum().backward()
        optimiser.step()
        if step == STEPS // 2:
            half_way = points.detach().clone()
    return tuple((points - half_way).norm(dim=1).tolist())


@pytest.mark.parametrize("waiting", [1, 5])
def test_a_point_under_way_goes_about_as_far_as_riemannian_adam_takes_it(waiting):
    lazy, still = _moved(lambda points: points_optimiser([points], LR, waiting), waiting, sparse=True)
    dense, _ = _moved(lambda points: geoopt.optim.RiemannianAdam([points], lr=LR), waiting, sparse=False)
    assert lazy == pytest.approx(dense, rel=0.3)
    assert still == 0
