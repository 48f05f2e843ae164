"""Training of the regressor: a generator that yields one record per epoch."""

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
from hyplink.regressor.heads import check_head_radius
from hyplink.regressor.layers import LastLayer
from hyplink.regressor.losses import ConceptSample, HierarchyTargets, sample_concepts
from hyplink.regressor.network import Network
from hyplink.regressor.objective import Targets, loss_of
from hyplink.regressor.points_adam import PointsAdam
from hyplink.regressor.regressor import Regressor
from hyplink.regressor.spaces import PoincareSpace, Space, space_of
from hyplink.regressor.whitening import Whitening

MAX_WARM_UP_STEPS = 100
"""Maximum number of steps in which the learning rates rise linearly."""

WEIGHT_DECAY = 0.01


@dataclass(frozen=True, slots=True)
class FitRecord:
    """The state of training after an epoch.

    Attributes:
        epoch: number of epochs done.
        losses: loss of each step of the epoch.
        seconds: time since the start of training.
        regressor: the regressor; training continues on the same object when the next record is requested.
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
    hierarchy_targets: HierarchyTargets,
    *,
    warm_start: Regressor | None = None,
    checks_head_radius: bool = True,
) -> Iterator[FitRecord]:
    """Trains a regressor and yields a record after each epoch; the last record holds the result.

    Euclidean parameters are trained with AdamW; parameters on a manifold (points of the ball, weights on the sphere)
    with Riemannian Adam (Bécigneul & Ganea 2019). All learning rates have a linear warm-up, over `MAX_WARM_UP_STEPS` or
    a tenth of all steps, and a cosine decay. The same settings, examples and number of threads give the same result.

    Args:
        settings: the settings of the regressor.
        examples: the training examples.
        points: initial points of the concepts in the ball, float64 (n_concepts, dim).
        hierarchy_targets: the neighbours that share the target of each concept.
        warm_start: a regressor in the same space, whose whitening, network and temperature training starts from; it is
            modified. None starts from random weights.
        checks_head_radius: whether to check that the points of the output head can reach all concepts.

    Raises:
        InputError: the maximum radius of the output head is less than that of the concepts.
    """
    torch.manual_seed(settings.seed)
    space = space_of(settings, points)
    if checks_head_radius and isinstance(space, PoincareSpace):
        check_head_radius(settings.head, space.concept_radius, space.max_radius.item())
    regressor = _new_regressor(settings, examples, space) if warm_start is None else warm_start.in_space(space)
    network, examples = regressor.network, examples.whitened(regressor.whitening)
    n_epochs = settings.n_epochs(len(examples))
    optimisers = _Optimisers(settings, regressor, n_epochs * math.ceil(len(examples) / settings.batch_size))
    generator = torch.Generator().manual_seed(settings.seed)
    start = time.perf_counter()
    for epoch in range(1, n_epochs + 1):
        network.train()
        losses = []
        for rows in torch.split(torch.randperm(len(examples), generator=generator), settings.batch_size):
            vectors, gold, weights = examples.batch(rows, generator)
            neighbours = hierarchy_targets.sample(gold, generator)
            unlabelled_vectors = examples.unlabelled_batch(settings.batch_size, generator)
            sample = sample_concepts(gold, neighbours, len(points), settings.random_concepts, generator)
            optimisers.catch_up(sample)
            unlabelled = None if unlabelled_vectors is None else network(unlabelled_vectors)
            targets = Targets(gold, neighbours, weights, sample)
            losses.append(optimisers.step(loss_of(settings, space, network(vectors), targets, unlabelled)))
        network.eval()
        optimisers.catch_up(None)
        yield FitRecord(epoch, tuple(losses), time.perf_counter() - start, regressor)


def _new_regressor(settings: FitSettings, examples: TrainingExamples, space: Space) -> Regressor:
    whitening = Whitening(examples.blocks)
    whitening.fit(examples.vectors())
    last = LastLayer(settings.layer, settings.angle, settings.angle_steepness)
    network = Network(sum(examples.blocks), settings.hidden, space.output_dim, last)
    return Regressor(whitening, network, space, examples.has_context)


class _Optimisers:
    """The optimisers of Euclidean parameters, of parameters on the sphere and of the concept points."""

    def __init__(self, settings: FitSettings, regressor: Regressor, n_steps: int) -> None:
        import geoopt  # slow to import, and linking does not need it

        of_network, of_space = list(regressor.network.parameters()), _trained_parameters(regressor.space)
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

    def catch_up(self, sample: ConceptSample | None) -> None:
        """Takes the deferred steps of the concept points in a sample, or of all."""
        for optimiser in self._of_points:
            optimiser.catch_up(sample.concepts if sample else None)

    def step(self, loss: Tensor) -> float:
        """Takes a step that reduces a loss (); returns its value."""
        for optimiser in self._all:
            optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        for optimiser in self._all:
            optimiser.step()
        for scheduler in self._schedulers:
            scheduler.step()
        return loss.item()


def _trained_parameters(space: Space) -> list[nn.Parameter]:
    return [parameter for parameter in space.parameters() if parameter.requires_grad]


class _Schedule:
    """The factor of the learning rates at each step: linear warm-up, for at most a tenth of all steps, times a cosine.

    Args:
        n_steps: number of all steps.
    """

    def __init__(self, n_steps: int) -> None:
        self._n_steps = n_steps
        self._warm_up = max(1, min(MAX_WARM_UP_STEPS, n_steps // 10))

    def __call__(self, step: int) -> float:
        return min(1.0, (step + 1) / self._warm_up) * (0.5 + 0.5 * math.cos(math.pi * min(1.0, step / self._n_steps)))
