"""The loss: a softmax over the concepts, its targets spread a little over the hierarchy."""

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
            near = ontology.near_concepts(concept_id, NEAR)
            steps = sorted((far, ontology.index_of[other]) for other, far in near.items() if other != concept_id)
            for column, (far, index) in enumerate(steps[:MOST_NEIGHBOURS]):
                neighbours[row, column], shares[row, column] = index, np.exp(-far)
        shares /= np.maximum(shares.sum(axis=1, keepdims=True), 1e-12)
        return cls(torch.from_numpy(neighbours), torch.from_numpy(shares))


def softmax_loss(logits: Tensor, concepts: Tensor, weights: Tensor, near: HierarchyTargets, smoothing: float) -> Tensor:
    """Weighted mean cross-entropy of a softmax over all concepts.

    Args:
        logits: (B, N).
        concepts: the right concepts (B,).
        weights: of the examples (B,).
        near: the concepts that share a target.
        smoothing: the share of each target that goes to them; it stays where nothing is near.
    """
    log_probabilities = logits.log_softmax(-1)
    right = log_probabilities.gather(1, concepts[:, None]).squeeze(1)  # (B,)
    if smoothing:
        shares = smoothing * near.shares[concepts]  # (B, m)
        spread = (shares * log_probabilities.gather(1, near.neighbours[concepts])).sum(1)
        right = (1 - shares.sum(1)) * right + spread
    return -(weights * right).sum() / weights.sum()
