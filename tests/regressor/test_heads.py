import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hyplink.errors import InputError
from hyplink.poincare.geometry import dist0, expmap0, norm_of_radius
from hyplink.poincare.geometry import lorentz as lorentz_coordinates
from hyplink.regressor.heads import CUT_RADIUS, HEADS, refuse_a_short_head

DIM = 4
ALL = pytest.mark.parametrize("name", HEADS)
BOTH = pytest.mark.parametrize("dtype", [torch.float32, torch.float64])


def _outputs(name, n=50, scale=1.0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(0)
    return torch.randn(n, DIM + HEADS[name].extra, generator=generator, dtype=dtype) * scale


def _reach(value, dtype=torch.float64):
    return torch.tensor(value, dtype=dtype)


@ALL
@BOTH
@pytest.mark.parametrize("reach", [0.5, 4.0, 11.0, 40.0])
def test_a_head_gets_to_its_greatest_radius_and_never_beyond(name, dtype, reach):
    head = HEADS[name]
    greatest = head.greatest_radius(reach, dtype)
    far_out = _outputs(name, dtype=dtype).abs() * torch.logspace(0, 15, 50, dtype=dtype)[:, None]
    radii = dist0(head.place(far_out, _reach(reach, dtype)).double())
    slack = 0.05 if greatest > 9 else 1e-4 * greatest  # near the rim a rounding error of a norm is seen in the radius
    assert radii.max() <= greatest + slack
    if name != "lorentz":  # whose radius grows with the logarithm of its output
        assert radii.max() >= greatest - slack
    else:
        assert radii.max() >= 0.8 * min(greatest, 34.0)


@ALL
@BOTH
@pytest.mark.parametrize("scale", [0.0, 1e-30, 1e-6, 1.0, 100.0, 1e12])
def test_points_and_gradients_are_finite_from_the_origin_to_far_out(name, dtype, scale):
    outputs = _outputs(name, scale=scale, dtype=dtype)
    outputs[0] = 0
    outputs[1, 1:] = 0
    outputs[2, 0] = scale
    outputs.requires_grad_()
    points = HEADS[name].place(outputs, _reach(4.0, dtype))
    points.sum().backward()
    assert points.dtype == dtype
    assert points.shape == (50, DIM)
    assert points.isfinite().all()
    assert (points.norm(dim=1) < 1).all()
    assert outputs.grad.isfinite().all()


@ALL
@given(scale=st.floats(0.1, 20), reach=st.floats(1, 12))
def test_gradients_are_those_of_finite_differences(name, scale, reach):
    outputs = _outputs(name, 5, scale).requires_grad_()
    head = HEADS[name]
    assert torch.autograd.gradcheck(lambda x: head.place(x, _reach(reach)), outputs, atol=1e-5)


@ALL
def test_within_a_wide_reach_a_head_is_its_formula(name):
    outputs = _outputs(name, scale=0.7)
    norm = outputs.norm(dim=1, keepdim=True)
    x, s = outputs[:, :-1], outputs[:, -1:]
    direction = x / x.norm(dim=1, keepdim=True)
    cut = (1 - 1e-5) / norm.clamp_min(1 - 1e-5)
    cube = outputs.tanh()
    formulas = {
        "expmap0": norm.tanh() * outputs / norm,
        "polar": torch.tanh(s.exp().log1p() / 2) * direction,
        "dhingra": s.sigmoid() * direction,
        "project": outputs * cut,
        "tanh-project": cube * ((1 - 1e-5) / cube.norm(dim=1, keepdim=True).clamp_min(1 - 1e-5)),
        "lorentz": outputs / (1 + (1 + norm**2).sqrt()),
    }
    torch.testing.assert_close(HEADS[name].place(outputs, _reach(1e6)), formulas[name], rtol=1e-9, atol=1e-12)


def test_the_lorentz_head_gives_the_point_whose_lorentz_coordinates_end_in_the_output():
    outputs = _outputs("lorentz")
    points = HEADS["lorentz"].place(outputs, _reach(1e9))
    torch.testing.assert_close(lorentz_coordinates(points)[:, 1:], outputs, rtol=1e-9, atol=1e-9)


def test_the_smooth_bound_keeps_the_order_of_radii_and_leaves_small_ones_alone():
    lengths = torch.linspace(0.01, 6, 60).double()[:, None] * torch.eye(1, DIM).double()
    radii = dist0(HEADS["expmap0"].place(lengths, _reach(4.0)))
    assert (radii.diff() > 0).all()
    torch.testing.assert_close(radii[:3], dist0(expmap0(lengths[:3])), rtol=1e-2, atol=0)


def test_a_projection_is_blind_to_the_radius_where_it_cuts_and_expmap0_is_not():
    outputs = torch.full((1, DIM), 0.8).double()

    def radial_gradient(name):
        moved = outputs.clone().requires_grad_()
        dist0(HEADS[name].place(moved, _reach(4.0))).sum().backward()
        return (moved.grad * outputs).sum().item()

    assert radial_gradient("project") == pytest.approx(0, abs=1e-6)
    assert radial_gradient("expmap0") > 0.1


@ALL
def test_a_head_that_ends_before_the_concepts_is_refused_and_one_that_gets_there_is_not(name):
    greatest = HEADS[name].greatest_radius(14.0, torch.float32)
    refuse_a_short_head(name, greatest, 14.0)
    with pytest.raises(
        InputError, match=f"research.head {name} ends at hyperbolic radius 12.03 and a concept lies at 13"
    ):
        refuse_a_short_head(name, 13.0, 14.0)


def test_the_projection_cuts_at_one_minus_epsilon():
    assert norm_of_radius(CUT_RADIUS) == pytest.approx(1 - 1e-5, abs=1e-12)
    assert math.isclose(HEADS["project"].greatest_radius(3.0, torch.float64), 12.206, abs_tol=1e-3)
