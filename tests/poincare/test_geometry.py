"""Laws of hyperbolic geometry, and agreement with geoopt and, near the boundary of the ball, with mpmath."""

import geoopt
import mpmath
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hyplink.poincare import geometry
from tests.poincare.conftest import points

BALL = geoopt.PoincareBall(c=1.0)
BOTH = pytest.mark.parametrize("dtype", [torch.float32, torch.float64])


def tensor(array, dtype=torch.float64):
    return torch.from_numpy(np.asarray(array)).to(dtype)


@given(points(max_radius=6))
def test_maps_and_distances_agree_with_geoopt(sample):
    u, v = tensor(sample), tensor(sample[::-1].copy())
    torch.testing.assert_close(geometry.expmap0(2 * u), BALL.expmap0(2 * u, project=False), rtol=1e-9, atol=1e-12)
    torch.testing.assert_close(geometry.logmap0(u), BALL.logmap0(u), rtol=1e-9, atol=1e-12)
    torch.testing.assert_close(geometry.mobius_add(u, v), BALL.mobius_add(u, v, project=False), rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(geometry.dist0(u), BALL.dist0(u), rtol=1e-9, atol=1e-12)
    torch.testing.assert_close(geometry.dist(u, v), BALL.dist(u, v), rtol=1e-5, atol=1e-6)


@given(points(max_radius=25))
def test_distances_agree_with_fifty_digit_arithmetic_up_to_radius_25(sample):
    with mpmath.workdps(50):
        for u, v in zip(sample[:5], sample[::-1][:5], strict=True):
            difference = mpmath.fsum(
                (mpmath.mpf(float(a)) - mpmath.mpf(float(b))) ** 2 for a, b in zip(u, v, strict=True)
            )
            margins = [1 - mpmath.fsum(mpmath.mpf(float(a)) ** 2 for a in point) for point in (u, v)]
            exact = mpmath.acosh(1 + 2 * difference / (margins[0] * margins[1]))
            # 1 − |v|² of a float64 point is known to about 1e-16; the rest of the formula to rounding.
            error = 1e-13 * (1 + float(exact)) + 1e-15 * float(1 / margins[0] + 1 / margins[1])
            assert abs(float(geometry.dist(tensor(u), tensor(v))) - float(exact)) <= error


@BOTH
@given(points(max_radius=12))
def test_expmap0_and_logmap0_are_inverse_to_each_other(dtype, sample):
    u = geometry.project(tensor(sample, dtype), 8.0)
    # At radius 8, 1 − ‖x‖ = 1 − tanh(4) ≈ 1/1500, so that artanh has a relative error of about 1500 eps.
    torch.testing.assert_close(geometry.expmap0(geometry.logmap0(u)), u, rtol=1e-5, atol=1e-6)


@given(points(max_radius=12))
def test_distance_is_symmetric_zero_for_equal_points_and_obeys_the_triangle_inequality(sample):
    u, v, w = tensor(sample), tensor(sample[::-1].copy()), tensor(np.roll(sample, 1, axis=0))
    assert torch.equal(geometry.dist(u, v), geometry.dist(v, u))
    assert (geometry.dist(u, u) == 0).all()
    assert (geometry.dist(u, w) <= geometry.dist(u, v) + geometry.dist(v, w) + 1e-6).all()


@given(points(max_radius=8))
def test_lorentz_coordinates_lie_on_the_hyperboloid_and_give_the_cosh_of_distances(sample):
    u, v = tensor(sample), tensor(sample[::-1].copy())
    a, b = geometry.lorentz(u), geometry.lorentz(v)

    def lorentzian_inner(x, y):
        return (x[:, 1:] * y[:, 1:]).sum(1) - x[:, 0] * y[:, 0]

    rounding = 1e-13 * (a[:, 0] * b[:, 0]).max().item() ** 2
    torch.testing.assert_close(lorentzian_inner(a, a), -torch.ones(len(u)).double(), atol=rounding, rtol=0)
    torch.testing.assert_close(-lorentzian_inner(a, b), geometry.dist(u, v).cosh(), atol=rounding, rtol=1e-9)


@BOTH
@given(points(max_radius=12), st.floats(0.1, 12))
def test_project_keeps_directions_and_the_points_within_the_radius(dtype, sample, max_radius):
    u = tensor(sample, dtype)
    projected = geometry.project(u, max_radius)
    assert (geometry.dist0(projected) <= max_radius * (1 + 1e-3)).all()
    inside = geometry.dist0(u) < max_radius * (1 - 1e-3)
    torch.testing.assert_close(projected[inside], u[inside])
    torch.testing.assert_close(
        torch.nn.functional.normalize(projected, dim=-1), torch.nn.functional.normalize(u, dim=-1), rtol=1e-4, atol=1e-5
    )


@BOTH
@given(points(max_radius=12))
def test_adding_minus_u_undoes_adding_u(dtype, sample):
    u, v = (geometry.project(tensor(x, dtype), 3.0) for x in (sample, sample[::-1].copy()))
    torch.testing.assert_close(geometry.mobius_add(-u, geometry.mobius_add(u, v)), v, rtol=1e-3, atol=1e-3)


@BOTH
@pytest.mark.parametrize("scale", [0.0, 1e-30, 1e-9, 1.0, 1e3, 1e15])
def test_points_and_gradients_are_finite_for_tangent_vectors_of_any_length(dtype, scale):
    tangent = (torch.tensor([[3.0, -1.0], [0.0, 0.0]], dtype=dtype) * scale).requires_grad_()
    point = geometry.expmap0(tangent)
    assert (point.norm(dim=-1) < 1).all()
    loss = (
        geometry.training_dist(point, point.flip(-1)).sum()
        + geometry.training_dist(point, point.detach()).sum()
        + geometry.pairwise_training_dist(point, point.detach()).sum()
        + geometry.dist0(geometry.project(point, 3.0)).sum()
        + geometry.logmap0(point).sum()
    )
    loss.backward()
    assert torch.isfinite(loss)
    assert torch.isfinite(tangent.grad).all()


def test_gradients_agree_with_finite_differences():
    generator = torch.Generator().manual_seed(0)
    u, v = (0.4 * torch.randn(4, 3, generator=generator, dtype=torch.float64) for _ in range(2))
    u.requires_grad_()
    v.requires_grad_()
    for function in (
        lambda a, b: geometry.training_dist(geometry.expmap0(a), geometry.expmap0(b)),
        lambda a, b: geometry.pairwise_training_dist(geometry.expmap0(a), geometry.expmap0(b)),
        lambda a, b: geometry.mobius_add(geometry.project(a, 0.7), geometry.expmap0(b)),
        lambda a, b: geometry.dist0(geometry.expmap0(a)) + geometry.logmap0(geometry.expmap0(b)).sum(-1),
    ):
        assert torch.autograd.gradcheck(function, (u, v))


@given(points(max_radius=3, sizes=(2, 20)))
def test_pairwise_training_distances_in_float32_are_close_to_exact_distances(sample):
    u = tensor(sample, torch.float32)
    exact = geometry.dist(tensor(sample)[:, None], tensor(sample)[None])
    torch.testing.assert_close(geometry.pairwise_training_dist(u, u).double(), exact, atol=0.02, rtol=1e-3)


@given(st.floats(0, 25))
def test_radius_of_norm_and_norm_of_radius_are_inverse_to_each_other(radius):
    assert geometry.radius_of_norm(geometry.norm_of_radius(radius)) == pytest.approx(radius, rel=1e-4)


def test_geodesics_from_the_origin_run_together_on_the_same_ray_and_part_at_once_in_opposite_directions():
    near, far = tensor([np.tanh(0.5), 0.0]), tensor([np.tanh(1.5), 0.0])
    torch.testing.assert_close(geometry.gromov_product(near, far), tensor(1.0))
    torch.testing.assert_close(geometry.gromov_product(near, -far), tensor(0.0))
    right = tensor([0.0, np.tanh(1.5)])  # cosh d = cosh² 3, by the hyperbolic law of cosines
    torch.testing.assert_close(geometry.gromov_product(far, right), tensor(3 - np.arccosh(np.cosh(3) ** 2) / 2))


@given(points(max_radius=12))
def test_a_gromov_product_is_symmetric_and_no_more_than_either_radius(sample):
    u, v = tensor(sample), tensor(sample[::-1].copy())
    product = geometry.gromov_product(u, v)
    torch.testing.assert_close(product, geometry.gromov_product(v, u))
    assert (product >= -1e-9).all()
    assert (product <= torch.minimum(geometry.dist0(u), geometry.dist0(v)) + 1e-9).all()
