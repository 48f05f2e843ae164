"""The accuracy of a regressor on dev mentions while it is trained."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from hyplink.regressor.regressor import Regressor

MAX_MENTIONS = 1000
"""Mentions that are measured; of more, as many at equal distances, so that an epoch takes hardly longer."""

LOGITS_AT_A_TIME = 2**22
"""Logits computed at a time, to bound memory."""


@dataclass(frozen=True)
class DevMentions:
    """Dev mentions with a concept in the ontology. Nothing is learned from them.

    Attributes:
        vectors: of the mentions, float32 (n, dim), n at least 1.
        gold: the indices of the concepts that are right, of each mention.
    """

    vectors: NDArray[np.float32]
    gold: Sequence[frozenset[int]]

    @classmethod
    def sampled(cls, vectors: NDArray[np.float32], gold: Sequence[frozenset[int]]) -> "DevMentions | None":
        """At most `MAX_MENTIONS` of the mentions with a right concept; None if there are none.

        Args:
            vectors: of all mentions, float32 (n, dim).
            gold: their right concepts; empty where there is none, or not a single one that is right by itself.
        """
        rows = [row for row, right in enumerate(gold) if right]
        rows = rows[:: -(-len(rows) // MAX_MENTIONS) or 1]
        return cls(vectors[rows], [gold[row] for row in rows]) if rows else None

    @torch.no_grad()
    def accuracy_at_1(self, regressor: Regressor) -> float:
        """The share whose nearest concept is right, of all concepts: neither names nor the ranker have a say.

        In the flat space, the nearest concept is the one with the largest logit. The regressor may be trained on: its
        search index, which is built but once, is not used.
        """
        outputs, n_right = regressor.outputs(self.vectors), 0
        n_concepts = regressor.space.logits(outputs[:1]).shape[1]
        size = max(1, LOGITS_AT_A_TIME // n_concepts)
        for start, batch in zip(range(0, len(outputs), size), torch.split(outputs, size), strict=True):
            best = regressor.space.logits(batch).argmax(dim=1).tolist()
            n_right += sum(concept in right for concept, right in zip(best, self.gold[start:], strict=False))
        return n_right / len(self.gold)
