"""Geometry of the Poincaré ball of curvature −1, in torch: maps, distances and Lorentz coordinates.

A point is a vector of Euclidean norm below 1, along the last axis of a tensor. Its hyperbolic radius, the hyperbolic
distance from the origin, is 2·artanh of its norm. Functions keep the dtype of their arguments and broadcast over the
leading axes. No function returns a norm above `max_norm(dtype)`, except `mobius_add`, which is not clipped.
"""

import math
from typing import Any

import torch
from torch import Tensor

MIN_SQUARED_RATIO = 1e-15
"""Lower bound of x in `training_dist`, so that the gradient at u = v is finite."""

MAX_RADIUS = 12.0
"""The largest hyperbolic radius that float32 represents well; gensim's default epsilon is at radius 12.2."""


def max_norm(dtype: torch.dtype) -> float:
    """The largest norm of a point: 100 machine epsilons below 1 (hyperbolic radius 12.0 in float32, 32 in float64).

    At this norm 1 − ‖x‖², the denominator of every distance, still has two significant digits.
    """
    return 1.0 - 100.0 * torch.finfo(dtype).eps


def norm_of_radius(radius: float) -> float:
    """The Euclidean norm of a point at hyperbolic radius r: tanh(r/2)."""
    return math.tanh(radius / 2)


def radius_of_norm(norm: float) -> float:
    """The hyperbolic radius of a point of Euclidean norm ‖x‖ < 1: 2·artanh(‖x‖)."""
    return 2 * math.atanh(norm)


def expmap0(tangent: Tensor) -> Tensor:
    """The exponential map at the origin, tanh(‖v‖)·v/‖v‖; the point has hyperbolic radius 2‖v‖.

    Ganea et al. 2018, Hyperbolic Neural Networks, lemma 2. The point and its gradient are finite for every v whose norm
    is finite in its dtype.

    Args:
        tangent: tangent vectors (..., d).

    Returns:
        Points (..., d).
    """
    norm = _norm(tangent).clamp_min(torch.finfo(tangent.dtype).tiny)  # (..., 1)
    length = norm.tanh().clamp_max(max_norm(tangent.dtype))
    return tangent * (length / norm)


def logmap0(point: Tensor) -> Tensor:
    """The logarithmic map at the origin, artanh(‖x‖)·x/‖x‖, the inverse of `expmap0`.

    Args:
        point: points (..., d).

    Returns:
        Tangent vectors (..., d).
    """
    norm = _norm(point).clamp(torch.finfo(point.dtype).tiny, max_norm(point.dtype))  # (..., 1)
    return point * (norm.atanh() / norm)


def project(points: Tensor, max_radius: float) -> Tensor:
    """Points (..., d) scaled back along their direction to hyperbolic radius at most R: x·min(1, tanh(R/2)/‖x‖)."""
    bound = min(norm_of_radius(max_radius), max_norm(points.dtype))
    return points * (bound / _norm(points).clamp_min(bound))


def mobius_add(u: Tensor, v: Tensor) -> Tensor:
    """The Möbius sum u ⊕ v (..., d), the translation that takes the origin to u, applied to v.

    Ganea et al. 2018, Hyperbolic Neural Networks, equation 4.
    """
    product = (u * v).sum(-1, keepdim=True)
    squared_u, squared_v = u.square().sum(-1, keepdim=True), v.square().sum(-1, keepdim=True)
    numerator = (1 + 2 * product + squared_v) * u + (1 - squared_u) * v
    return numerator / (1 + 2 * product + squared_u * squared_v)


def dist(u: Tensor, v: Tensor) -> Tensor:
    """Hyperbolic distances arcosh(1 + 2x) with x = |u−v|²/((1−|u|²)(1−|v|²)), computed as 2·arsinh(√x).

    In this form nothing cancels for small distances. The gradient at u = v does not exist; use `training_dist` in a
    loss.

    Args:
        u: points (..., d).
        v: points (..., d), which broadcast against `u`.

    Returns:
        Distances (...), of the dtype of the points.
    """
    return 2 * _squared_ratio(u, v).sqrt().asinh()


def training_dist(u: Tensor, v: Tensor) -> Tensor:
    """Hyperbolic distances as `dist` computes them, with x at least `MIN_SQUARED_RATIO`: the gradient at u = v is 0."""
    return 2 * _squared_ratio(u, v).clamp_min(MIN_SQUARED_RATIO).sqrt().asinh()


def dist0(u: Tensor) -> Tensor:
    """Hyperbolic radii (...) of points (..., d): their distances from the origin, 2·artanh(‖u‖)."""
    return 2 * _norm(u).squeeze(-1).clamp_max(max_norm(u.dtype)).atanh()


def gromov_product(u: Tensor, v: Tensor) -> Tensor:
    """Gromov products (d(0,u) + d(0,v) − d(u,v)) / 2: how far the geodesics from the origin to both run together.

    Gromov 1987, Hyperbolic Groups, section 1.1. In a tree, it is the depth of the lowest common ancestor of both.

    Args:
        u: points (..., d).
        v: points (..., d), which broadcast against `u`.

    Returns:
        Products (...), at least 0 and at most the smaller of both radii.
    """
    return (dist0(u) + dist0(v) - dist(u, v)) / 2


def lorentz(points: Tensor) -> Tensor:
    """Coordinates (..., d + 1) on the hyperboloid of points (..., d) of the ball: (1 + |v|², 2v) / (1 − |v|²).

    The time coordinate is first. The Lorentzian inner product of two such vectors is −cosh of the distance.
    """
    squared = points.square().sum(-1, keepdim=True)  # (..., 1)
    return torch.cat((1 + squared, 2 * points), -1) / (1 - squared)


def pairwise_training_dist(queries: Tensor, concepts: Tensor) -> Tensor:
    """Hyperbolic distances of every query from every concept by one matrix product, for training.

    cosh d = −⟨L(u), L(v)⟩ loses precision as the coordinates grow: in float32 the distance of coincident points has an
    error of 0.01 at radius 3 and of 0.2 at radius 6; distant points keep five digits. cosh²d − 1 is bounded below by
    the rounding error, so that the gradient is finite everywhere. Use `dist` in float64 to rank concepts.

    Args:
        queries: points (B, d).
        concepts: points (N, d).

    Returns:
        Distances (B, N).
    """
    flipped = lorentz(concepts) * _minkowski_signs(concepts)  # (N, d + 1)
    return _arcosh(lorentz(queries) @ flipped.T)


class _Arcosh(torch.autograd.Function):
    """arcosh(c) = log(c + √(c² − 1)), with derivative 1/√(c² − 1); the backward pass reuses the root."""

    @staticmethod
    def forward(ctx: Any, cosh: Tensor) -> Tensor:  # noqa: ANN401
        # If c is within rounding error of 1, c² − 1 is noise of the size of eps.
        floor = 8 * torch.finfo(cosh.dtype).eps
        root = torch.addcmul(cosh.new_full((), -1.0), cosh, cosh).clamp_min_(floor).sqrt_()
        ctx.save_for_backward(root)
        distances: Tensor = torch.log_(root + cosh.clamp_min(1.0))
        return distances

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:  # noqa: ANN401
        (root,) = ctx.saved_tensors
        input_grad: Tensor = grad / root
        return input_grad


def _arcosh(cosh: Tensor) -> Tensor:
    distances: Tensor = _Arcosh.apply(cosh)  # type: ignore[no-untyped-call]
    return distances


def _minkowski_signs(points: Tensor) -> Tensor:
    """The vector (1, −1, …, −1), (d + 1,): multiplying by it turns a dot product into minus the Lorentzian product."""
    signs = points.new_full((points.shape[-1] + 1,), -1.0)
    signs[0] = 1.0
    return signs


def _norm(x: Tensor) -> Tensor:
    norm: Tensor = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
    return norm


def _squared_ratio(u: Tensor, v: Tensor) -> Tensor:
    squared_difference = (u - v).square().sum(-1)
    return squared_difference / ((1 - u.square().sum(-1)) * (1 - v.square().sum(-1)))
