"""What a training step makes small: the loss of a configuration."""

from dataclasses import dataclass

from torch import Tensor

from hyplink.config import FitSettings
from hyplink.regressor.losses import Choice, clustering_loss, distance_loss, ranking_loss, softmax_loss
from hyplink.regressor.spaces import FlatSpace, Space


@dataclass(frozen=True)
class Targets:
    """What the outputs of a step should be near.

    Attributes:
        right: the right concepts int64 (B,).
        near: concepts near those in the hierarchy, which share the targets, int64 (B,).
        weights: of the examples, float32 (B,).
        choice: the concepts that the outputs are compared with, these among them.
    """

    right: Tensor
    near: Tensor
    weights: Tensor
    choice: Choice


def loss_of(
    settings: FitSettings, space: Space, outputs: Tensor, targets: Targets, unlabelled: Tensor | None
) -> Tensor:
    """The loss () of a step.

    Args:
        settings: the section `fit` of the configuration.
        space: where outputs are compared with concepts.
        outputs: of the network (B, output_dim).
        targets: what they should be near.
        unlabelled: outputs (U, output_dim) for mentions whose concepts are not known, or None.
    """
    choice = targets.choice
    loss = _loss_of_labelled(settings, space, outputs, targets)
    if unlabelled is None:
        return loss
    logits = space.logits(unlabelled, choice.concepts)
    return loss + settings.clustering_weight * clustering_loss(logits, choice.log_weights, settings.clustering_gamma)


def _loss_of_labelled(settings: FitSettings, space: Space, outputs: Tensor, targets: Targets) -> Tensor:
    smoothing, choice = settings.hierarchy_smoothing, targets.choice
    if settings.loss in POWERS and not isinstance(space, FlatSpace):
        right, near = space.distances_to(outputs, targets.right), space.distances_to(outputs, targets.near)
        return distance_loss(right, near, targets.weights, smoothing, POWERS[settings.loss])
    if settings.loss == "ranking" and not isinstance(space, FlatSpace):
        distances = space.distances(outputs, choice.concepts)
        return ranking_loss(distances, choice, targets.weights, smoothing, settings.margin)
    return softmax_loss(space.logits(outputs, choice.concepts), choice, targets.weights, smoothing)


POWERS = {"distance": 1, "squared-distance": 2}
"""The power of the distance in the losses that are nothing else; a flat softmax has no distances."""
