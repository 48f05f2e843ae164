"""Measures an embedding against its hierarchy, exactly: every concept is compared, in float64, the query left out."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from numpy.typing import NDArray

from hyplink.metrics.embedding import (
    EmbeddingMetrics,
    RankMetrics,
    distance_ratio,
    radius_quantiles,
    rank_correlation,
    rank_metrics,
)
from hyplink.poincare.compiled import compiled
from hyplink.poincare.geometry import dist, dist0
from hyplink.poincare.hierarchy import Hierarchy, Lists

Floats = NDArray[np.float64]

BLOCK = 1024
"""Concepts compared at a time, so that memory does not grow with their number."""

DISTANCE_SAMPLE = 20_000
"""Pairs whose distances make the sibling-to-random ratio."""


def evaluate_points(
    points: Floats,
    hierarchy: Hierarchy,
    held_out: Lists | None = None,
    *,
    threads: int = 1,
    n_queries: int | None = None,
    seed: int = 0,
) -> EmbeddingMetrics:
    """The figures of an embedding.

    Args:
        points: float64 (n_concepts, dim), inside the ball.
        hierarchy: the relations that it was trained on.
        held_out: ancestors that were kept from training, whose prediction is measured apart.
        threads: threads that share the concepts asked.
        n_queries: how many concepts to ask, drawn at random; None asks all.
        seed: seed of what is drawn.
    """
    generator = np.random.default_rng(seed)
    known = hierarchy.ancestors if held_out is None else hierarchy.ancestors.united(held_out)
    prediction = None
    if held_out is not None and len(held_out.items):
        prediction = _ranks(points, held_out, known, _asked(held_out, n_queries, generator), threads)
    asked = _asked(hierarchy.ancestors, n_queries, generator)
    radii = dist0(torch.from_numpy(points)).numpy()
    return EmbeddingMetrics(
        reconstruction=_ranks(points, hierarchy.ancestors, known, asked, threads),
        prediction=prediction,
        norm_depth_correlation=rank_correlation(radii, hierarchy.depths),
        sibling_ratio=_sibling_ratio(points, hierarchy, generator),
        radius_quantiles=radius_quantiles(radii),
    )


def _asked(positives: Lists, n_queries: int | None, generator: np.random.Generator) -> NDArray[np.int64]:
    concepts = np.flatnonzero(positives.counts)
    if n_queries is None or n_queries >= len(concepts):
        return concepts
    return np.sort(generator.choice(concepts, n_queries, replace=False))


def _ranks(points: Floats, positives: Lists, known: Lists, asked: NDArray[np.int64], threads: int) -> RankMetrics:
    if len(asked) == 0:
        return RankMetrics(0.0, 0.0, 0)
    coordinates = np.ascontiguousarray(points.T)  # (dim, n_concepts)
    weights = 1 / (1 - np.square(points).sum(1))
    starts = np.concatenate(([0], np.cumsum(positives.counts[asked])))
    nearer, tied = np.zeros((2, starts[-1]), np.int64)

    def count(part: NDArray[np.int64]) -> None:
        _count_nearer(
            coordinates, weights, asked[part], starts[part], positives.starts, positives.items, known.starts,
            known.items, nearer, tied,
        )  # fmt: skip

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(count, np.array_split(np.arange(len(asked)), threads)))
    return rank_metrics(nearer, tied, starts)


def _sibling_ratio(points: Floats, hierarchy: Hierarchy, generator: np.random.Generator) -> float:
    parents = np.flatnonzero(hierarchy.children.counts > 1)
    if len(parents) == 0:
        return 1.0
    counts = hierarchy.children.counts[parents]
    drawn = generator.choice(len(parents), DISTANCE_SAMPLE, p=counts / counts.sum())
    first = generator.integers(0, counts[drawn])
    second = (first + generator.integers(1, counts[drawn])) % counts[drawn]  # another one
    start = hierarchy.children.starts[parents[drawn]]
    near = (hierarchy.children.items[start + first], hierarchy.children.items[start + second])
    apart = generator.integers(0, len(points), (2, DISTANCE_SAMPLE))
    return distance_ratio(_distances(points, *near), _distances(points, *apart[:, apart[0] != apart[1]]))


def _distances(points: Floats, left: NDArray[np.integer], right: NDArray[np.integer]) -> Floats:
    distances: Floats = dist(torch.from_numpy(points[left]), torch.from_numpy(points[right])).numpy()
    return distances


@compiled
def _count_nearer(
    coordinates: Floats,
    weights: Floats,
    asked: NDArray[np.int64],
    out_starts: NDArray[np.int64],
    positive_starts: NDArray[np.int64],
    positives: NDArray[np.int32],
    known_starts: NDArray[np.int64],
    known: NDArray[np.int32],
    nearer: NDArray[np.int64],
    tied: NDArray[np.int64],
) -> None:
    """For each positive, nearest first, counts the unknown concepts that are nearer and those exactly as near.

    Distances of one query order as the keys |u−v|²/(1−|v|²).
    """
    n = weights.size
    keys = np.empty(n)
    for query in range(asked.size):
        concept = asked[query]
        for start in range(0, n, BLOCK):
            _fill_keys(keys[start : start + BLOCK], coordinates, weights, concept, start)
        first, last = positive_starts[concept], positive_starts[concept + 1]
        thresholds = np.sort(keys[positives[first:last]])
        out = out_starts[query]
        for i in range(known_starts[concept], known_starts[concept + 1]):
            keys[known[i]] = np.inf
        keys[concept] = np.inf
        for i in range(n):
            if keys[i] <= thresholds[-1]:
                place = np.searchsorted(thresholds, keys[i])  # the first positive that is not nearer
                tie = place
                while tie < thresholds.size and thresholds[tie] == keys[i]:
                    tied[out + tie] += 1
                    tie += 1
                if tie < thresholds.size:
                    nearer[out + tie] += 1
        for i in range(1, thresholds.size):
            nearer[out + i] += nearer[out + i - 1]


@compiled
def _fill_keys(keys: Floats, coordinates: Floats, weights: Floats, concept: int, start: int) -> None:
    keys[:] = 0.0
    for d in range(coordinates.shape[0]):
        here = coordinates[d, concept]
        there = coordinates[d, start : start + keys.size]
        for i in range(keys.size):
            difference = here - there[i]
            keys[i] += difference * difference
    weight = weights[start : start + keys.size]
    for i in range(keys.size):
        keys[i] *= weight[i]
