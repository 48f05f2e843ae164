"""Nearest-concept search for batches of points: exact, or in the nearest cells of a large ontology."""

import math
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from hyplink.poincare.cells import Cells
from hyplink.poincare.geometry import dist
from hyplink.poincare.shortlist import UNROLL, shortlist, shortlist_in_cells

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

QUERIES_PER_BATCH = 64
"""Queries processed together, to bound memory."""

SHORTLIST_MARGIN = 512
"""Capacity of a shortlist beyond k."""

COMPARED_SHARE = 1 / 8
"""The share of the concepts that a query is compared with where there are cells."""


class ConceptIndex:
    """Nearest-neighbour index of concept points.

    A float32 scan with rigorous error bounds shortlists every concept that may be among the k nearest; the shortlist
    is ranked by float64 distances (`geometry.dist`). The result equals sorting the float64 distances to all concepts.
    Given cells, only the concepts of the nearest cells are scanned, an eighth of all: a few of the k nearest may be
    missing, and the distances and the order of the others are still exact.

    Args:
        points: float64 (n_concepts, dim), inside the ball.
        concept_ids: the id of each row.
        cells: of the points; None to search exactly.

    Attributes:
        points: as above.
        concept_ids: as above.

    Raises:
        ValueError: the shapes do not match, a point is not inside the ball, or the cells are not of these concepts.
    """

    def __init__(self, points: Floats, concept_ids: Sequence[str], cells: Cells | None = None) -> None:
        if points.ndim != 2 or len(points) != len(concept_ids):
            raise ValueError(f"{len(concept_ids)} concept ids for points of shape {points.shape}")
        self.points = np.ascontiguousarray(points, dtype=np.float64)
        self.concept_ids = tuple(concept_ids)
        margins = 1 - np.square(self.points).sum(1)
        if not (margins > 0).all():
            raise ValueError(f"the point of {self.concept_ids[int(np.argmin(margins > 0))]} is not inside the ball")
        self._cells = cells
        if cells is None:
            self._coordinates, self._weights = _scannable(self.points)
        else:
            cells.check(*self.points.shape)
            parts = [_scannable(self.points[part]) for part in np.split(cells.members, cells.starts[1:-1])]
            self._coordinates = np.concatenate([coordinates.ravel() for coordinates, _ in parts])
            self._weights = np.concatenate([weights for _, weights in parts])
            self._centres = _scannable(cells.centres)

    def nearest(self, queries: Floats, k: int, among: Indices | None = None) -> tuple[Indices, Floats]:
        """The k nearest concepts of each query, nearest first, ties by lower index; exactly those of `among`.

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
        candidates = None if among is None else np.unique(among)
        points = self.points if candidates is None else self.points[candidates]
        if candidates is not None:
            coordinates, weights = _scannable(points)
        else:
            coordinates, weights = self._coordinates, self._weights
        k = min(k, len(points))
        indices = np.empty((len(queries), k), np.int64)
        distances = np.empty((len(queries), k))
        for start in range(0, len(queries) if k else 0, QUERIES_PER_BATCH):
            batch = slice(start, start + QUERIES_PER_BATCH)
            if candidates is None and self._cells is not None:
                rows, shortlisted = self._shortlists_in_cells(self._cells, queries[batch], k)
            else:
                rows, shortlisted = _shortlists(coordinates, weights, queries[batch], k)
            indices[batch], distances[batch] = _ranked(queries[batch], points, rows, shortlisted, k)
        return (indices if candidates is None else candidates[indices]), distances

    def _shortlists_in_cells(self, cells: Cells, queries: Floats, k: int) -> tuple[Indices, Indices]:
        """As `_shortlists`, of concepts in the nearest cells."""
        n_compared = max(k, math.ceil(COMPARED_SHARE * len(self.points)))
        indices, counts = _empty_shortlists(len(queries), k, len(self.points))
        shortlist_in_cells(
            self._coordinates,
            self._weights,
            _padded(queries),
            k,
            self._centres,
            cells.starts,
            n_compared,
            indices,
            counts,
        )
        rows, columns = _pairs(indices, counts, len(self.points))
        return rows, cells.members[columns]


def _shortlists(
    coordinates: NDArray[np.float32], weights: NDArray[np.float32], queries: Floats, k: int
) -> tuple[Indices, Indices]:
    """Pairs of a query, ascending, and a concept that may be among its k nearest: two int64 arrays (p,)."""
    indices, counts = _empty_shortlists(len(queries), k, len(weights))
    shortlist(coordinates, weights, _padded(queries), k, indices, counts)
    return _pairs(indices, counts, len(weights))


def _empty_shortlists(n_queries: int, k: int, n_concepts: int) -> tuple[NDArray[np.int32], Indices]:
    return np.empty((n_queries, min(k + SHORTLIST_MARGIN, n_concepts)), np.int32), np.empty(n_queries, np.int64)


def _pairs(indices: NDArray[np.int32], counts: Indices, n_concepts: int) -> tuple[Indices, Indices]:
    """The pairs of a query and a shortlisted concept, given the shortlist of each query."""
    # A shortlist overflows if many points coincide; all concepts are then compared.
    shortlists = [
        row[:count] if count >= 0 else np.arange(n_concepts) for row, count in zip(indices, counts, strict=True)
    ]
    rows = np.repeat(np.arange(len(shortlists)), [len(each) for each in shortlists])
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


def _scannable(points: Floats) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The transposed coordinates (dim, n), and the weights (n,), with which points are scanned."""
    return np.ascontiguousarray(_padded(points).T), (1 / (1 - np.square(points).sum(1))).astype(np.float32)
