"""Riemannian Adam for concept points whose gradients are sparse.

geoopt offers two optimisers for parameters on a manifold, and neither fits here:

- `RiemannianAdam` refuses sparse gradients, so that a step costs time and memory in proportion to the whole ontology.
- `SparseRiemannianAdam` is lazy Adam: a row without a gradient keeps its place, its first and its second moment until
  its next gradient. Its second moment then averages over the steps that sampled the row, not over all steps, and a
  concept that is rarely sampled gets a lower effective learning rate: with the same gradient every 100th step, a point
  travels half as far in 3,000 steps as with Adam. It also refuses dense gradients, which a step has that compares all
  concepts.

`PointsAdam` computes Adam's result at the cost of the rows that a step uses.
"""

from typing import Any

import torch
from torch import Tensor, nn

BETA_1 = 0.9
"""Decay rate of the first moment, the running mean of the gradient."""

BETA_2 = 0.999
"""Decay rate of the second moment, the running mean of the squared gradient."""

EPSILON = 1e-8
"""Added to the root of the second moment, against division by zero."""

STEP_DECAY = BETA_1 / BETA_2**0.5
"""Length of a step without a gradient relative to the step before it: the moments decay, and nothing is added."""


class PointsAdam(torch.optim.Optimizer):
    """Riemannian Adam (Bécigneul & Ganea 2019, Riemannian Adaptive Optimization Methods) with deferred steps.

    Adam moves every row at every step: without a gradient, a row continues in the direction of its first moment along
    one geodesic, and its steps form a geometric series of ratio `STEP_DECAY`. Here such steps are deferred. `catch_up`
    takes all of them at once, as the sum of the series, when the row is next used; the sum uses the learning rate and
    the bias corrections of that moment for all of them. Rows with a gradient at every step move as with geoopt's
    `RiemannianAdam`. There is no weight decay. Parameters without a manifold take the steps of Euclidean Adam, so that
    the Euclidean baseline is trained in the same way.

    Args:
        points: parameter (n_concepts, dim); its gradient is sparse, or dense where a step uses all rows.
        lr: learning rate.
    """

    def __init__(self, points: nn.Parameter, lr: float) -> None:
        import geoopt  # slow to import, and linking does not need it

        super().__init__([points], {"lr": lr})
        self._points = points
        self._manifold = points.manifold if isinstance(points, geoopt.ManifoldParameter) else geoopt.Euclidean()
        self._first_moment, self._second_moment = torch.zeros_like(points), torch.zeros_like(points)
        self._last_step = torch.zeros(len(points), dtype=torch.int64)  # step up to which each row has been moved
        self._n_steps = 0

    @property
    def _lr(self) -> float:
        lr: float = self.param_groups[0]["lr"]
        return lr

    @torch.no_grad()
    def catch_up(self, rows: Tensor | None = None) -> None:
        """Takes the deferred steps of some rows, int64 (M,), or of all rows."""
        rows = torch.arange(len(self._points)) if rows is None else torch.unique(rows)
        n_deferred = self._n_steps - self._last_step[rows]
        rows, n_deferred = rows[n_deferred > 0], n_deferred[n_deferred > 0, None]  # (m,), (m, 1)
        if not len(rows):
            return
        first, second = self._first_moment[rows], self._second_moment[rows]
        n_first_steps = STEP_DECAY * (1 - STEP_DECAY**n_deferred) / (1 - STEP_DECAY)  # sum of the geometric series
        tangent = -self._lr * n_first_steps * self._direction(first, second)
        self._points[rows], first = self._manifold.expmap_transp(self._points[rows], tangent, first)
        self._first_moment[rows], self._second_moment[rows] = first * BETA_1**n_deferred, second * BETA_2**n_deferred
        self._last_step[rows] = self._n_steps

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]  # noqa: ANN401
        """Moves the rows that have a gradient; `catch_up` must have been called for them since the last step.

        Raises:
            RuntimeError: the points have no gradient.
        """
        self._n_steps += 1
        rows, gradient = _rows_and_gradients(self._points.grad)
        points = self._points[rows]
        gradient = self._manifold.egrad2rgrad(points, gradient)
        first = torch.lerp(gradient, self._first_moment[rows], BETA_1)
        second = torch.lerp(self._manifold.component_inner(points, gradient), self._second_moment[rows], BETA_2)
        tangent = -self._lr * self._direction(first, second)
        self._points[rows], self._first_moment[rows] = self._manifold.retr_transp(points, tangent, first)
        self._second_moment[rows] = second
        self._last_step[rows] = self._n_steps

    def tensors(self) -> dict[str, Tensor]:
        """The state by name, for a checkpoint."""
        return {
            "first_moment": self._first_moment,
            "second_moment": self._second_moment,
            "last_step": self._last_step,
            "n_steps": torch.tensor(self._n_steps),
        }

    def restore(self, tensors: dict[str, Tensor]) -> None:
        """Restores the state that `tensors` gave."""
        self._first_moment, self._second_moment = tensors["first_moment"], tensors["second_moment"]
        self._last_step, self._n_steps = tensors["last_step"], int(tensors["n_steps"])

    def _direction(self, first: Tensor, second: Tensor) -> Tensor:
        """Adam's direction (m, dim): the bias-corrected first moment over the root of the second."""
        corrected_second = second / (1 - BETA_2**self._n_steps)
        return first / (1 - BETA_1**self._n_steps) / (corrected_second.sqrt() + EPSILON)


def _rows_and_gradients(gradient: Tensor | None) -> tuple[Tensor, Tensor]:
    """The distinct rows, int64 (m,), that a sparse or dense gradient covers, and their gradients (m, dim)."""
    if gradient is None:
        raise RuntimeError("the points have no gradient")
    if not gradient.is_sparse:
        return torch.arange(len(gradient)), gradient
    gradient = gradient.coalesce()
    return gradient.indices()[0], gradient.values()
