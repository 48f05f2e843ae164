"""Lookup of the nearest concepts: gensim's most_similar, a bare matrix product and hyplink in one run.

    python scripts/bench_lookup.py [--concepts 82115] [--dim 10] [--queries 512]

The points are random ones of the ball. Times are CPU time for one query on one thread, medians of several rounds;
every answer is compared with sorting all float64 distances.
"""

import argparse
import os
import resource
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import torch
from gensim.models.poincare import PoincareKeyedVectors
from numpy.typing import NDArray

from hyplink.poincare.geometry import dist, norm_of_radius
from hyplink.poincare.index import ConceptIndex

K = 10
ROUNDS = 7


def main() -> None:
    """Measures and prints one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--concepts", type=int, default=82_115)
    parser.add_argument("--dim", type=int, default=10)
    parser.add_argument("--queries", type=int, default=512)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{chosen.concepts:,} concepts, {chosen.dim} dimensions, {K} nearest; ms of CPU for a query")
    print(f"{'radius':>6} {'most_similar':>12} {'product':>8} {'batch':>8} {'single':>8} {'of 1,000':>8}  ratios")
    for radius in (3.0, 6.0, 12.0):
        compare(random_points(chosen.concepts, chosen.dim, radius), chosen.queries, radius)
    memory_of_many_queries(random_points(chosen.concepts, chosen.dim, 6.0))


def compare(points: NDArray[np.float64], n_queries: int, radius: float) -> None:
    """One line of the table."""
    ids = [str(i) for i in range(len(points))]
    index = ConceptIndex(points, ids)
    queries = points[:n_queries] * (1 - 1e-6)
    branch = np.arange(1000)
    index.nearest(queries[:2], K)  # compiles
    gensims = keyed_vectors(ids, points)
    peer = milliseconds(lambda: gensims.most_similar(ids[7], topn=K), 1)
    product = milliseconds(lambda: lorentz_product(points, queries), n_queries)
    batch = milliseconds(lambda: index.nearest(queries, K), n_queries)
    single = milliseconds(lambda: [index.nearest(query[None], K) for query in queries[:20]], 20)
    restricted = milliseconds(lambda: index.nearest(queries, K, branch), n_queries)
    print(
        f"{radius:6.0f} {peer:12.3f} {product:8.3f} {batch:8.3f} {single:8.3f} {restricted:8.3f}  "
        f"batch {peer / batch:.0f}x, single {peer / single:.0f}x, {batch / product:.2f} products; "
        f"{is_identical(index, queries[:100])}"
    )


def lorentz_product(points: NDArray[np.float64], queries: NDArray[np.float64]) -> None:
    """The bare float64 product of Lorentz coordinates, into memory that is used again."""
    left, right = (np.concatenate((x[:, :1], x), axis=1) for x in (queries, points))
    out = np.empty((64, len(points)))
    for start in range(0, len(left), 64):
        block = left[start : start + 64]
        np.matmul(block, right.T, out=out[: len(block)])


def is_identical(index: ConceptIndex, queries: NDArray[np.float64]) -> bool:
    """Whether ranking and distances are those of sorting all distances, ties by index."""
    indices, distances = index.nearest(queries, K)
    points = torch.from_numpy(index.points)
    for query, row, row_distances in zip(torch.from_numpy(queries), indices, distances, strict=True):
        everything = dist(query, points).numpy()
        order = np.argsort(everything, kind="stable")[:K]
        if (order != row).any() or (everything[order] != row_distances).any():
            return False
    return True


def memory_of_many_queries(points: NDArray[np.float64]) -> None:
    """Prints how much the process grows by answering a hundred times as many queries."""
    index = ConceptIndex(points, [str(i) for i in range(len(points))])
    index.nearest(points[:200], K)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    index.nearest(points[:20_000], K)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"memory: 20,000 queries take {grown:.1f} MiB more than 200, their answers included")


def milliseconds(work: Callable[[], object], n: int) -> float:
    """CPU milliseconds for one of n, the median of several rounds."""
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        times.append((time.process_time() - start) / n * 1e3)
    return statistics.median(times)


def random_points(n: int, dim: int, radius: float) -> NDArray[np.float64]:
    """Points in random directions, most of them near the greatest radius as an embedding's are."""
    generator = np.random.default_rng(0)
    points = generator.standard_normal((n, dim))
    radii = radius * generator.uniform(0, 1, n) ** (1 / dim)
    norms = np.array([norm_of_radius(r) for r in radii])
    scaled: NDArray[np.float64] = points * (norms / np.linalg.norm(points, axis=1))[:, None]
    return scaled


def keyed_vectors(ids: list[str], points: NDArray[np.float64]) -> PoincareKeyedVectors:
    """The points as gensim keeps them."""
    vectors = PoincareKeyedVectors(points.shape[1], 0, dtype=np.float64)
    vectors.add_vectors(ids, points)
    return vectors


if __name__ == "__main__":
    main()
