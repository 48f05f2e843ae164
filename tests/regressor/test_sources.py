"""Layers agree with transcriptions of their sources to NumPy, in float64 and in the layout of the source."""

import numpy as np
import pytest
import torch

from hyplink.regressor.heads import poincare_normalize
from hyplink.regressor.layers import AngularLinear

EPSILON = 1e-5


def _embedded_and_normalised(table, ids, axis):
    """A Keras Embedding followed by the layer PoincareNormalize of TensorFlow Addons.

    The embedding takes the row of each id. Of the result (batch, time, dim), PoincareNormalize takes the sum of squares
    along the axis. Each vector along the axis whose norm exceeds 1 − ε is scaled to that norm; ε is 1e-5.
    """
    looked_up = table[ids]
    inverse_norms = 1 / np.sqrt(np.sum(looked_up**2, axis=axis, keepdims=True))
    return looked_up * np.minimum((1 - EPSILON) * inverse_norms, 1)


def _gradient_of_the_table(table, ids, weights):
    """The gradient of sum(weights · output) for axis −1, by the chain rule.

    A vector x within the bound passes its gradient g on. Outside, (1 − ε)·x/‖x‖ has the gradient
    (1 − ε)/‖x‖ · (g − (g·x/‖x‖)·x/‖x‖). A row of the table gets the sum over the places where its id occurs.
    """
    gradient = np.zeros_like(table)
    for place in np.ndindex(ids.shape):
        x, g = table[ids[place]], weights[place]
        norm = np.sqrt(x @ x)
        if norm > 1 - EPSILON:
            direction = x / norm
            g = (1 - EPSILON) / norm * (g - (g @ direction) * direction)
        gradient[ids[place]] += g
    return gradient


@pytest.fixture
def table():
    """A table (9, 4) whose rows have norms within and beyond 1."""
    table = np.random.default_rng(0).normal(size=(9, 4))
    return table * (np.linspace(0.2, 3, 9) / np.linalg.norm(table, axis=1))[:, None]


@pytest.fixture
def ids():
    """Ids (3, 5), all rows of the table, some of them repeatedly."""
    return np.random.default_rng(1).permutation(np.arange(15) % 9).reshape(3, 5)


@pytest.mark.parametrize("axis", [1, -1])  # 1, the default of the layer, is the axis of time here
def test_poincare_normalize_after_an_embedding_agrees_with_its_source(table, ids, axis):
    embedding = torch.nn.Embedding.from_pretrained(torch.from_numpy(table), freeze=False)
    points = poincare_normalize(embedding(torch.from_numpy(ids)), axis=axis)
    assert points.detach().numpy() == pytest.approx(_embedded_and_normalised(table, ids, axis), rel=1e-12)


def test_only_normalisation_along_the_last_axis_keeps_all_embedded_vectors_in_the_ball(table, ids):
    embedded = torch.from_numpy(table)[ids]
    assert (poincare_normalize(embedded, axis=-1).norm(dim=-1) < 1).all()
    assert (poincare_normalize(embedded).norm(dim=-1) > 1).any()


def test_the_gradient_of_an_embedding_before_poincare_normalize_agrees_with_the_chain_rule(table, ids):
    weights = np.random.default_rng(2).normal(size=(3, 5, 4))
    embedding = torch.nn.Embedding.from_pretrained(torch.from_numpy(table), freeze=False)
    (poincare_normalize(embedding(torch.from_numpy(ids)), axis=-1) * torch.from_numpy(weights)).sum().backward()
    assert embedding.weight.grad.numpy() == pytest.approx(_gradient_of_the_table(table, ids, weights), rel=1e-9)


def _sphere_conv(inputs, weights, angle, k):
    """The operator SphereConv of Deep Hyperspherical Learning (Liu et al. 2017), section 2.1, for a dense layer.

    θ is the angle between input and weight vector, the arccosine of the inner product of both divided by their norms.
    The output is g(θ): linear −2θ/π + 1; cosine cos θ; sigmoid
    (1 + exp(−π/2k)) / (1 − exp(−π/2k)) · (1 − exp(θ/k − π/2k)) / (1 + exp(θ/k − π/2k)).
    """
    norms = np.linalg.norm(inputs, axis=1)[:, None] * np.linalg.norm(weights, axis=1)
    theta = np.arccos(inputs @ weights.T / norms)
    if angle == "linear":
        return -2 / np.pi * theta + 1
    if angle == "cosine":
        return np.cos(theta)
    end = np.exp(-np.pi / (2 * k))
    inner = np.exp(theta / k - np.pi / (2 * k))
    return (1 + end) / (1 - end) * (1 - inner) / (1 + inner)


@pytest.mark.parametrize("angle", ["cosine", "linear", "sigmoid"])
@pytest.mark.parametrize("k", [0.1, 0.3, 2.0])
def test_an_angular_layer_agrees_with_its_source_after_training_steps(angle, k):
    torch.manual_seed(0)
    layer, inputs = AngularLinear(6, 4, angle, k).double(), torch.randn(50, 6, dtype=torch.float64)
    optimiser = torch.optim.SGD(layer.parameters(), lr=0.1)
    for _ in range(5):
        optimiser.zero_grad()
        layer(inputs).square().mean().backward()
        optimiser.step()
    # The weights as they were trained, which the source divides by their norms; gains are ours.
    trained = layer.parametrizations.weights.original.detach().numpy()
    gains = layer.gains.detach().numpy()
    expected = gains * _sphere_conv(inputs.numpy(), trained, angle, k)
    assert layer(inputs).detach().numpy() == pytest.approx(expected, rel=1e-9, abs=1e-9)
