"""The question's own attempts do what they are said to do, wrong or right."""

from pathlib import Path

import pytest
import torch

from hyplink.poincare.geometry import dist


@pytest.fixture(autouse=True)
def _scripts_are_importable(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "scripts" / "studies")


def slope_of(attempt, output, target):
    outputs = torch.tensor([output], requires_grad=True)
    attempt.loss(outputs, torch.tensor([target])).backward()
    return outputs.grad[0]


@pytest.mark.parametrize("name", ["bare", "clipped", "stable"])
def test_inside_the_ball_every_distance_is_the_distance(name):
    from attempts import DISTANCES

    u, v = torch.rand(2, 20, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0)) - 0.5
    assert torch.allclose(DISTANCES[name](u, v), dist(u, v))


def test_what_was_asked_has_no_slope_where_a_point_meets_its_target_and_the_repair_has():
    from attempts import AS_ASKED, REPAIRED

    assert slope_of(AS_ASKED, [0.5, 0.0], [0.5, 0.0]).isnan().all()
    assert (slope_of(REPAIRED, [0.5, 0.0], [0.5, 0.0]) == 0).all()


def test_beyond_the_ball_the_clip_hides_how_far_out_an_output_is():
    from attempts import clipped_dist

    outputs = torch.tensor([[0.0, 1.5]], requires_grad=True)
    clipped_dist(outputs, torch.tensor([[0.0, 0.9]])).backward()
    rim = 1e-7 * (1 - 0.9**2)  # what 1 − ε and the target leave of the denominators
    pull = 2 * 1.2 / rim / torch.tensor(1 + 2 * 0.36 / rim).square().sub(1).sqrt()
    assert outputs.grad[0, 1].item() == pytest.approx(pull.item(), rel=0.2)


def test_the_asked_step_is_that_of_adam_scaled_by_the_norm_of_the_weights():
    from attempts import AskedAdam

    weights = torch.nn.Parameter(torch.tensor([[0.6, 0.0], [0.0, 2.0]]))  # a column goes out of one input
    optimiser = AskedAdam([weights], lr=0.1, projection="old norm")
    weights.sum().backward()
    optimiser.step()
    inside, outside = (1 - 0.36) ** 2 / 4, (1 - 4) ** 2 / 4  # 0.1024 and 2.25
    assert optimiser.scales[0].tolist() == [pytest.approx([inside, outside])]
    assert weights[:, 0].tolist() == pytest.approx([0.6 - 0.1 * inside, -0.1 * inside], abs=1e-5)
    assert weights[:, 1].tolist() == pytest.approx([-0.1 * outside / 2, (2 - 0.1 * outside) / 2], abs=1e-5)


def test_the_repaired_projection_keeps_the_direction_of_weights():
    from attempts import AskedAdam

    weights = torch.nn.Parameter(torch.tensor([[3.0], [4.0]]))
    optimiser = AskedAdam([weights], lr=1e-9, projection="radial")
    weights.sum().backward()
    optimiser.step()
    assert weights.flatten().tolist() == pytest.approx([0.6, 0.8], abs=1e-5)
