"""The inner loop of the concept lookup: a scan in float32 that loses no concept that could be among the nearest.

For one query, distances order as the keys |u−v|²/(1−|v|²). A float32 key of differences taken directly is wrong by
what rounding the coordinates moves a point, at most 2⁻²⁴ of its norm, and by a relative error of its sums. So each
key has a lower and an upper bound, and a concept is kept unless its lower bound lies above the k-th smallest upper
bound. (Products of coordinates instead of differences would cancel: at radius 12 they are useless in float32.)
"""

import numpy as np
from numpy.typing import NDArray

from hyplink.poincare.compiled import compiled

Floats32 = NDArray[np.float32]

BLOCK = 1024
"""Concepts scanned at a time for every query of a group, so that their coordinates stay in the cache."""

UNROLL = 4
"""Coordinates are taken four at a time; padding with zeros makes their number a multiple."""

MOVED = np.float32(2.0**-23)
"""How far rounding moves u − v: 2⁻²⁴ for each of the two points."""

HUGE = np.float32(3e38)


@compiled
def shortlist(
    coordinates: Floats32,
    weights: Floats32,
    queries: Floats32,
    k: int,
    kept: NDArray[np.int32],
    counts: NDArray[np.int64],
) -> None:
    """Collects for each query every concept that may be among its k nearest.

    Args:
        coordinates: the concepts' coordinates (dim, n), one row a coordinate, dim a multiple of four.
        weights: 1/(1−|v|²) of each concept (n,).
        queries: the queries' coordinates (B, dim).
        k: how many are wanted, at most the number of columns of `kept`.
        kept: filled with the indices that were kept, (B, capacity).
        counts: filled with their number (B,), or −1 where they were more than the capacity.
    """
    dim, n = coordinates.shape
    n_queries, capacity = kept.shape
    relative = np.float32((dim + 16) * 2.0**-23)
    lower = np.empty((n_queries, capacity), np.float32)
    smallest = np.full((n_queries, k), HUGE, np.float32)  # heaps of upper bounds, the greatest on top
    keys = np.empty(BLOCK, np.float32)
    counts[:] = 0
    for start in range(0, n, BLOCK):
        stop = min(start + BLOCK, n)
        weight = weights[start:stop]
        squared = keys[: stop - start]
        heaviest = np.sqrt(_greatest(weight))
        for row in range(n_queries):
            if counts[row] < 0:
                continue
            _squared_differences(squared, coordinates, queries[row], start, stop)
            reach = (np.sqrt(smallest[row, 0]) * (1 + relative) + MOVED * heaviest) ** 2 * (1 + relative)
            if _least_key(squared, weight) <= reach:
                _keep(squared, weight, start, relative, smallest[row], lower[row], kept[row], counts, row)
    for row in range(n_queries):
        if counts[row] > 0:
            counts[row] = _compact(lower[row], kept[row], counts[row], smallest[row, 0])


@compiled
def _squared_differences(squared: Floats32, coordinates: Floats32, query: Floats32, start: int, stop: int) -> None:
    squared[:] = np.float32(0)
    for d in range(0, query.size, UNROLL):
        first, second = coordinates[d, start:stop], coordinates[d + 1, start:stop]
        third, fourth = coordinates[d + 2, start:stop], coordinates[d + 3, start:stop]
        a, b, c, e = query[d], query[d + 1], query[d + 2], query[d + 3]
        for i in range(squared.size):
            x, y, z, t = a - first[i], b - second[i], c - third[i], e - fourth[i]
            squared[i] += (x * x + y * y) + (z * z + t * t)


@compiled
def _greatest(weights: Floats32) -> np.float32:
    greatest = np.float32(0)
    for i in range(weights.size):
        greatest = weights[i] if weights[i] > greatest else greatest
    return greatest


@compiled
def _least_key(squared: Floats32, weights: Floats32) -> np.float32:
    least = HUGE
    for i in range(squared.size):
        key = squared[i] * weights[i]
        least = key if key < least else least
    return least


@compiled
def _keep(
    squared: Floats32,
    weights: Floats32,
    start: int,
    relative: np.float32,
    smallest: Floats32,
    lower: Floats32,
    kept: NDArray[np.int32],
    counts: NDArray[np.int64],
    row: int,
) -> None:
    """Keeps what a block holds for one query; `smallest` and `kept` are that query's."""
    count = counts[row]
    for i in range(squared.size):
        root = np.sqrt(squared[i])
        least = max(root * (1 - relative) - MOVED, np.float32(0)) ** 2 * weights[i] * (1 - relative)
        if least > smallest[0]:
            continue
        if count == kept.size:
            count = _compact(lower, kept, count, smallest[0])
            if count == kept.size:
                counts[row] = -1
                return
        kept[count], lower[count] = start + i, least
        count += 1
        most = (root * (1 + relative) + MOVED) ** 2 * weights[i] * (1 + relative)
        if most < smallest[0]:
            _replace_greatest(smallest, most)
    counts[row] = count


@compiled
def _compact(lower: Floats32, kept: NDArray[np.int32], count: int, greatest: np.float32) -> int:
    """Drops what can no longer be among the nearest; gives how many stay."""
    stay = 0
    for i in range(count):
        if lower[i] <= greatest:
            kept[stay], lower[stay] = kept[i], lower[i]
            stay += 1
    return stay


@compiled
def _replace_greatest(heap: Floats32, value: np.float32) -> None:
    place = 0
    while True:
        child = 2 * place + 1
        if child >= heap.size:
            break
        if child + 1 < heap.size and heap[child + 1] > heap[child]:
            child += 1
        if heap[child] <= value:
            break
        heap[place] = heap[child]
        place = child
    heap[place] = value
