"""Output heads: map a network's output, an arbitrary vector, to a point of the Poincaré ball.

A point has a direction and a hyperbolic radius r; its Euclidean norm is tanh(r/2). Heads differ in how they compute the
two from an output. Heads without a maximum radius R of their own are bounded smoothly, by R·tanh(r/R): a softmax over
distances does not keep a point from moving ever closer to the boundary, where all its distances are large and similar,
and a hard bound would have no gradient in the radius beyond R. `project` and `tanh-project` do have a hard bound; they
are included because they are commonly tried.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from hyplink.errors import InputError
from hyplink.poincare.geometry import expmap0, max_norm, radius_of_norm

MIN_NORM = 1e-3
"""Lower bound of the norm by which a direction is divided, so that the gradient at 0 is finite."""

NORMALIZE_EPSILON = 1e-5
"""The default ε of `poincare_normalize`, as in TensorFlow Addons."""


@dataclass(frozen=True, slots=True)
class Head:
    """An output head.

    Attributes:
        to_points: points (..., d) of outputs (..., d + n_extra) and a maximum hyperbolic radius, which is a number or a
            tensor () of the same dtype.
        n_extra: number of coordinates of an output beyond the d of its point.
        own_max_radius: maximum hyperbolic radius of the formula itself; infinite if the argument of `to_points` bounds
            the radius.
    """

    to_points: Callable[[Tensor, Tensor | float], Tensor]
    n_extra: int = 0
    own_max_radius: float = math.inf

    def max_radius(self, max_radius: float, dtype: torch.dtype) -> float:
        """The maximum hyperbolic radius of this head's points in a dtype, given the argument of `to_points`."""
        if math.isinf(self.own_max_radius):
            return min(max_radius, radius_of_norm(max_norm(dtype)))
        return self.own_max_radius


def check_head_radius(name: str, concept_radius: float, max_radius: float) -> None:
    """Checks that the points of a head can reach all concepts.

    Args:
        name: a key of `HEADS`.
        concept_radius: maximum hyperbolic radius of a concept.
        max_radius: maximum hyperbolic radius given to the head.

    Raises:
        InputError: in float32, the precision of training, the head's maximum radius is less than `concept_radius`.
    """
    bound = HEADS[name].max_radius(max_radius, torch.float32)
    if bound < concept_radius:
        raise InputError(
            f"research.head {name}: its maximum hyperbolic radius is {bound:.2f}, but a concept is at radius "
            f"{concept_radius:.2f}; set train_ontology.max_radius below {bound:.1f}"
        )


def expmap0_points(outputs: Tensor, max_radius: Tensor | float) -> Tensor:
    """Points tanh(‖v‖)·v/‖v‖, the exponential map at the origin of outputs v, with radius r = 2‖v‖.

    Ganea et al. 2018, Hyperbolic Neural Networks, lemma 2.

    Args:
        outputs: (..., d).
        max_radius: R; hyperbolic radii are smoothly bounded by it.

    Returns:
        Points (..., d).
    """
    norm = _norm(outputs)
    return _at_radius(outputs, norm, 2 * norm, max_radius)


def polar_points(outputs: Tensor, max_radius: Tensor | float) -> Tensor:
    """Points tanh(r/2)·x/‖x‖ with r = softplus(s), where s is the last coordinate of an output and x the others.

    Args:
        outputs: (..., d + 1).
        max_radius: R; hyperbolic radii are smoothly bounded by it.

    Returns:
        Points (..., d).
    """
    directions, radii = outputs[..., :-1], outputs[..., -1:]
    return _at_radius(directions, _norm(directions, MIN_NORM), nn.functional.softplus(radii), max_radius)


def dhingra_points(outputs: Tensor, max_radius: Tensor | float) -> Tensor:
    """Points sigmoid(s)·x/‖x‖, where s is the last coordinate of an output and x the others.

    Dhingra et al. 2018, Embedding Text in Hyperbolic Spaces. The radius is 2·artanh(sigmoid(s)) = log(1 + 2eˢ), which
    is computed as softplus(s + log 2), because sigmoid(s) rounds to 1 for large s.

    Args:
        outputs: (..., d + 1).
        max_radius: R; hyperbolic radii are smoothly bounded by it.

    Returns:
        Points (..., d).
    """
    directions, radii = outputs[..., :-1], outputs[..., -1:]
    return _at_radius(directions, _norm(directions, MIN_NORM), nn.functional.softplus(radii + math.log(2)), max_radius)


def lorentz_points(outputs: Tensor, max_radius: Tensor | float) -> Tensor:
    """Points x/(1 + √(1 + ‖x‖²)), with radius r = arsinh‖x‖: the points (√(1 + ‖x‖²), x) of the hyperboloid.

    Nickel & Kiela 2018, Learning Continuous Hierarchies in the Lorentz Model of Hyperbolic Geometry.

    Args:
        outputs: (..., d).
        max_radius: R; hyperbolic radii are smoothly bounded by it.

    Returns:
        Points (..., d).
    """
    norm = _norm(outputs)
    return _at_radius(outputs, norm, norm.asinh(), max_radius)


def project_points(outputs: Tensor, _max_radius: Tensor | float) -> Tensor:
    """`poincare_normalize` of the outputs, whose gradient along the radius is 0 beyond norm 1 − ε."""
    return poincare_normalize(outputs, axis=-1)


def tanh_project_points(outputs: Tensor, max_radius: Tensor | float) -> Tensor:
    """`project_points` of the coordinate-wise tanh of the outputs, which lies in a cube around the ball."""
    return project_points(outputs.tanh(), max_radius)


def poincare_normalize(
    inputs: Tensor, axis: int | tuple[int, ...] | None = 1, epsilon: float = NORMALIZE_EPSILON
) -> Tensor:
    """Vectors scaled to norm at most 1 − ε: x if ‖x‖ ≤ 1 − ε, else (1 − ε)·x/‖x‖.

    The layer PoincareNormalize of TensorFlow Addons as a function, with the same arguments and defaults, after the
    projection of Nickel & Kiela 2017 (Poincaré Embeddings for Learning Hierarchical Representations). The gradient is
    finite everywhere, also at 0.

    Args:
        inputs: any tensor.
        axis: the axis or axes along which norms are computed; None for all axes.
        epsilon: ε, the distance from the unit sphere. Below the rounding error of the dtype (6e-8 in float32), vectors
            may be scaled to norm 1, which is at infinite hyperbolic distance.

    Returns:
        A tensor of the shape and dtype of the inputs.
    """
    bound = 1 - epsilon
    norms: Tensor = torch.linalg.vector_norm(inputs, dim=axis, keepdim=True)
    return inputs * (bound / norms.clamp_min(bound))


class PoincareNormalize(nn.Module):
    """`poincare_normalize` as a layer.

    Args:
        axis: the axis or axes along which norms are computed; None for all axes.
        epsilon: the distance of the maximum norm from 1.
    """

    def __init__(self, axis: int | tuple[int, ...] | None = 1, epsilon: float = NORMALIZE_EPSILON) -> None:
        super().__init__()
        self.axis, self.epsilon = axis, epsilon

    def forward(self, inputs: Tensor) -> Tensor:
        """The scaled inputs, of the same shape and dtype."""
        return poincare_normalize(inputs, self.axis, self.epsilon)


def _at_radius(vectors: Tensor, norm: Tensor, radius: Tensor, max_radius: Tensor | float) -> Tensor:
    """Points (..., d) in the direction of vectors (..., d) of norms (..., 1), at radius R·tanh(r/R) for r (..., 1)."""
    bounded = max_radius * torch.tanh(radius / max_radius)
    return expmap0(vectors * (bounded / 2 / norm))


def _norm(vectors: Tensor, minimum: float | None = None) -> Tensor:
    """Norms (..., 1) of vectors (..., d), at least `minimum` or the smallest normal number of the dtype."""
    floor = torch.finfo(vectors.dtype).tiny if minimum is None else minimum
    norm: Tensor = torch.linalg.vector_norm(vectors, dim=-1, keepdim=True)
    return norm.clamp_min(floor)


HEADS = {
    "expmap0": Head(expmap0_points),
    "polar": Head(polar_points, n_extra=1),
    "dhingra": Head(dhingra_points, n_extra=1),
    "project": Head(project_points, own_max_radius=radius_of_norm(1 - NORMALIZE_EPSILON)),
    "tanh-project": Head(tanh_project_points, own_max_radius=radius_of_norm(1 - NORMALIZE_EPSILON)),
    "lorentz": Head(lorentz_points),
}
"""The heads by their names in `research.head`."""
