"""Exact nearest-concept search for batches of points."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from hyplink.poincare.geometry import dist
from hyplink.poincare.shortlist import UNROLL, shortlist

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

QUERIES_PER_BATCH = 64
"""Queries processed together, to bound memory."""

SHORTLIST_MARGIN = 512
"""Capacity of a shortlist beyond k."""


class ConceptIndex:
    """Exact nearest-neighbour index of concept points.

    A float32 scan with rigorous error bounds shortlists every concept that may be among the k nearest; the shortlist
    is ranked by float64 distances (`geometry.dist`). The result equals sorting the float64 distances to all concepts.

    Args:
        points: float64 (n_concepts, dim), inside the ball.
        concept_ids: the id of each row.

    Attributes:
        points: as above.
        concept_ids: as above.

    Raises:
        ValueError: the shapes do not match, or a point is not inside the ball.
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
        """The k nearest concepts of each query, nearest first, ties by lower index.

        Args:
            queries: points inside the ball, float64 (B, dim).
            k: number of concepts; if there are fewer candidates, k is their number.
            among: indices of the candidate concepts; None means all.

        Returns:
            Concept indices int64 (B, k) and hyperbolic distances float64 (B, k).

        Raises:
            ValueError: the queries have another shape.
        """
        queries = np.asarray(queries, dtype=np.float64)
        if queries.ndim != 2 or queries.shape[1] != self.points.shape[1]:
            raise ValueError(f"queries of shape {queries.shape} for points of {self.points.shape[1]} dimensions")
        points, coordinates, weights, candidates = self.points, self._coordinates, self._weights, None
        if among is not None:
            candidates = np.unique(among)
            points, coordinates, weights = points[candidates], coordinates[:, candidates], weights[candidates]
        k = min(k, len(points))
        indices = np.empty((len(queries), k), np.int64)
        distances = np.empty((len(queries), k))
        for start in range(0, len(queries) if k else 0, QUERIES_PER_BATCH):
            batch = slice(start, start + QUERIES_PER_BATCH)
            rows, shortlisted = _shortlists(coordinates, weights, queries[batch], k)
            indices[batch], distances[batch] = _ranked(queries[batch], points, rows, shortlisted, k)
        return (indices if candidates is None else candidates[indices]), distances


def _shortlists(
    coordinates: NDArray[np.float32], weights: NDArray[np.float32], queries: Floats, k: int
) -> tuple[Indices, Indices]:
    """Pairs of a query, ascending, and a concept that may be among its k nearest: two int64 arrays (p,)."""
    n_concepts = len(weights)
    indices = np.empty((len(queries), min(k + SHORTLIST_MARGIN, n_concepts)), np.int32)
    counts = np.empty(len(queries), np.int64)
    shortlist(coordinates, weights, _padded(queries), k, indices, counts)
    # A shortlist overflows if many points coincide; all concepts are then compared.
    shortlists = [
        row[:count] if count >= 0 else np.arange(n_concepts) for row, count in zip(indices, counts, strict=True)
    ]
    rows = np.repeat(np.arange(len(queries)), [len(each) for each in shortlists])
    return rows, np.concatenate(shortlists).astype(np.int64)


def _ranked(queries: Floats, points: Floats, rows: Indices, shortlisted: Indices, k: int) -> tuple[Indices, Floats]:
    """The k nearest of each query's shortlist and their float64 distances, (B, k) each."""
    distances = dist(torch.from_numpy(queries[rows]), torch.from_numpy(points[shortlisted])).numpy()
    order = np.lexsort((shortlisted, distances, rows))
    starts = np.searchsorted(rows, np.arange(len(queries)))
    nearest = order[starts[:, None] + np.arange(k)]  # (B, k)
    return shortlisted[nearest], distances[nearest]


def _padded(points: Floats) -> NDArray[np.float32]:
    """The points in float32, padded with zero coordinates to a multiple of `UNROLL`."""
    padded = np.zeros((len(points), points.shape[1] + -points.shape[1] % UNROLL), np.float32)
    padded[:, : points.shape[1]] = points
    return padded
