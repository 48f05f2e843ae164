"""Evaluates an embedding against its hierarchy, exactly: float64 distances to all concepts but the query itself."""

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
from hyplink.poincare.hierarchy import ConceptLists, Hierarchy

Floats = NDArray[np.float64]

CONCEPTS_PER_BLOCK = 1024
"""Concepts whose coordinates are processed together, so that they stay in the processor's cache."""

N_DISTANCE_PAIRS = 20_000
"""Sampled pairs, of siblings and of random concepts each, from which the sibling ratio is computed."""


def evaluate_points(
    points: Floats,
    hierarchy: Hierarchy,
    held_out: ConceptLists | None = None,
    *,
    threads: int = 1,
    n_queries: int | None = None,
    seed: int = 0,
) -> EmbeddingMetrics:
    """The evaluation metrics of an embedding.

    Args:
        points: float64 (n_concepts, dim), inside the ball.
        hierarchy: the training relations; ranks of their ancestors measure reconstruction.
        held_out: ancestors excluded from training; their ranks measure link prediction. None measures none.
        threads: number of threads.
        n_queries: number of concepts to rank ancestors for, sampled at random; None takes all.
        seed: seed of the samples.
    """
    generator = np.random.default_rng(seed)
    known = hierarchy.ancestors if held_out is None else hierarchy.ancestors.union(held_out)
    prediction = None
    if held_out is not None and len(held_out.items):
        prediction = _ranks(points, held_out, known, _query_concepts(held_out, n_queries, generator), threads)
    queries = _query_concepts(hierarchy.ancestors, n_queries, generator)
    radii = dist0(torch.from_numpy(points)).numpy()
    return EmbeddingMetrics(
        reconstruction=_ranks(points, hierarchy.ancestors, known, queries, threads),
        prediction=prediction,
        norm_depth_correlation=rank_correlation(radii, hierarchy.depths),
        sibling_ratio=_sibling_ratio(points, hierarchy, generator),
        radius_quantiles=radius_quantiles(radii),
    )


def _query_concepts(
    positives: ConceptLists, n_queries: int | None, generator: np.random.Generator
) -> NDArray[np.int64]:
    """The concepts with at least one positive, int64, or a sorted sample of `n_queries` of them."""
    concepts = np.flatnonzero(positives.counts)
    if n_queries is None or n_queries >= len(concepts):
        return concepts
    return np.sort(generator.choice(concepts, n_queries, replace=False))


def _ranks(
    points: Floats, positives: ConceptLists, known: ConceptLists, queries: NDArray[np.int64], threads: int
) -> RankMetrics:
    """Ranks of each query's positives among the concepts that are not in its `known` list (filtered setting)."""
    if len(queries) == 0:
        return RankMetrics(0.0, 0.0, 0)
    coordinates = np.ascontiguousarray(points.T)  # (dim, n_concepts)
    weights = 1 / (1 - np.square(points).sum(1))
    starts = np.concatenate(([0], np.cumsum(positives.counts[queries])))
    nearer, tied = np.zeros((2, starts[-1]), np.int64)

    def count(rows: NDArray[np.int64]) -> None:
        _count_nearer(
            coordinates, weights, queries[rows], starts[rows], positives.starts, positives.items, known.starts,
            known.items, nearer, tied,
        )  # fmt: skip

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(count, np.array_split(np.arange(len(queries)), threads)))
    return rank_metrics(nearer, tied, starts)


def _sibling_ratio(points: Floats, hierarchy: Hierarchy, generator: np.random.Generator) -> float:
    """Mean distance of sampled sibling pairs over that of random pairs; 1 if there are no siblings."""
    parents = np.flatnonzero(hierarchy.children.counts > 1)
    if len(parents) == 0:
        return 1.0
    counts = hierarchy.children.counts[parents]
    sampled = generator.choice(len(parents), N_DISTANCE_PAIRS, p=counts / counts.sum())
    first = generator.integers(0, counts[sampled])
    second = (first + generator.integers(1, counts[sampled])) % counts[sampled]  # differs from `first`
    start = hierarchy.children.starts[parents[sampled]]
    siblings = (hierarchy.children.items[start + first], hierarchy.children.items[start + second])
    random = generator.integers(0, len(points), (2, N_DISTANCE_PAIRS))
    return distance_ratio(_distances(points, *siblings), _distances(points, *random[:, random[0] != random[1]]))


def _distances(points: Floats, left: NDArray[np.integer], right: NDArray[np.integer]) -> Floats:
    distances: Floats = dist(torch.from_numpy(points[left]), torch.from_numpy(points[right])).numpy()
    return distances


@compiled
def _count_nearer(
    coordinates: Floats,
    weights: Floats,
    queries: NDArray[np.int64],
    out_starts: NDArray[np.int64],
    positive_starts: NDArray[np.int64],
    positives: NDArray[np.int32],
    known_starts: NDArray[np.int64],
    known: NDArray[np.int32],
    nearer: NDArray[np.int64],
    tied: NDArray[np.int64],
) -> None:
    """Counts, for each positive of each query, the negatives that are nearer and those at the same distance.

    Negatives are the concepts outside the query's `known` list. For a fixed query u, the distance is a monotonic
    function of the key |u−v|²/(1−|v|²), so keys are compared instead.

    Args:
        coordinates: the points, transposed, (dim, n_concepts).
        weights: 1/(1−|v|²) of each concept, (n_concepts,).
        queries: concept indices, (n_queries,).
        out_starts: position in `nearer` and `tied` of each query's first positive, (n_queries,).
        positive_starts: start of each concept's positives in `positives`, (n_concepts + 1,).
        positives: the positives of all concepts, concatenated.
        known_starts: start of each concept's known concepts in `known`, (n_concepts + 1,).
        known: the concepts that are not negatives, concatenated.
        nearer: filled for each positive, in order of increasing distance within a query.
        tied: filled likewise.
    """
    n = weights.size
    keys = np.empty(n)
    for query in range(queries.size):
        concept = queries[query]
        for start in range(0, n, CONCEPTS_PER_BLOCK):
            _fill_keys(keys[start : start + CONCEPTS_PER_BLOCK], coordinates, weights, concept, start)
        first, last = positive_starts[concept], positive_starts[concept + 1]
        thresholds = np.sort(keys[positives[first:last]])
        out = out_starts[query]
        for i in range(known_starts[concept], known_starts[concept + 1]):
            keys[known[i]] = np.inf
        keys[concept] = np.inf
        for i in range(n):
            if keys[i] <= thresholds[-1]:
                tie = np.searchsorted(thresholds, keys[i])  # the first positive that is not nearer than concept i
                while tie < thresholds.size and thresholds[tie] == keys[i]:
                    tied[out + tie] += 1
                    tie += 1
                if tie < thresholds.size:
                    nearer[out + tie] += 1
        for i in range(1, thresholds.size):
            nearer[out + i] += nearer[out + i - 1]


@compiled
def _fill_keys(keys: Floats, coordinates: Floats, weights: Floats, concept: int, start: int) -> None:
    """Fills the keys of the concepts from `start` on, relative to the point of `concept`."""
    keys[:] = 0.0
    for d in range(coordinates.shape[0]):
        query = coordinates[d, concept]
        others = coordinates[d, start : start + keys.size]
        for i in range(keys.size):
            difference = query - others[i]
            keys[i] += difference * difference
    weight = weights[start : start + keys.size]
    for i in range(keys.size):
        keys[i] *= weight[i]
