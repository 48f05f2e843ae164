"""The training loop: a generator that yields a record an epoch."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from hyplink.config import FitSettings
from hyplink.regressor.examples import TrainingExamples
from hyplink.regressor.heads import refuse_a_short_head
from hyplink.regressor.layers import LastLayer
from hyplink.regressor.losses import Choice, HierarchyTargets, choice_of
from hyplink.regressor.network import Network
from hyplink.regressor.objective import Targets, loss_of
from hyplink.regressor.points_adam import PointsAdam
from hyplink.regressor.regressor import Regressor
from hyplink.regressor.spaces import PoincareSpace, Space, space_of
from hyplink.regressor.whitening import Whitening

WARM_UP_STEPS = 100
WEIGHT_DECAY = 0.01


@dataclass(frozen=True, slots=True)
class FitRecord:
    """Where training stands after an epoch.

    Attributes:
        epoch: how many epochs are done.
        losses: of the epoch's steps.
        seconds: since training began.
        regressor: the regressor so far; it goes on learning when the next record is asked for.
    """

    epoch: int
    losses: tuple[float, ...]
    seconds: float
    regressor: Regressor

    @property
    def loss(self) -> float:
        """Mean loss of the epoch's steps."""
        return sum(self.losses) / len(self.losses)


def train_regressor(
    settings: FitSettings,
    examples: TrainingExamples,
    points: NDArray[np.float64],
    near: HierarchyTargets,
    *,
    former: Regressor | None = None,
    refuses_short_heads: bool = True,
) -> Iterator[FitRecord]:
    """Trains a regressor, yielding a record after each epoch; the last one holds the result.

    Euclidean weights learn with AdamW; what lies on a manifold, points of the ball and weights of the sphere, learns
    with Riemannian Adam (Bécigneul & Ganea 2019). All learning rates rise for 100 steps, or a tenth of few, and fall
    along a cosine. With the same settings, examples and number of threads the result is the same.

    Args:
        settings: the section `fit` of the configuration.
        examples: what to learn from.
        points: where the concepts start in the ball, float64 (n_concepts, dim).
        near: which concepts share a target.
        former: a regressor in the same space whose network to go on from; None begins anew.
        refuses_short_heads: False lets a study train a head whose points end before the farthest concept.

    Raises:
        InputError: the head's points end before the farthest concept.
    """
    torch.manual_seed(settings.seed)
    space = space_of(settings, points)
    if refuses_short_heads and isinstance(space, PoincareSpace):
        refuse_a_short_head(settings.head, space.farthest, space.reach.item())
    regressor = _new_regressor(settings, examples, space) if former is None else former.in_space(space)
    network, examples = regressor.network, examples.whitened(regressor.whitening)
    n_epochs = settings.n_epochs(len(examples))
    optimisers = _Optimisers(settings, regressor, n_epochs * math.ceil(len(examples) / settings.batch_size))
    generator = torch.Generator().manual_seed(settings.seed)
    start = time.perf_counter()
    for epoch in range(1, n_epochs + 1):
        network.train()
        losses = []
        for rows in torch.split(torch.randperm(len(examples), generator=generator), settings.batch_size):
            vectors, concepts, weights = examples.batch(rows, generator)
            neighbours = near.drawn(concepts, generator)
            others = examples.unlabelled_batch(settings.batch_size, generator)
            choice = choice_of(concepts, neighbours, len(points), settings.random_concepts, generator)
            optimisers.prepare(choice)
            unlabelled = None if others is None else network(others)
            targets = Targets(concepts, neighbours, weights, choice)
            losses.append(optimisers.step(loss_of(settings, space, network(vectors), targets, unlabelled)))
        network.eval()
        optimisers.finish()
        yield FitRecord(epoch, tuple(losses), time.perf_counter() - start, regressor)


def _new_regressor(settings: FitSettings, examples: TrainingExamples, space: Space) -> Regressor:
    whitening = Whitening(examples.blocks)
    whitening.fit(examples.vectors())
    last = LastLayer(settings.layer, settings.angle, settings.angle_steepness)
    network = Network(sum(examples.blocks), settings.hidden, space.output_dim, last)
    return Regressor(whitening, network, space, examples.have_context)


class _Optimisers:
    """The optimisers of what is Euclidean, of what lies on the sphere, and of the concepts' points."""

    def __init__(self, settings: FitSettings, regressor: Regressor, n_steps: int) -> None:
        import geoopt  # linking does without it

        of_network, of_space = list(regressor.network.parameters()), _learned(regressor.space)
        euclidean: list[dict[str, list[nn.Parameter] | float]] = [
            {"params": [each for each in of_network if not isinstance(each, geoopt.ManifoldParameter)]},
            {"params": [each for each in of_space if not each.ndim], "weight_decay": 0.0},
        ]
        sphere = {"params": [each for each in of_network if isinstance(each, geoopt.ManifoldParameter)]}
        self._of_points = [PointsAdam(each, settings.points_lr) for each in of_space if each.ndim]
        self._all = [
            torch.optim.AdamW(euclidean, lr=settings.lr, weight_decay=WEIGHT_DECAY),
            geoopt.optim.RiemannianAdam([sphere], lr=settings.lr),
            *self._of_points,
        ]
        self._schedulers = [torch.optim.lr_scheduler.LambdaLR(each, _Schedule(n_steps)) for each in self._all]

    def prepare(self, choice: Choice) -> None:
        """Takes the deferred steps of the points that the next step compares with."""
        for optimiser in self._of_points:
            optimiser.catch_up(choice.concepts)

    def step(self, loss: Tensor) -> float:
        """Makes a step that makes a loss smaller; gives the loss."""
        for optimiser in self._all:
            optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        for optimiser in self._all:
            optimiser.step()
        for scheduler in self._schedulers:
            scheduler.step()
        return loss.item()

    def finish(self) -> None:
        """Takes the deferred steps of all points."""
        for optimiser in self._of_points:
            optimiser.catch_up()


def _learned(space: Space) -> list[nn.Parameter]:
    return [parameter for parameter in space.parameters() if parameter.requires_grad]


class _Schedule:
    """The factor of a learning rate at a step: up in a line, for a tenth of all steps at most, down along a cosine."""

    def __init__(self, n_steps: int) -> None:
        self._n_steps = n_steps
        self._warm_up = max(1, min(WARM_UP_STEPS, n_steps // 10))

    def __call__(self, step: int) -> float:
        return min(1.0, (step + 1) / self._warm_up) * (0.5 + 0.5 * math.cos(math.pi * min(1.0, step / self._n_steps)))
