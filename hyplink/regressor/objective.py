"""The training objective: the loss that the configuration selects, plus the clustering loss on unlabelled mentions."""

from dataclasses import dataclass

from torch import Tensor

from hyplink.config import FitSettings
from hyplink.regressor.losses import ConceptSample, clustering_loss, distance_loss, ranking_loss, softmax_loss
from hyplink.regressor.spaces import FlatSpace, Space

EXPONENTS = {"distance": 1, "squared-distance": 2}
"""The exponent of the distance in the losses that consist of it alone."""


@dataclass(frozen=True)
class Targets:
    """The training targets of a step.

    Attributes:
        gold: gold concept of each example, int64 (B,).
        neighbours: neighbour in the hierarchy that shares each target, int64 (B,).
        weights: weight of each example, float32 (B,).
        sample: the concepts that the outputs are compared with, including the targets.
    """

    gold: Tensor
    neighbours: Tensor
    weights: Tensor
    sample: ConceptSample


def loss_of(
    settings: FitSettings, space: Space, outputs: Tensor, targets: Targets, unlabelled: Tensor | None
) -> Tensor:
    """The loss () of a step.

    Args:
        settings: the settings of the regressor.
        space: compares outputs with concepts.
        outputs: outputs of the network for the examples, (B, output_dim).
        targets: their targets.
        unlabelled: outputs for unlabelled mentions, (U, output_dim), or None.
    """
    sample = targets.sample
    loss = _labelled_loss(settings, space, outputs, targets)
    if unlabelled is None:
        return loss
    logits = space.logits(unlabelled, sample.concepts)
    return loss + settings.clustering_weight * clustering_loss(logits, sample.log_weights, settings.clustering_gamma)


def _labelled_loss(settings: FitSettings, space: Space, outputs: Tensor, targets: Targets) -> Tensor:
    smoothing, sample = settings.hierarchy_smoothing, targets.sample
    if settings.loss in EXPONENTS and not isinstance(space, FlatSpace):
        gold, neighbour = space.distances_to(outputs, targets.gold), space.distances_to(outputs, targets.neighbours)
        return distance_loss(gold, neighbour, targets.weights, smoothing, EXPONENTS[settings.loss])
    if settings.loss == "ranking" and not isinstance(space, FlatSpace):
        distances = space.distances(outputs, sample.concepts)
        return ranking_loss(distances, sample, targets.weights, smoothing, settings.margin)
    return softmax_loss(space.logits(outputs, sample.concepts), sample, targets.weights, smoothing)
