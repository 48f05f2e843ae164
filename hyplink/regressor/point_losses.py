"""Losses of points of the ball that need no sample, no weights and no hierarchy, for networks of one's own."""

from torch import Tensor, nn

from hyplink.poincare.geometry import pairwise_training_dist, training_dist


def mean_distance(points: Tensor, targets: Tensor, exponent: int = 1) -> Tensor:
    """The mean () of d(point, target)^exponent, for targets that do not move.

    If the targets are trained too, all points and targets meet in one place; use `distance_softmax`.

    Args:
        points: (B, d), inside the ball.
        targets: the target of each point, (B, d).
        exponent: 1 or 2.
    """
    mean: Tensor = (training_dist(points, targets) ** exponent).mean()
    return mean


def distance_softmax(
    points: Tensor, concepts: Tensor, gold: Tensor, inverse_temperature: Tensor | float = 1.0
) -> Tensor:
    """The mean cross-entropy (), in nats, of the softmax over −τ·d(point, concept).

    Args:
        points: (B, d), inside the ball.
        concepts: the points of all concepts, (N, d).
        gold: the row of the right concept of each point, int64 (B,).
        inverse_temperature: τ, a number or a trained tensor ().
    """
    logits = -inverse_temperature * pairwise_training_dist(points, concepts)
    return nn.functional.cross_entropy(logits, gold)
