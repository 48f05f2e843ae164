"""Output heads agree with their formulas, respect the maximum radius and have finite gradients."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hyplink.errors import InputError
from hyplink.poincare.geometry import dist0, expmap0, norm_of_radius
from hyplink.poincare.geometry import lorentz as lorentz_coordinates
from hyplink.regressor.heads import HEADS, PoincareNormalize, check_head_radius, poincare_normalize

DIM = 4
ALL = pytest.mark.parametrize("name", HEADS)
BOTH = pytest.mark.parametrize("dtype", [torch.float32, torch.float64])


def _outputs(name, n=50, scale=1.0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(0)
    return torch.randn(n, DIM + HEADS[name].n_extra, generator=generator, dtype=dtype) * scale


def _points(name, outputs, max_radius):
    return HEADS[name].to_points(outputs, torch.tensor(max_radius, dtype=outputs.dtype))


@ALL
@BOTH
@pytest.mark.parametrize("max_radius", [0.5, 4.0, 11.0, 40.0])
def test_long_outputs_attain_the_maximum_radius_and_do_not_exceed_it(name, dtype, max_radius):
    bound = HEADS[name].max_radius(max_radius, dtype)
    long_outputs = _outputs(name, dtype=dtype).abs() * torch.logspace(0, 15, 50, dtype=dtype)[:, None]
    radii = dist0(_points(name, long_outputs, max_radius).double())
    tolerance = 0.05 if bound > 9 else 1e-4 * bound  # there a rounding error of the norm changes the radius
    assert radii.max() <= bound + tolerance
    if name != "lorentz":  # its radius grows only with the logarithm of the norm
        assert radii.max() >= bound - tolerance
    else:
        assert radii.max() >= 0.8 * min(bound, 34.0)


@ALL
@BOTH
@pytest.mark.parametrize("scale", [0.0, 1e-30, 1e-6, 1.0, 100.0, 1e12])
def test_points_and_gradients_are_finite_for_outputs_of_any_norm(name, dtype, scale):
    outputs = _outputs(name, scale=scale, dtype=dtype)
    outputs[0] = 0
    outputs[1, 1:] = 0
    outputs[2, 0] = scale
    outputs.requires_grad_()
    points = _points(name, outputs, 4.0)
    points.sum().backward()
    assert points.dtype == dtype
    assert points.shape == (50, DIM)
    assert points.isfinite().all()
    assert (points.norm(dim=1) < 1).all()
    assert outputs.grad.isfinite().all()


@ALL
@given(scale=st.floats(0.1, 20), max_radius=st.floats(1, 12))
def test_gradients_agree_with_finite_differences(name, scale, max_radius):
    outputs = _outputs(name, 5, scale).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: _points(name, x, max_radius), outputs, atol=1e-5)


@ALL
def test_with_a_large_maximum_radius_a_head_agrees_with_its_formula(name):
    outputs = _outputs(name, scale=0.7)
    norm = outputs.norm(dim=1, keepdim=True)
    x, s = outputs[:, :-1], outputs[:, -1:]
    direction = x / x.norm(dim=1, keepdim=True)
    clip = (1 - 1e-5) / norm.clamp_min(1 - 1e-5)
    tanh = outputs.tanh()
    formulas = {
        "expmap0": norm.tanh() * outputs / norm,
        "polar": torch.tanh(s.exp().log1p() / 2) * direction,
        "dhingra": s.sigmoid() * direction,
        "project": outputs * clip,
        "tanh-project": tanh * ((1 - 1e-5) / tanh.norm(dim=1, keepdim=True).clamp_min(1 - 1e-5)),
        "lorentz": outputs / (1 + (1 + norm**2).sqrt()),
    }
    torch.testing.assert_close(_points(name, outputs, 1e6), formulas[name], rtol=1e-9, atol=1e-12)


def test_the_space_coordinates_of_a_point_of_the_lorentz_head_are_the_output():
    outputs = _outputs("lorentz")
    points = _points("lorentz", outputs, 1e9)
    torch.testing.assert_close(lorentz_coordinates(points)[:, 1:], outputs, rtol=1e-9, atol=1e-9)


def test_the_smooth_bound_is_increasing_and_close_to_the_identity_for_small_radii():
    lengths = torch.linspace(0.01, 6, 60).double()[:, None] * torch.eye(1, DIM).double()
    radii = dist0(_points("expmap0", lengths, 4.0))
    assert (radii.diff() > 0).all()
    torch.testing.assert_close(radii[:3], dist0(expmap0(lengths[:3])), rtol=1e-2, atol=0)


def test_beyond_its_bound_project_has_no_gradient_in_the_radius_and_expmap0_has_one():
    outputs = torch.full((1, DIM), 0.8).double()

    def radial_gradient(name):
        moved = outputs.clone().requires_grad_()
        dist0(_points(name, moved, 4.0)).sum().backward()
        return (moved.grad * outputs).sum().item()

    assert radial_gradient("project") == pytest.approx(0, abs=1e-6)
    assert radial_gradient("expmap0") > 0.1


@ALL
def test_a_head_that_cannot_reach_all_concepts_is_an_error(name):
    check_head_radius(name, HEADS[name].max_radius(14.0, torch.float32), 14.0)
    bound = "12.21" if "project" in name else "12.03"
    with pytest.raises(InputError, match=f"research.head {name}: .* {bound}, but a concept is at radius 13.00"):
        check_head_radius(name, 13.0, 14.0)


@BOTH
def test_the_maximum_norm_of_project_is_one_minus_epsilon(dtype):
    assert norm_of_radius(HEADS["project"].max_radius(3.0, dtype)) == pytest.approx(1 - 1e-5, abs=1e-12)
    points = _points("project", 100 * _outputs("project", dtype=dtype), 3.0)
    assert points.double().norm(dim=1).numpy() == pytest.approx(1 - 1e-5, abs=2 * torch.finfo(dtype).eps)


def _normalize_as_in_tensorflow_addons(x, axis, epsilon):
    """The layer PoincareNormalize of TensorFlow Addons, transcribed to NumPy in float64.

    The sum of squares along the axis, kept as a dimension, gives the inverse norm by a reciprocal square root.
    The input is multiplied by the smaller of (1 − epsilon)·(inverse norm) and 1.
    """
    with np.errstate(divide="ignore"):
        inverse_norm = 1 / np.sqrt(np.sum(np.square(x.astype(np.float64)), axis=axis, keepdims=True))
    return x * np.minimum((1.0 - epsilon) * inverse_norm, 1.0)


@BOTH
@pytest.mark.parametrize("axis", [0, 1, 2, -1, (0, 2), None])
@given(seed=st.integers(0, 2**32 - 1), scale=st.floats(-3, 6), epsilon=st.sampled_from([1e-5, 1e-3, 0.1]))
def test_poincare_normalize_agrees_with_tensorflow_addons(dtype, axis, seed, scale, epsilon):
    inputs = torch.randn(3, 4, 5, generator=torch.Generator().manual_seed(seed), dtype=dtype) * 10**scale
    inputs[0] = 0
    inputs[1, 0] *= 0.9 / inputs[1, 0].norm()  # inside the bound along the last axis
    expected = _normalize_as_in_tensorflow_addons(inputs.numpy(), axis, epsilon)
    normalized = poincare_normalize(inputs, axis, epsilon)
    assert normalized.dtype == dtype
    assert normalized.double().numpy() == pytest.approx(expected, rel=8 * torch.finfo(dtype).eps, abs=0)


def test_poincare_normalize_normalises_axis_1_with_epsilon_1e_5_by_default():
    inputs = 10 * torch.randn(3, 4, 5, generator=torch.Generator().manual_seed(0))
    assert torch.equal(poincare_normalize(inputs), poincare_normalize(inputs, axis=1, epsilon=1e-5))


@BOTH
def test_poincare_normalize_returns_vectors_within_the_bound_unchanged(dtype):
    inputs = 0.1 * _outputs("project", dtype=dtype)
    assert torch.equal(poincare_normalize(inputs), inputs)


def test_the_layer_passes_its_arguments_to_the_function():
    inputs = _vectors(3, 4, 5)
    assert torch.equal(PoincareNormalize()(inputs), poincare_normalize(inputs))
    assert torch.equal(PoincareNormalize(axis=(0, 2), epsilon=0.2)(inputs), poincare_normalize(inputs, (0, 2), 0.2))


@pytest.mark.parametrize("name", HEADS)
def test_the_maximum_radius_of_a_head_may_be_a_number(name):
    outputs = _vectors(6, 4 + HEADS[name].n_extra)
    of_number, of_tensor = (HEADS[name].to_points(outputs, bound) for bound in (2.5, outputs.new_tensor(2.5)))
    assert torch.allclose(of_number, of_tensor)


def _vectors(*shape):
    return 3 * torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
