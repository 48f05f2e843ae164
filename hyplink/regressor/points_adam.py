"""Riemannian Adam for the concepts' points, which costs what a step touches and not what the ontology holds."""

from typing import Any

import torch
from torch import Tensor, nn

KEPT = 0.9
"""The share of the mean gradient that a step keeps: Adam's β₁."""

SQUARES_KEPT = 0.999
"""The share of the mean squared gradient that a step keeps: Adam's β₂."""

EPSILON = 1e-8

FADING = KEPT / SQUARES_KEPT**0.5
"""How much shorter each step of a point is than its last while it has no gradient."""


class PointsAdam(torch.optim.Optimizer):
    """Riemannian Adam (Bécigneul & Ganea 2019) that moves a point when it is looked at.

    Adam moves each point at each step, also where the step has no gradient for it: by its momentum, along one geodesic,
    by ever less. Such steps are a geometric series, so all of them are taken at once, when the point is next asked for
    with `bring_up`. That comes to the same, and a step of a large ontology is many times quicker. On parameters that
    are in no manifold this is Adam, so the Euclidean twin of the ball learns the same way.

    Args:
        points: the points (n_concepts, dim), whose gradient is sparse, or dense where a step looks at all.
        lr: the learning rate.
    """

    def __init__(self, points: nn.Parameter, lr: float) -> None:
        import geoopt  # linking does without it

        super().__init__([points], {"lr": lr})
        self._points = points
        self._manifold = points.manifold if isinstance(points, geoopt.ManifoldParameter) else geoopt.Euclidean()
        self._mean, self._squares = torch.zeros_like(points), torch.zeros_like(points)
        self._moved_at = torch.zeros(len(points), dtype=torch.int64)
        self._n_steps = 0

    @property
    def _lr(self) -> float:
        lr: float = self.param_groups[0]["lr"]
        return lr

    @torch.no_grad()
    def bring_up(self, rows: Tensor | None = None) -> None:
        """Moves some rows (M,), or all, to where Adam's steps without a gradient have taken them by now."""
        rows = torch.arange(len(self._points)) if rows is None else torch.unique(rows)
        waited = self._n_steps - self._moved_at[rows]
        rows, waited = rows[waited > 0], waited[waited > 0, None]  # (m,), (m, 1)
        if not len(rows):
            return
        mean, squares = self._mean[rows], self._squares[rows]
        way = -self._lr * FADING * (1 - FADING**waited) / (1 - FADING) * self._direction(mean, squares)
        self._points[rows], mean = self._manifold.expmap_transp(self._points[rows], way, mean)
        self._mean[rows], self._squares[rows] = mean * KEPT**waited, squares * SQUARES_KEPT**waited
        self._moved_at[rows] = self._n_steps

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]  # noqa: ANN401
        """Moves the points that have a gradient, which `bring_up` has brought up."""
        self._n_steps += 1
        rows, gradient = _rows_of(self._points.grad)
        here = self._points[rows]
        gradient = self._manifold.egrad2rgrad(here, gradient)
        mean = torch.lerp(gradient, self._mean[rows], KEPT)
        squares = torch.lerp(self._manifold.component_inner(here, gradient), self._squares[rows], SQUARES_KEPT)
        way = -self._lr * self._direction(mean, squares)
        self._points[rows], self._mean[rows] = self._manifold.retr_transp(here, way, mean)
        self._squares[rows] = squares
        self._moved_at[rows] = self._n_steps

    def _direction(self, mean: Tensor, squares: Tensor) -> Tensor:
        """Adam's: the mean gradient over the root of the mean square, both as if they had not begun at 0."""
        unbiased = squares / (1 - SQUARES_KEPT**self._n_steps)
        return mean / (1 - KEPT**self._n_steps) / (unbiased.sqrt() + EPSILON)


def _rows_of(gradient: Tensor | None) -> tuple[Tensor, Tensor]:
    """The rows (m,) that a gradient is of, each once, and their gradients (m, dim)."""
    if gradient is None:
        raise RuntimeError("the points have no gradient")
    if not gradient.is_sparse:
        return torch.arange(len(gradient)), gradient
    gradient = gradient.coalesce()
    return gradient.indices()[0], gradient.values()
