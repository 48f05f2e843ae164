"""The inner loop of the nearest-concept search: a float32 scan for all concepts that may be among the k nearest.

For a fixed query u, the distance is a monotonic function of the key |u−v|²/(1−|v|²). A float32 key that is computed
from coordinate differences has two errors: rounding the coordinates moves each point by at most 2⁻²⁴ of its norm, and
the sums have a relative error. From these follow a lower and an upper bound of each exact key. A concept is kept unless
its lower bound exceeds the k-th smallest upper bound. (A key computed from dot products, |u|² − 2⟨u,v⟩ + |v|², would
cancel: at radius 12 it has no correct digit in float32.)
"""

import numpy as np
from numpy.typing import NDArray

from hyplink.poincare.compiled import compiled

Floats32 = NDArray[np.float32]

CONCEPTS_PER_BLOCK = 1024
"""Concepts that are scanned for all queries before the next ones, so that their coordinates stay in the cache."""

UNROLL = 4
"""Coordinates processed per loop iteration; dimensions are padded with zeros to a multiple."""

ROUNDING = np.float32(2.0**-23)
"""Maximum error of |u − v| caused by rounding the coordinates: 2⁻²⁴ for each of the two points."""

MAX_FLOAT = np.float32(3e38)


@compiled
def shortlist(
    coordinates: Floats32,
    weights: Floats32,
    queries: Floats32,
    k: int,
    indices: NDArray[np.int32],
    counts: NDArray[np.int64],
) -> None:
    """Collects, for each query, every concept that may be among its k nearest.

    Args:
        coordinates: the concepts' points, transposed, (dim, n_concepts); dim is a multiple of `UNROLL`.
        weights: 1/(1−|v|²) of each concept, (n_concepts,).
        queries: the queries' points, (B, dim).
        k: number of nearest concepts, at most the capacity.
        indices: filled with the indices of the collected concepts, (B, capacity).
        counts: filled with the number of collected concepts, (B,), or −1 if they exceed the capacity.
    """
    dim, n = coordinates.shape
    n_queries, capacity = indices.shape
    relative = np.float32((dim + 16) * 2.0**-23)  # bound of the relative error of a sum
    lower_bounds = np.empty((n_queries, capacity), np.float32)
    upper_bounds = np.full((n_queries, k), MAX_FLOAT, np.float32)  # the k smallest, as heaps with the largest on top
    block = np.empty(CONCEPTS_PER_BLOCK, np.float32)
    counts[:] = 0
    for start in range(0, n, CONCEPTS_PER_BLOCK):
        stop = min(start + CONCEPTS_PER_BLOCK, n)
        weight = weights[start:stop]
        squared = block[: stop - start]
        max_root_weight = np.sqrt(_max(weight))
        for row in range(n_queries):
            if counts[row] < 0:
                continue
            _fill_squared_differences(squared, coordinates, queries[row], start, stop)
            root = np.sqrt(upper_bounds[row, 0]) * (1 + relative) + ROUNDING * max_root_weight
            if _min_key(squared, weight) <= root**2 * (1 + relative):  # else no lower bound is small enough
                _add_block(
                    squared, weight, start, relative, upper_bounds[row], lower_bounds[row], indices[row], counts, row
                )
    for row in range(n_queries):
        if counts[row] > 0:
            counts[row] = _compacted(lower_bounds[row], indices[row], counts[row], upper_bounds[row, 0])


@compiled
def _fill_squared_differences(squared: Floats32, coordinates: Floats32, query: Floats32, start: int, stop: int) -> None:
    """Fills |u − v|² for the concepts start to stop."""
    squared[:] = np.float32(0)
    for d in range(0, query.size, UNROLL):
        first, second = coordinates[d, start:stop], coordinates[d + 1, start:stop]
        third, fourth = coordinates[d + 2, start:stop], coordinates[d + 3, start:stop]
        a, b, c, e = query[d], query[d + 1], query[d + 2], query[d + 3]
        for i in range(squared.size):
            x, y, z, t = a - first[i], b - second[i], c - third[i], e - fourth[i]
            squared[i] += (x * x + y * y) + (z * z + t * t)


@compiled
def _max(weights: Floats32) -> np.float32:
    maximum = np.float32(0)
    for i in range(weights.size):
        maximum = weights[i] if weights[i] > maximum else maximum
    return maximum


@compiled
def _min_key(squared: Floats32, weights: Floats32) -> np.float32:
    minimum = MAX_FLOAT
    for i in range(squared.size):
        key = squared[i] * weights[i]
        minimum = key if key < minimum else minimum
    return minimum


@compiled
def _add_block(
    squared: Floats32,
    weights: Floats32,
    start: int,
    relative: np.float32,
    upper_bounds: Floats32,
    lower_bounds: Floats32,
    indices: NDArray[np.int32],
    counts: NDArray[np.int64],
    row: int,
) -> None:
    """Adds the concepts of a block to one query's shortlist; all arrays but `counts` are that query's."""
    count = counts[row]
    for i in range(squared.size):
        root = np.sqrt(squared[i])
        lower = max(root * (1 - relative) - ROUNDING, np.float32(0)) ** 2 * weights[i] * (1 - relative)
        if lower > upper_bounds[0]:
            continue
        if count == indices.size:
            count = _compacted(lower_bounds, indices, count, upper_bounds[0])
            if count == indices.size:
                counts[row] = -1
                return
        indices[count], lower_bounds[count] = start + i, lower
        count += 1
        upper = (root * (1 + relative) + ROUNDING) ** 2 * weights[i] * (1 + relative)
        if upper < upper_bounds[0]:
            _replace_largest(upper_bounds, upper)
    counts[row] = count


@compiled
def _compacted(lower_bounds: Floats32, indices: NDArray[np.int32], count: int, max_bound: np.float32) -> int:
    """Removes the concepts whose lower bound exceeds `max_bound`; returns the new count."""
    new_count = 0
    for i in range(count):
        if lower_bounds[i] <= max_bound:
            indices[new_count], lower_bounds[new_count] = indices[i], lower_bounds[i]
            new_count += 1
    return new_count


@compiled
def _replace_largest(heap: Floats32, value: np.float32) -> None:
    """Replaces the largest element of a max-heap."""
    position = 0
    while True:
        child = 2 * position + 1
        if child >= heap.size:
            break
        if child + 1 < heap.size and heap[child + 1] > heap[child]:
            child += 1
        if heap[child] <= value:
            break
        heap[position] = heap[child]
        position = child
    heap[position] = value
