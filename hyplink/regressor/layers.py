"""Last layers of the network: linear, hyperbolic (Möbius) or hyperspherical (angular)."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrize import register_parametrization

from hyplink.errors import InputError
from hyplink.poincare.geometry import expmap0, logmap0, mobius_add

ANGLES = ("cosine", "linear", "sigmoid")
"""The response functions of angular layers."""

MIN_NORM = 1e-6
"""Lower bound of the norm by which inputs are divided: shorter inputs have responses near 0."""


@dataclass(frozen=True, slots=True)
class LastLayer:
    """The configuration of a network's last layer.

    Attributes:
        kind: `linear`, `mobius` or `angular`.
        angle: for `angular`, the response function: `cosine`, `linear` or `sigmoid`.
        steepness: for `sigmoid`, its parameter k.
    """

    kind: str
    angle: str
    steepness: float

    def build(self, n_in: int, n_out: int) -> nn.Module:
        """A new layer that maps inputs (B, n_in) to outputs (B, n_out)."""
        if self.kind == "mobius":
            return MobiusLinear(n_in, n_out)
        if self.kind == "angular":
            return AngularLinear(n_in, n_out, self.angle, self.steepness)
        return nn.Linear(n_in, n_out)


class MobiusLinear(nn.Module):
    """Hyperbolic linear layer M ⊗ y ⊕ b, whose input y = exp₀(x) and output are represented as tangent vectors at 0.

    Since M ⊗ exp₀(x) = exp₀(Mx), the layer computes log₀(exp₀(Mx) ⊕ b). Followed by the head `expmap0`, this is the
    layer of Ganea et al. 2018 (Hyperbolic Neural Networks, section 3.2). The bias b is a point of the ball and must be
    trained with a Riemannian optimiser.

    Args:
        n_in: dimension of the inputs.
        n_out: dimension of the outputs.
    """

    def __init__(self, n_in: int, n_out: int) -> None:
        import geoopt  # slow to import, and most networks do not need it

        super().__init__()
        self.linear = nn.Linear(n_in, n_out, bias=False)
        self.bias = geoopt.ManifoldParameter(torch.zeros(n_out), manifold=geoopt.PoincareBall())

    def forward(self, inputs: Tensor) -> Tensor:
        """Output tangent vectors (B, n_out) of input tangent vectors (B, n_in)."""
        return logmap0(mobius_add(expmap0(self.linear(inputs)), self.bias))


class AngularLinear(nn.Module):
    """Hyperspherical layer γ·g(θ), a function of the angle θ between input and weights (Liu et al. 2017).

    The paper is Deep Hyperspherical Learning; g is `angular_response`. The weight vector of a unit is a point of the
    unit sphere. A parametrization normalises the trained parameter, so that `weights` stays on the sphere with every
    optimiser; with a Riemannian optimiser the parameter itself stays there. The gains γ are trained because |g| ≤ 1
    would bound the radius of a point. They are initialised such that the responses to random inputs have the standard
    deviation of a linear layer's outputs.

    Args:
        n_in: dimension of the inputs, at least 2.
        n_out: number of units.
        angle: response function: `cosine`, `linear` or `sigmoid`.
        steepness: for `sigmoid`, its parameter k.

    Attributes:
        weights: unit vectors (n_out, n_in).

    Raises:
        InputError: `angle` is none of `ANGLES`.
    """

    weights: Tensor

    def __init__(self, n_in: int, n_out: int, angle: str = "cosine", steepness: float = 0.3) -> None:
        import geoopt  # slow to import, and most networks do not need it

        super().__init__()
        if angle not in ANGLES:
            raise InputError(f"angle must be {' or '.join(ANGLES)}, not {angle!r}")
        self.angle, self.steepness = angle, steepness
        weights = nn.functional.normalize(torch.randn(n_out, n_in), dim=1)
        self.weights = geoopt.ManifoldParameter(weights, manifold=geoopt.Sphere())
        register_parametrization(self, "weights", UnitRows())
        # The standard deviation of cosines of random vectors is 1/√n_in; that of a linear layer's outputs is 1/√3.
        gain = math.sqrt(n_in / 3) / _slope_at_right_angle(angle, steepness)
        self.gains = nn.Parameter(torch.full((n_out,), gain))

    def forward(self, inputs: Tensor) -> Tensor:
        """Responses (B, n_out) to inputs (B, n_in)."""
        return self.gains * angular_response(inputs, self.weights, self.angle, self.steepness)


class UnitRows(nn.Module):
    """Parametrization of a matrix whose rows are unit vectors."""

    def forward(self, matrix: Tensor) -> Tensor:
        """The matrix (m, n) with each row divided by its norm."""
        return nn.functional.normalize(matrix, dim=1)


def angular_response(inputs: Tensor, weights: Tensor, angle: str, steepness: float) -> Tensor:
    """Responses g(θ) to the angles θ between inputs and weights, from 1 (parallel) to −1 (opposite).

    Liu et al. 2017, Deep Hyperspherical Learning (SphereConv): `cosine` is cos θ, `linear` is 1 − 2θ/π and `sigmoid` is
    tanh((π/2 − θ)/2k) / tanh(π/4k), which is steeper for smaller k.

    Args:
        inputs: (B, n).
        weights: unit vectors (m, n).
        angle: `cosine`, `linear` or `sigmoid`.
        steepness: for `sigmoid`, its parameter k.

    Returns:
        Responses (B, m).
    """
    cosines = nn.functional.normalize(inputs, dim=-1, eps=MIN_NORM) @ weights.T
    if angle == "cosine":
        return cosines.clamp(-1, 1)
    complement = _arcsin(cosines)  # π/2 − θ
    if angle == "linear":
        return complement * (2 / math.pi)
    return torch.tanh(complement / (2 * steepness)) / math.tanh(math.pi / (4 * steepness))


def _arcsin(sines: Tensor) -> Tensor:
    """The arcsine of sines (...), clamped to [−1, 1]; the gradient at ±1, which is infinite, is replaced by 0."""
    inside = sines.abs() < 1
    return torch.where(inside, torch.where(inside, sines, 0.0).asin(), sines.sign() * (math.pi / 2))


def _slope_at_right_angle(angle: str, steepness: float) -> float:
    """The derivative of g with respect to cos θ at θ = π/2."""
    if angle == "cosine":
        return 1.0
    if angle == "linear":
        return 2 / math.pi
    return 1 / (2 * steepness * math.tanh(math.pi / (4 * steepness)))
