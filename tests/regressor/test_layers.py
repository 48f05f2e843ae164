"""Möbius and angular layers agree with geoopt and with the formulas of their papers."""

import math

import geoopt
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hyplink.errors import InputError
from hyplink.poincare.geometry import expmap0
from hyplink.regressor.layers import AngularLinear, LastLayer, MobiusLinear, angular_response

BALL = geoopt.PoincareBall()
ANGLES = ("cosine", "linear", "sigmoid")
ANGLE = pytest.mark.parametrize("angle", ANGLES)
BOTH = pytest.mark.parametrize("dtype", [torch.float32, torch.float64])


def _random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def _at_angles(theta):
    """Inputs (n, 2) of norm 3 at angles (n,) from the weight vector (1, 0), and that vector."""
    return 3 * torch.stack([theta.cos(), theta.sin()], 1), torch.tensor([[1.0, 0.0]], dtype=theta.dtype)


def test_a_mobius_layer_agrees_with_geoopt():
    layer = MobiusLinear(5, 3).double()
    layer.bias.data = expmap0(0.4 * _random(3))
    inputs = 0.3 * _random(7, 5)
    expected = BALL.mobius_add(BALL.mobius_matvec(layer.linear.weight, BALL.expmap0(inputs)), layer.bias)
    torch.testing.assert_close(layer(inputs), BALL.logmap0(expected), rtol=1e-8, atol=1e-10)
    assert torch.autograd.gradcheck(layer, inputs.requires_grad_())


def test_a_mobius_layer_with_zero_bias_is_linear():
    layer, inputs = MobiusLinear(5, 3).double(), 0.3 * _random(7, 5)
    torch.testing.assert_close(layer(inputs), layer.linear(inputs))


@ANGLE
@given(k=st.floats(0.05, 5))
def test_responses_agree_with_the_formulas_in_the_angle(angle, k):
    theta = torch.linspace(0.01, math.pi - 0.01, 101, dtype=torch.float64)
    formulas = {
        "cosine": theta.cos(),
        "linear": 1 - 2 * theta / math.pi,
        "sigmoid": torch.tanh((math.pi / 2 - theta) / (2 * k)) / math.tanh(math.pi / (4 * k)),
    }
    response = angular_response(*_at_angles(theta), angle, k).squeeze(1)
    torch.testing.assert_close(response, formulas[angle], rtol=1e-9, atol=1e-9)


@ANGLE
def test_responses_are_1_0_and_minus_1_at_angles_of_0_90_and_180_degrees(angle):
    inputs, weights = _at_angles(torch.tensor([0.0, math.pi / 2, math.pi], dtype=torch.float64))
    response = angular_response(inputs, weights, angle, 0.3).squeeze(1)
    torch.testing.assert_close(response, torch.tensor([1.0, 0, -1]).double(), atol=1e-6, rtol=0)


@ANGLE
@given(seed=st.integers(0, 20), k=st.floats(0.1, 2))
def test_gradients_agree_with_finite_differences(angle, seed, k):
    inputs = _random(4, 3, seed=seed).requires_grad_()
    weights = torch.nn.functional.normalize(_random(2, 3, seed=seed + 100)).requires_grad_()
    assert torch.autograd.gradcheck(lambda x, w: angular_response(x, w, angle, k), (inputs, weights), atol=1e-4)


@ANGLE
@BOTH
def test_gradients_are_finite_for_parallel_opposite_and_zero_inputs(angle, dtype):
    weights = torch.eye(1, 3, dtype=dtype).requires_grad_()
    inputs = (torch.tensor([5.0, -5.0, 0.0], dtype=dtype)[:, None] * torch.eye(1, 3, dtype=dtype)).requires_grad_()
    angular_response(inputs, weights, angle, 0.3).sum().backward()
    assert inputs.grad.isfinite().all()
    assert weights.grad.isfinite().all()
    if angle != "cosine":
        assert not inputs.grad[:2].any()  # the derivative is infinite there and replaced by 0


@ANGLE
def test_responses_do_not_depend_on_the_norm_of_the_input(angle):
    layer, inputs = AngularLinear(6, 4, angle, 0.3).double(), _random(5, 6)
    torch.testing.assert_close(layer(inputs), layer(1000 * inputs))


@pytest.mark.parametrize("steepness", [0.05, 0.3, 3.0])
@ANGLE
def test_initial_responses_of_an_angular_layer_have_the_standard_deviation_of_a_linear_layer(angle, steepness):
    torch.manual_seed(0)
    deviation = AngularLinear(400, 300, angle, steepness)(torch.randn(100, 400)).std().item()
    assert deviation == pytest.approx(1 / math.sqrt(3), rel=0.6)


OPTIMISERS = {
    "sgd": lambda parameters: torch.optim.SGD(parameters, lr=0.5),
    "adam": lambda parameters: torch.optim.Adam(parameters, lr=0.1),
    "riemannian-adam": lambda parameters: geoopt.optim.RiemannianAdam(parameters, lr=0.1),
}


@ANGLE
@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_the_weights_of_an_angular_layer_stay_on_the_sphere_and_learn_with_every_optimiser(angle, optimiser):
    torch.manual_seed(0)
    teacher, layer = AngularLinear(6, 4, angle, 0.3), AngularLinear(6, 4, angle, 0.3)
    inputs = torch.randn(64, 6)
    steps, losses = OPTIMISERS[optimiser](layer.parameters()), []
    for _ in range(200):
        steps.zero_grad()
        loss = (layer(inputs) - teacher(inputs).detach()).square().mean()
        loss.backward()
        steps.step()
        losses.append(loss.item())
        torch.testing.assert_close(layer.weights.norm(dim=1), torch.ones(4))
    assert losses[-1] < 0.2 * losses[0]


@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
def test_plain_optimisers_move_the_parameter_of_an_angular_layer_off_the_sphere(optimiser):
    """So the parametrization is what keeps the weights there."""
    torch.manual_seed(0)
    layer = AngularLinear(6, 4, "cosine", 0.3)
    steps = OPTIMISERS[optimiser](layer.parameters())
    for _ in range(50):
        steps.zero_grad()
        layer(torch.randn(8, 6)).square().sum().backward()
        steps.step()
    assert (layer.parametrizations.weights.original.norm(dim=1) > 1.01).all()


@pytest.mark.parametrize("kind", ["linear", "mobius", "angular"])
@BOTH
@pytest.mark.parametrize("scale", [0.0, 1e-6, 1.0, 1e6])
def test_every_kind_of_layer_has_finite_outputs_and_gradients(kind, dtype, scale):
    layer = LastLayer(kind, "linear", 0.3).build(5, 3).to(dtype)
    inputs = (_random(7, 5).to(dtype) * scale).requires_grad_()
    outputs = layer(inputs)
    outputs.sum().backward()
    assert outputs.shape == (7, 3)
    assert outputs.isfinite().all()
    assert inputs.grad.isfinite().all()
    assert all(parameter.grad.isfinite().all() for parameter in layer.parameters())


def test_an_angular_layer_with_an_unknown_response_is_refused():
    with pytest.raises(InputError, match="angle must be cosine or linear or sigmoid, not 'foo'"):
        AngularLinear(3, 2, angle="foo")
