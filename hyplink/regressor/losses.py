"""Losses, hierarchy-smoothed targets, and the sample of concepts that a training step compares with."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from hyplink.ontology import Ontology

MAX_STEPS = 3
"""Maximum number of is-a steps between a concept and a neighbour that shares its target."""

MAX_NEIGHBOURS = 32
"""Maximum number of neighbours that share the target of a concept."""


@dataclass(frozen=True)
class HierarchyTargets:
    """The distribution over neighbours that hierarchy smoothing mixes into the target of each concept.

    The distribution is the softmax of minus the tree distance, over the nearest concepts without the concept itself.

    Attributes:
        neighbours: concept indices, int64 (n_concepts, m), padded with 0.
        probabilities: float32 (n_concepts, m); a row sums to 1, or to 0 for a concept without neighbours.
    """

    neighbours: Tensor
    probabilities: Tensor

    @classmethod
    def from_ontology(cls, ontology: Ontology) -> "HierarchyTargets":
        """The distributions of all concepts, each over at most `MAX_NEIGHBOURS` nearest concepts, ties by index."""
        neighbours = np.zeros((len(ontology), MAX_NEIGHBOURS), np.int64)
        probabilities = np.zeros((len(ontology), MAX_NEIGHBOURS), np.float32)
        for row, concept_id in enumerate(ontology.concept_ids):
            distances = _tree_distances(concept_id, ontology)
            nearest = sorted(
                (steps, ontology.index_of[other]) for other, steps in distances.items() if other != concept_id
            )
            for column, (steps, index) in enumerate(nearest[:MAX_NEIGHBOURS]):
                neighbours[row, column], probabilities[row, column] = index, np.exp(-steps)
        probabilities /= np.maximum(probabilities.sum(axis=1, keepdims=True), 1e-12)
        return cls(torch.from_numpy(neighbours), torch.from_numpy(probabilities))

    def sample(self, concepts: Tensor, generator: torch.Generator) -> Tensor:
        """A random neighbour of each concept (B,), int64 (B,); the concept itself if it has no neighbours."""
        probabilities = self.probabilities[concepts]  # (B, m)
        has_none = probabilities.sum(1) == 0
        weights = torch.where(has_none[:, None], 1.0, probabilities)
        columns = torch.multinomial(weights, 1, generator=generator)  # (B, 1)
        sampled = self.neighbours[concepts].gather(1, columns).squeeze(1)
        return torch.where(has_none, concepts, sampled)


def _tree_distances(concept_id: str, ontology: Ontology) -> dict[str, int]:
    """Tree distances of the nearest concepts: up to `MAX_STEPS`, or up to the distance that exceeds `MAX_NEIGHBOURS`.

    The second limit keeps this fast below a concept with thousands of children, which are all near one another.
    """
    distances: dict[str, int] = {}
    for steps in range(1, MAX_STEPS + 1):
        distances = ontology.near_concepts(concept_id, steps)
        if len(distances) > MAX_NEIGHBOURS:
            break
    return distances


@dataclass(frozen=True)
class ConceptSample:
    """The concepts that a training step compares its outputs with.

    Attributes:
        concepts: concept indices, int64 (M,), or None for all concepts in order.
        gold: column of each example's gold concept, int64 (B,).
        neighbours: column of the neighbour that shares each example's target, int64 (B,).
        log_weights: logarithm of the number of concepts that each column represents, float32 (M,); None if each
            represents only itself.
    """

    concepts: Tensor | None
    gold: Tensor
    neighbours: Tensor
    log_weights: Tensor | None


def sample_concepts(
    gold: Tensor, neighbours: Tensor, n_concepts: int, n_random: int, generator: torch.Generator
) -> ConceptSample:
    """The targets of a step and `n_random` random concepts, or all concepts if there are not many more.

    A random concept represents n_concepts / n_random concepts, so that the sum over the sample estimates the sum over
    all (importance sampling of the softmax; Bengio & Senécal 2008, Adaptive Importance Sampling to Accelerate Training
    of a Neural Probabilistic Language Model).

    Args:
        gold: gold concepts of the examples, int64 (B,).
        neighbours: neighbours that share their targets, int64 (B,).
        n_concepts: number of concepts.
        n_random: number of random concepts.
        generator: of the random concepts.
    """
    if n_concepts <= n_random + len(gold):
        return ConceptSample(None, gold, neighbours, None)
    targets, columns = torch.unique(torch.cat([gold, neighbours]), return_inverse=True)
    others = torch.randint(n_concepts, (n_random,), generator=generator)
    others = others[~torch.isin(others, targets)]
    log_weights = torch.zeros(len(targets) + len(others))
    log_weights[len(targets) :] = math.log((n_concepts - len(targets)) / max(len(others), 1))
    return ConceptSample(torch.cat([targets, others]), columns[: len(gold)], columns[len(gold) :], log_weights)


def softmax_loss(logits: Tensor, sample: ConceptSample, weights: Tensor, smoothing: float) -> Tensor:
    """Weighted mean cross-entropy () of a softmax over the concepts of a sample, with hierarchy smoothing.

    Args:
        logits: (B, M), a column for each concept of the sample.
        sample: the concepts and the targets.
        weights: of the examples, (B,).
        smoothing: share of each target that the neighbour has.
    """
    if sample.log_weights is not None:
        logits = logits + sample.log_weights
    log_probabilities = logits.log_softmax(-1)
    gold = log_probabilities.gather(1, sample.gold[:, None]).squeeze(1)  # (B,)
    neighbour = log_probabilities.gather(1, sample.neighbours[:, None]).squeeze(1)
    return weighted_mean(torch.lerp(-gold, -neighbour, smoothing), weights)


def ranking_loss(distances: Tensor, sample: ConceptSample, weights: Tensor, smoothing: float, margin: float) -> Tensor:
    """Weighted mean () of the hinge loss max(0, margin + d(target) − d(negative)), averaged over the negatives.

    This is the ranking loss of Nickel & Kiela 2017 in margin form. Neither the gold concept nor the neighbour that
    shares its target is a negative.

    Args:
        distances: (B, M), a column for each concept of the sample.
        sample: the concepts and the targets.
        weights: of the examples, (B,).
        smoothing: share of each target that the neighbour has.
        margin: a distance.
    """
    targets = torch.stack([sample.gold, sample.neighbours], 1)  # (B, 2)
    is_negative = torch.ones_like(distances).scatter(1, targets, 0.0)
    gold, neighbour = distances.gather(1, targets)[:, :, None].unbind(1)  # (B, 1) each
    hinge = torch.lerp((margin + gold - distances).relu(), (margin + neighbour - distances).relu(), smoothing)
    return weighted_mean((is_negative * hinge).sum(1) / is_negative.sum(1).clamp_min(1), weights)


def distance_loss(gold: Tensor, neighbour: Tensor, weights: Tensor, smoothing: float, exponent: int) -> Tensor:
    """Weighted mean () of d(target)^exponent. It has no negatives and is only for frozen concept points.

    Args:
        gold: distances from the gold concepts, (B,).
        neighbour: distances from the neighbours that share the targets, (B,).
        weights: of the examples, (B,).
        smoothing: share of each target that the neighbour has.
        exponent: 1 or 2.
    """
    return weighted_mean(torch.lerp(gold**exponent, neighbour**exponent, smoothing), weights)


def clustering_loss(logits: Tensor, log_weights: Tensor | None = None, gamma: float = 1.0) -> Tensor:
    """Mean entropy of the predictions for unlabelled mentions minus γ times the entropy of their mean, () in nats.

    Jensen et al. 2020: minimising it makes each prediction certain and spreads the predictions over many concepts. A
    column that represents w concepts counts in an entropy as w concepts of equal probability, so that the entropy over
    a sample estimates the entropy over all concepts.

    Args:
        logits: (B, M), a column for each concept of the sample.
        log_weights: logarithm of the number of concepts that each column represents, (M,); None if each represents only
            itself.
        gamma: weight γ of the entropy of the mean prediction.
    """
    weights = logits.new_zeros(logits.shape[1]) if log_weights is None else log_weights
    log_probabilities = (logits + weights).log_softmax(-1)
    log_mean = log_probabilities.logsumexp(0) - math.log(len(logits))  # (M,)
    return _entropy(log_probabilities, weights).mean() - gamma * _entropy(log_mean, weights)


def clustering_loss_of_probabilities(probabilities: Tensor, gamma: float = 1.0) -> Tensor:
    """The clustering loss () of predictions that are given as probabilities, (B, M), each row with the sum 1.

    A probability of 0 contributes nothing to an entropy; its gradient is 0. `clustering_loss` is more precise where
    logits are known, because a small probability loses digits or underflows.

    Args:
        probabilities: (B, M), a column for each concept.
        gamma: weight γ of the entropy of the mean prediction.
    """
    positive = probabilities.clamp_min(torch.finfo(probabilities.dtype).tiny)
    mean_entropy: Tensor = torch.special.entr(positive).sum(-1).mean()
    loss: Tensor = mean_entropy - gamma * torch.special.entr(positive.mean(0)).sum()
    return loss


def _entropy(log_probabilities: Tensor, log_weights: Tensor) -> Tensor:
    """The entropies (...) of log probabilities (..., M) of columns that represent exp(log_weights) concepts each."""
    return (log_probabilities.exp() * (log_weights - log_probabilities)).sum(-1)


def weighted_mean(values: Tensor, weights: Tensor) -> Tensor:
    """The mean () of values (B,) with weights (B,)."""
    return (weights * values).sum() / weights.sum()
