"""The optimisers of a tuned model, and their state as tensors for a checkpoint."""

import math
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from hyplink.regressor.points_adam import PointsAdam
from hyplink.tuning.model import TunedModel

WEIGHT_DECAY = 0.01

HEAD_LR = 2e-3
"""Learning rate of the head and of the inverse temperature."""

POINTS_LR = 0.03
"""Learning rate of the concept points."""

MAX_GRADIENT_NORM = 1.0
"""Gradients of the transformer are scaled down to this norm."""

WARM_UP = 0.1
"""Share of all steps in which the learning rates rise linearly."""


class TuningOptimisers:
    """AdamW for the transformer, its head and the temperature; Riemannian Adam for the points of the concepts.

    All learning rates rise linearly and then decay to 0 along a cosine.

    Args:
        lr: learning rate of the transformer.
        model: with its head and space.
        n_steps: number of all steps.
        scale: factor of all learning rates.
    """

    def __init__(self, lr: float, model: TunedModel, n_steps: int, scale: float = 1.0) -> None:
        of_space = [each for each in model.space.parameters() if each.requires_grad]
        self._transformer = list(model.network.parameters())
        self._euclidean = torch.optim.AdamW(
            [
                {"params": self._transformer, "lr": lr},
                {"params": [*model.head.parameters(), *(each for each in of_space if not each.ndim)], "lr": HEAD_LR},
            ],
            weight_decay=WEIGHT_DECAY,
        )
        self.of_points = [PointsAdam(each, POINTS_LR) for each in of_space if each.ndim]
        self._all: list[torch.optim.Optimizer] = [self._euclidean, *self.of_points]
        self._initial = [[scale * group["lr"] for group in each.param_groups] for each in self._all]
        self._n_steps = n_steps

    def step(self, number: int) -> None:
        """Takes the step with this number, counted from 0, along the gradients, and clears them."""
        nn.utils.clip_grad_norm_(self._transformer, MAX_GRADIENT_NORM)
        factor = self._factor(number)
        for optimiser, initial in zip(self._all, self._initial, strict=True):
            for group, lr in zip(optimiser.param_groups, initial, strict=True):
                group["lr"] = lr * factor
            optimiser.step()
            optimiser.zero_grad()

    def _factor(self, number: int) -> float:
        warm_up = max(1, round(WARM_UP * self._n_steps))
        return min(1.0, (number + 1) / warm_up) * (0.5 + 0.5 * math.cos(math.pi * min(1.0, number / self._n_steps)))

    def tensors(self) -> dict[str, Tensor]:
        """The state of all optimisers by name."""
        return dict(self._named_tensors())

    def _named_tensors(self) -> Iterator[tuple[str, Tensor]]:
        for number, state in self._euclidean.state_dict()["state"].items():
            for name, value in state.items():
                yield f"adamw.{number}.{name}", value
        for number, optimiser in enumerate(self.of_points):
            for name, value in optimiser.tensors().items():
                yield f"points.{number}.{name}", value

    def restore(self, tensors: dict[str, Tensor]) -> None:
        """Restores the state that `tensors` gave."""
        states: dict[int, dict[str, Tensor]] = {}
        of_points: dict[int, dict[str, Tensor]] = {}
        for key, value in tensors.items():
            optimiser, number, name = key.split(".")
            (states if optimiser == "adamw" else of_points).setdefault(int(number), {})[name] = value
        groups = self._euclidean.state_dict()["param_groups"]
        self._euclidean.load_state_dict({"state": states, "param_groups": groups})
        for place, state in of_points.items():
            self.of_points[place].restore(state)
