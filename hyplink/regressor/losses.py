"""The losses, their targets spread a little over the hierarchy, and the concepts that a step compares."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from hyplink.ontology import Ontology

NEAR = 3
"""How many is-a steps away a concept may be to get a share of a target."""

MOST_NEIGHBOURS = 32


@dataclass(frozen=True)
class HierarchyTargets:
    """For each concept the near ones and their shares of its target: softmax of −tree distance, itself left out.

    Attributes:
        neighbours: concept indices int64 (N, m), padded with 0.
        shares: float32 (N, m); a row sums to 1, or to 0 for a concept with nothing near.
    """

    neighbours: Tensor
    shares: Tensor

    @classmethod
    def of(cls, ontology: Ontology) -> "HierarchyTargets":
        """The targets of every concept, the nearest `MOST_NEIGHBOURS` of each, ties by index."""
        neighbours = np.zeros((len(ontology), MOST_NEIGHBOURS), np.int64)
        shares = np.zeros((len(ontology), MOST_NEIGHBOURS), np.float32)
        for row, concept_id in enumerate(ontology.concept_ids):
            near = _near(concept_id, ontology)
            steps = sorted((far, ontology.index_of[other]) for other, far in near.items() if other != concept_id)
            for column, (far, index) in enumerate(steps[:MOST_NEIGHBOURS]):
                neighbours[row, column], shares[row, column] = index, np.exp(-far)
        shares /= np.maximum(shares.sum(axis=1, keepdims=True), 1e-12)
        return cls(torch.from_numpy(neighbours), torch.from_numpy(shares))

    def drawn(self, concepts: Tensor, generator: torch.Generator) -> Tensor:
        """For each of some concepts (B,) a near one, drawn by its share; the concept itself where nothing is near."""
        shares = self.shares[concepts]  # (B, m)
        alone = shares.sum(1) == 0
        columns = torch.multinomial(torch.where(alone[:, None], 1.0, shares), 1, generator=generator)  # (B, 1)
        near = self.neighbours[concepts].gather(1, columns).squeeze(1)
        return torch.where(alone, concepts, near)


def _near(concept_id: str, ontology: Ontology) -> dict[str, int]:
    """The concepts at most `NEAR` steps away, or only as far away as it takes to have enough.

    Below a concept with thousands of children each of them is near all the others.
    """
    near: dict[str, int] = {}
    for distance in range(1, NEAR + 1):
        near = ontology.near_concepts(concept_id, distance)
        if len(near) > MOST_NEIGHBOURS:
            break
    return near


@dataclass(frozen=True)
class Choice:
    """The concepts that a step compares its outputs with.

    Attributes:
        concepts: their indices int64 (M,), or None for all in order.
        right: column of each example's right concept (B,).
        near: column of the near concept that shares its target (B,).
        log_weights: log of how many concepts each column stands for, float32 (M,), or None where each is itself.
    """

    concepts: Tensor | None
    right: Tensor
    near: Tensor
    log_weights: Tensor | None


def choice_of(right: Tensor, near: Tensor, n_concepts: int, n_random: int, generator: torch.Generator) -> Choice:
    """The concepts of a step: its own and `n_random` others, or all where there are few.

    A concept drawn at random stands for n_concepts / n_random of its kind, so that the sum over the drawn ones
    estimates the sum over all (sampled softmax; Bengio & Senécal 2008).

    Args:
        right: the right concepts of the examples (B,).
        near: the concepts that share their targets (B,).
        n_concepts: how many there are.
        n_random: how many are drawn.
        generator: of the draw.
    """
    if n_concepts <= n_random + len(right):
        return Choice(None, right, near, None)
    own, columns = torch.unique(torch.cat([right, near]), return_inverse=True)
    others = torch.randint(n_concepts, (n_random,), generator=generator)
    others = others[~torch.isin(others, own)]
    log_weights = torch.zeros(len(own) + len(others))
    log_weights[len(own) :] = math.log((n_concepts - len(own)) / max(len(others), 1))
    return Choice(torch.cat([own, others]), columns[: len(right)], columns[len(right) :], log_weights)


def softmax_loss(logits: Tensor, choice: Choice, weights: Tensor, smoothing: float) -> Tensor:
    """Weighted mean cross-entropy of a softmax over the concepts of a step.

    Args:
        logits: (B, M), a column for each concept of the choice.
        choice: which concepts are right.
        weights: of the examples (B,).
        smoothing: the share of each target that goes to the near concept.
    """
    if choice.log_weights is not None:
        logits = logits + choice.log_weights
    log_probabilities = logits.log_softmax(-1)
    right = log_probabilities.gather(1, choice.right[:, None]).squeeze(1)  # (B,)
    near = log_probabilities.gather(1, choice.near[:, None]).squeeze(1)
    return weighted_mean(torch.lerp(-right, -near, smoothing), weights)


def ranking_loss(distances: Tensor, choice: Choice, weights: Tensor, smoothing: float, margin: float) -> Tensor:
    """Weighted mean of max(0, margin + d(target) − d(other)), the mean over the concepts that are no target.

    After the ranking loss of Nickel & Kiela 2017 in its margin form. The near concept that shares a target is no
    other of the right one.

    Args:
        distances: (B, M), a column for each concept of the choice.
        choice: which concepts are right.
        weights: of the examples (B,).
        smoothing: the share of each target that goes to the near concept.
        margin: by how much the others shall be farther off than the target.
    """
    targets = torch.stack([choice.right, choice.near], 1)  # (B, 2)
    others = torch.ones_like(distances).scatter(1, targets, 0.0)
    right, near = distances.gather(1, targets)[:, :, None].unbind(1)  # (B, 1) each
    short_of_margin = torch.lerp((margin + right - distances).relu(), (margin + near - distances).relu(), smoothing)
    return weighted_mean((others * short_of_margin).sum(1) / others.sum(1).clamp_min(1), weights)


def distance_loss(right: Tensor, near: Tensor, weights: Tensor, smoothing: float, power: int) -> Tensor:
    """Weighted mean of d(target)^power: it draws outputs to their concepts and pushes them from none.

    Args:
        right: distances from the right concepts (B,).
        near: distances from the near concepts that share the targets (B,).
        weights: of the examples (B,).
        smoothing: the share of each target that goes to the near concept.
        power: 1 or 2.
    """
    return weighted_mean(torch.lerp(right**power, near**power, smoothing), weights)


def clustering_loss(logits: Tensor, log_weights: Tensor | None, gamma: float) -> Tensor:
    """Mean entropy of assignments to concepts minus γ times the entropy of the mean assignment, in nats.

    After Jensen et al. 2020: each mention shall be sure of its concept, all together shall mean many. A column that
    stands for w concepts counts in an entropy as w of them with equal shares, so that the entropy over the concepts
    of a step estimates that over all.

    Args:
        logits: (B, M), a column for each concept of the step.
        log_weights: log of how many concepts each column stands for (M,), or None where each is itself.
        gamma: weight of the spread.
    """
    weights = logits.new_zeros(logits.shape[1]) if log_weights is None else log_weights
    log_shares = (logits + weights).log_softmax(-1)
    mean = log_shares.logsumexp(0) - math.log(len(logits))  # (M,)
    return _entropy(log_shares, weights).mean() - gamma * _entropy(mean, weights)


def _entropy(log_shares: Tensor, log_weights: Tensor) -> Tensor:
    """The entropies (...,) of shares given by their logarithms (..., M), of columns that stand for several each."""
    return (log_shares.exp() * (log_weights - log_shares)).sum(-1)


def weighted_mean(values: Tensor, weights: Tensor) -> Tensor:
    """The mean () of values (B,) with weights (B,)."""
    return (weights * values).sum() / weights.sum()
