"""Nearest concepts of a batch of points, exactly as sorting all float64 distances would give them."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from hyplink.poincare.geometry import dist

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


class ConceptIndex:
    """The concepts' points, ready to be searched.

    Attributes:
        points: float64 (n_concepts, dim), inside the ball.
        concept_ids: the id of each row.
    """

    def __init__(self, points: Floats, concept_ids: Sequence[str]) -> None:
        if points.ndim != 2 or len(points) != len(concept_ids):
            raise ValueError(f"{len(concept_ids)} concept ids for points of shape {points.shape}")
        self.points = np.ascontiguousarray(points, dtype=np.float64)
        self.concept_ids = tuple(concept_ids)

    def nearest(self, queries: Floats, k: int, among: Indices | None = None) -> tuple[Indices, Floats]:
        """The k nearest concepts of each query, nearest first, ties by the lower index.

        Args:
            queries: points, float64 (B, dim).
            k: how many; fewer come back where there are fewer concepts to choose from.
            among: indices of the concepts to choose from; None stands for all.

        Returns:
            Indices int64 (B, k) and hyperbolic distances float64 (B, k).
        """
        chosen = np.arange(len(self.points)) if among is None else np.unique(among)
        points = torch.from_numpy(self.points[chosen])
        k = min(k, len(chosen))
        indices = np.empty((len(queries), k), np.int64)
        distances = np.empty((len(queries), k))
        for row, query in enumerate(torch.from_numpy(np.asarray(queries, np.float64))):
            found = dist(query, points).numpy()
            order = np.argsort(found, kind="stable")[:k]
            indices[row], distances[row] = chosen[order], found[order]
        return indices, distances
