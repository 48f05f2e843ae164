"""Nearest concepts of a batch of points, exactly as sorting all float64 distances would give them."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from hyplink.poincare.geometry import dist
from hyplink.poincare.shortlist import UNROLL, shortlist

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

GROUP = 64
"""Queries that are answered together: memory does not grow with the number of queries."""

SPARE = 512
"""Room for shortlisted concepts beyond k."""


class ConceptIndex:
    """The concepts' points, ready to be searched.

    A float32 scan shortlists every concept that could be among the nearest, by proven bounds; float64 distances
    (`geometry.dist`) of the shortlist decide.

    Attributes:
        points: float64 (n_concepts, dim), inside the ball.
        concept_ids: the id of each row.
    """

    def __init__(self, points: Floats, concept_ids: Sequence[str]) -> None:
        if points.ndim != 2 or len(points) != len(concept_ids):
            raise ValueError(f"{len(concept_ids)} concept ids for points of shape {points.shape}")
        self.points = np.ascontiguousarray(points, dtype=np.float64)
        self.concept_ids = tuple(concept_ids)
        margins = 1 - np.square(self.points).sum(1)
        if not (margins > 0).all():
            raise ValueError(f"the point of {self.concept_ids[int(np.argmin(margins > 0))]} is not inside the ball")
        self._weights = (1 / margins).astype(np.float32)
        self._coordinates = np.ascontiguousarray(_padded(self.points).T)  # (dim, n_concepts)

    def nearest(self, queries: Floats, k: int, among: Indices | None = None) -> tuple[Indices, Floats]:
        """The k nearest concepts of each query, nearest first, ties by the lower index.

        Args:
            queries: points inside the ball, float64 (B, dim).
            k: how many; fewer come back where there are fewer concepts to choose from.
            among: indices of the concepts to choose from; None stands for all.

        Returns:
            Indices int64 (B, k) and hyperbolic distances float64 (B, k).
        """
        queries = np.asarray(queries, dtype=np.float64)
        if queries.ndim != 2 or queries.shape[1] != self.points.shape[1]:
            raise ValueError(f"queries of shape {queries.shape} for points of {self.points.shape[1]} dimensions")
        points, coordinates, weights, chosen = self.points, self._coordinates, self._weights, None
        if among is not None:
            chosen = np.unique(among)
            points, coordinates, weights = points[chosen], coordinates[:, chosen], weights[chosen]
        k = min(k, len(points))
        indices = np.empty((len(queries), k), np.int64)
        distances = np.empty((len(queries), k))
        for start in range(0, len(queries) if k else 0, GROUP):
            group = slice(start, start + GROUP)
            rows, found = _shortlisted(coordinates, weights, queries[group], k)
            indices[group], distances[group] = _decided(queries[group], points, rows, found, k)
        return (indices if chosen is None else chosen[indices]), distances


def _shortlisted(
    coordinates: NDArray[np.float32], weights: NDArray[np.float32], queries: Floats, k: int
) -> tuple[Indices, Indices]:
    """Pairs of a query's row and the index of a concept that may be among its k nearest."""
    n_concepts = len(weights)
    kept = np.empty((len(queries), min(k + SPARE, n_concepts)), np.int32)
    counts = np.empty(len(queries), np.int64)
    shortlist(coordinates, weights, _padded(queries), k, kept, counts)
    # More than there is room for, as where many points coincide: all concepts are compared.
    candidates = [row[:count] if count >= 0 else np.arange(n_concepts) for row, count in zip(kept, counts, strict=True)]
    rows = np.repeat(np.arange(len(queries)), [len(found) for found in candidates])
    return rows, np.concatenate(candidates).astype(np.int64)


def _decided(queries: Floats, points: Floats, rows: Indices, found: Indices, k: int) -> tuple[Indices, Floats]:
    distances = dist(torch.from_numpy(queries[rows]), torch.from_numpy(points[found])).numpy()
    order = np.lexsort((found, distances, rows))
    starts = np.searchsorted(rows, np.arange(len(queries)))  # rows ascend
    first = order[starts[:, None] + np.arange(k)]  # (B, k)
    return found[first], distances[first]


def _padded(points: Floats) -> NDArray[np.float32]:
    """The points in float32 with zeros behind, so that the scan may take four coordinates at a time."""
    padded = np.zeros((len(points), points.shape[1] + -points.shape[1] % UNROLL), np.float32)
    padded[:, : points.shape[1]] = points
    return padded
