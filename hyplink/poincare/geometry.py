"""The Poincaré ball of curvature −1, in torch: maps, distances and Lorentz coordinates.

A point is a vector of Euclidean norm below 1, along the last axis of a tensor. Its hyperbolic radius, its distance
from the origin, is 2·artanh of that norm. Functions keep the dtype of what they are given and broadcast over the
leading axes. The boundary margin is chosen here, once: no function returns a norm above `max_norm(dtype)`.
"""

import math
from typing import Any

import torch
from torch import Tensor

SQUARED_FLOOR = 1e-15
"""Smallest x of `training_dist`, so that the gradient at u = v is finite."""


def max_norm(dtype: torch.dtype) -> float:
    """The greatest norm of a point: 100 rounding errors below 1 (hyperbolic radius 12.0 in float32, 32 in float64).

    There 1 − ‖x‖², by which every distance divides, still holds two digits.
    """
    return 1.0 - 100.0 * torch.finfo(dtype).eps


def norm_of_radius(radius: float) -> float:
    """The Euclidean norm of points at a hyperbolic distance from the origin: tanh(r/2)."""
    return math.tanh(radius / 2)


def radius_of_norm(norm: float) -> float:
    """The hyperbolic distance from the origin of points of a Euclidean norm below 1: 2·artanh(‖x‖)."""
    return 2 * math.atanh(norm)


def expmap0(tangent: Tensor) -> Tensor:
    """The point that a tangent vector at the origin leads to: tanh(‖v‖)·v/‖v‖, at hyperbolic radius 2‖v‖.

    Ganea et al. 2018, Hyperbolic Neural Networks, lemma 2. Finite, with a finite gradient, for any finite vector.
    """
    norm = _norm(tangent).clamp_min(torch.finfo(tangent.dtype).tiny)  # (..., 1)
    length = norm.tanh().clamp_max(max_norm(tangent.dtype))
    return tangent * (length / norm)


def logmap0(point: Tensor) -> Tensor:
    """The tangent vector at the origin that leads to a point: artanh(‖x‖)·x/‖x‖, the inverse of `expmap0`."""
    norm = _norm(point).clamp(torch.finfo(point.dtype).tiny, max_norm(point.dtype))  # (..., 1)
    return point * (norm.atanh() / norm)


def project(points: Tensor, max_radius: float) -> Tensor:
    """The points drawn back along their own direction to a greatest hyperbolic radius: x·min(1, r/‖x‖)."""
    greatest = min(norm_of_radius(max_radius), max_norm(points.dtype))
    return points * (greatest / _norm(points).clamp_min(greatest))


def mobius_add(u: Tensor, v: Tensor) -> Tensor:
    """The translation of the ball that takes the origin to u, applied to v: u ⊕ v (Ganea et al. 2018, equation 4)."""
    product = (u * v).sum(-1, keepdim=True)
    squared_u, squared_v = u.square().sum(-1, keepdim=True), v.square().sum(-1, keepdim=True)
    moved = (1 + 2 * product + squared_v) * u + (1 - squared_u) * v
    return moved / (1 + 2 * product + squared_u * squared_v)


def dist(u: Tensor, v: Tensor) -> Tensor:
    """Hyperbolic distances arcosh(1 + 2x) as 2·arsinh(√x), x = |u−v|²/((1−|u|²)(1−|v|²)).

    Nothing cancels near 0. Its gradient at u = v does not exist; a loss takes `training_dist`.

    Args:
        u: points (..., d).
        v: points (..., d), which broadcast against `u`.

    Returns:
        Distances (...), of the dtype of the points.
    """
    return 2 * _squared_ratio(u, v).sqrt().asinh()


def training_dist(u: Tensor, v: Tensor) -> Tensor:
    """`dist` with x floored at 1e-15, so that the gradient is finite everywhere, and 0 at u = v."""
    return 2 * _squared_ratio(u, v).clamp_min(SQUARED_FLOOR).sqrt().asinh()


def dist0(u: Tensor) -> Tensor:
    """Hyperbolic distances (...) of points (..., d) from the origin: 2·artanh(‖u‖)."""
    return 2 * _norm(u).squeeze(-1).clamp_max(max_norm(u.dtype)).atanh()


def lorentz(points: Tensor) -> Tensor:
    """Lorentz coordinates (..., d + 1) of points (..., d) on the hyperboloid: ((1 + |v|²), 2v) / (1 − |v|²)."""
    squared = points.square().sum(-1, keepdim=True)  # (..., 1)
    return torch.cat((1 + squared, 2 * points), -1) / (1 - squared)


def pairwise_training_dist(queries: Tensor, concepts: Tensor) -> Tensor:
    """Distances of every query from every concept through one matrix product, for a training step.

    cosh d = −⟨L(u), L(v)⟩ loses digits as the product of the coordinates grows: at radius 3 a float32 distance is
    good to 0.01 and at radius 6 to 0.2 for points that coincide, and to five digits for points that do not.
    cosh²d − 1 is floored at the rounding error, so the gradient is finite everywhere. Links are decided by `dist` in
    float64 instead.

    Args:
        queries: points (B, d).
        concepts: points (N, d).

    Returns:
        Distances (B, N).
    """
    flipped = lorentz(concepts) * _time_reversal(concepts)  # (N, d + 1)
    return _arcosh(lorentz(queries) @ flipped.T)


class _Arcosh(torch.autograd.Function):
    """arcosh(c) = log(c + √(c² − 1)), whose root the backward pass uses again: d/dc = 1/√(c² − 1)."""

    @staticmethod
    def forward(ctx: Any, cosh: Tensor) -> Tensor:  # noqa: ANN401
        # c² − 1 of a c within rounding error of 1 is noise of the size of eps.
        floor = 8 * torch.finfo(cosh.dtype).eps
        root = torch.addcmul(cosh.new_full((), -1.0), cosh, cosh).clamp_min_(floor).sqrt_()
        ctx.save_for_backward(root)
        distances: Tensor = torch.log_(root + cosh.clamp_min(1.0))
        return distances

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:  # noqa: ANN401
        (root,) = ctx.saved_tensors
        slope: Tensor = grad / root
        return slope


def _arcosh(cosh: Tensor) -> Tensor:
    distances: Tensor = _Arcosh.apply(cosh)  # type: ignore[no-untyped-call]
    return distances


def _time_reversal(points: Tensor) -> Tensor:
    """The vector (1, −1, …, −1) (d + 1,) that turns an inner product into minus the Lorentzian one."""
    signs = points.new_full((points.shape[-1] + 1,), -1.0)
    signs[0] = 1.0
    return signs


def _norm(x: Tensor) -> Tensor:
    norm: Tensor = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
    return norm


def _squared_ratio(u: Tensor, v: Tensor) -> Tensor:
    difference = (u - v).square().sum(-1)
    return difference / ((1 - u.square().sum(-1)) * (1 - v.square().sum(-1)))
