"""Layers: what a network ends in, before its output becomes a point."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from hyplink.poincare.geometry import expmap0, logmap0, mobius_add

SHORTEST = 1e-6
"""Norm below which an input has no angle: all its responses then go to 0 with it."""


@dataclass(frozen=True, slots=True)
class LastLayer:
    """The kind of a network's last layer.

    Attributes:
        kind: linear, mobius or angular.
        angle: for an angular layer: cosine, linear or sigmoid.
        steepness: k of the sigmoid.
    """

    kind: str
    angle: str
    steepness: float

    def build(self, n_in: int, n_out: int) -> nn.Module:
        """A layer with weights of its own: (B, n_in) -> (B, n_out)."""
        if self.kind == "mobius":
            return MobiusLinear(n_in, n_out)
        if self.kind == "angular":
            return AngularLinear(n_in, n_out, self.angle, self.steepness)
        return nn.Linear(n_in, n_out)


class MobiusLinear(nn.Module):
    """M ⊗ exp₀(x) ⊕ b, as tangent vectors at the origin: log₀(exp₀(Mx) ⊕ b), since M ⊗ exp₀(x) = exp₀(Mx).

    Ganea et al. 2018, Hyperbolic Neural Networks, section 3.2. The bias b is a point of the ball, which
    Riemannian Adam moves; followed by the head expmap0 this is the layer of the paper.
    """

    def __init__(self, n_in: int, n_out: int) -> None:
        import geoopt  # most networks do without it

        super().__init__()
        self.linear = nn.Linear(n_in, n_out, bias=False)
        self.bias = geoopt.ManifoldParameter(torch.zeros(n_out), manifold=geoopt.PoincareBall())

    def forward(self, inputs: Tensor) -> Tensor:
        """Tangent vectors (B, n_out) of tangent vectors (B, n_in)."""
        return logmap0(mobius_add(expmap0(self.linear(inputs)), self.bias))


class AngularLinear(nn.Module):
    """γ·g(θ): responses to the angle between input and weight, whatever the length of the input.

    Liu et al. 2017, Deep Hyperspherical Learning. The weights of a unit are a point of the sphere, to which Riemannian
    Adam brings them back after each step. The gains γ are learned: g alone would hold a radius below that of the
    farthest concept. They begin where responses to random inputs spread as a linear layer's do.

    Args:
        n_in: length of an input, at least 2.
        n_out: number of units.
        angle: cosine, linear or sigmoid.
        steepness: k of the sigmoid.
    """

    def __init__(self, n_in: int, n_out: int, angle: str, steepness: float) -> None:
        import geoopt  # most networks do without it

        super().__init__()
        self.angle, self.steepness = angle, steepness
        weights = nn.functional.normalize(torch.randn(n_out, n_in), dim=1)
        self.weights = geoopt.ManifoldParameter(weights, manifold=geoopt.Sphere())
        # Cosines of random vectors deviate by 1/√n; a linear layer's outputs by 1/√3.
        gain = math.sqrt(n_in / 3) / _slope_at_right_angles(angle, steepness)
        self.gains = nn.Parameter(torch.full((n_out,), gain))

    def forward(self, inputs: Tensor) -> Tensor:
        """Responses (B, n_out) to inputs (B, n_in)."""
        return self.gains * angular_response(inputs, self.weights, self.angle, self.steepness)


def angular_response(inputs: Tensor, weights: Tensor, angle: str, steepness: float) -> Tensor:
    """g(θ) of the angles θ between inputs and weights: 1 where they are parallel, −1 where they are opposite.

    After Liu et al. 2017, Deep Hyperspherical Learning: cos θ, the linear 1 − 2θ/π, or the sigmoid
    tanh((π/2 − θ)/2k) / tanh(π/4k), which a smaller k makes steeper.

    Args:
        inputs: (B, n).
        weights: unit vectors (m, n).
        angle: cosine, linear or sigmoid.
        steepness: k.

    Returns:
        Responses (B, m).
    """
    cosines = nn.functional.normalize(inputs, dim=-1, eps=SHORTEST) @ weights.T
    if angle == "cosine":
        return cosines.clamp(-1, 1)
    from_right_angle = _arcsin(cosines)  # π/2 − θ
    if angle == "linear":
        return from_right_angle * (2 / math.pi)
    return torch.tanh(from_right_angle / (2 * steepness)) / math.tanh(math.pi / (4 * steepness))


def _arcsin(sines: Tensor) -> Tensor:
    """arcsin, with the gradient 0 at the ends and beyond, where its slope is infinite."""
    inside = sines.abs() < 1
    return torch.where(inside, torch.where(inside, sines, 0.0).asin(), sines.sign() * (math.pi / 2))


def _slope_at_right_angles(angle: str, steepness: float) -> float:
    """How fast g grows with the cosine at θ = π/2."""
    if angle == "cosine":
        return 1.0
    if angle == "linear":
        return 2 / math.pi
    return 1 / (2 * steepness * math.tanh(math.pi / (4 * steepness)))
