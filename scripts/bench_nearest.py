"""Recall and speed of the search for the nearest concepts, beside libraries of approximate search.

    python scripts/bench_nearest.py POINTS.npy [--queries QUERIES.npy] [--noise 0.3] [--n 256]

POINTS are those of concepts in the ball, such as `fit/points.npy` of a run. Queries are points too (`Linker.points`);
without any, the tangent vectors of random concepts are moved in random directions, by so much of their length. Recall
is the share of the 20 nearest concepts, as the linker asks for, that is found. The libraries (usearch, hnswlib, faiss;
those that are installed) search a graph of the tangent vectors, and their shortlist is ranked by hyperbolic distance.
Times are CPU time on one thread: ms for a query, s to build.
"""

import argparse
import os
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import torch
from numpy.typing import NDArray

from hyplink.poincare.geometry import expmap0, logmap0
from hyplink.poincare.index import ConceptIndex

K = 20
SHORTLISTS = (60, 200, 800)
"""Tangent neighbours that are ranked again; a library looks at twice as many."""

Floats = NDArray[np.float64]
Search = Callable[[NDArray[np.float32], int], NDArray[np.int64]]


def main() -> None:
    """Reads the command line, and prints a line for each search."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("points", type=Path)
    parser.add_argument("--queries", type=Path)
    parser.add_argument("--noise", type=float, default=0.3)
    parser.add_argument("--n", type=int, default=256, help="how many queries")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    points = np.load(chosen.points)
    queries = np.load(chosen.queries)[: chosen.n] if chosen.queries else noisy(points, chosen.n, chosen.noise)
    print(f"{len(points):,} concepts, {points.shape[1]} dimensions, {len(queries)} queries, {K} nearest")
    ids = [str(i) for i in range(len(points))]
    index = ConceptIndex(points, ids)
    truth = index.nearest(queries, K)[0]  # compiles
    print_line("hyplink, exact", queries, truth, partial(nearest_of, index))
    for name, search in peers(tangent(points)):
        for n in SHORTLISTS:
            print_line(f"{name}, {n} ranked again", queries, truth, partial(nearest_of_shortlist, search, n, points))


def print_line(name: str, queries: Floats, truth: NDArray[np.int64], search: Callable[[Floats], Any]) -> None:
    """Prints recall, and milliseconds for a query of many and for one alone."""
    found, together = timed(lambda: search(queries))
    _, alone = timed(lambda: [search(query[None]) for query in queries[:20]])
    recall = np.mean([len(np.intersect1d(*rows)) / K for rows in zip(found, truth, strict=True)])
    print(f"{name:42} recall {recall:.4f}  {together / len(queries) * 1e3:7.3f} ms, alone {alone / 20 * 1e3:7.3f} ms")


def peers(vectors: NDArray[np.float32]) -> Iterator[tuple[str, Search]]:
    """The libraries that are installed, each with a graph of the vectors: 16 neighbours, 200 looked at to build it."""
    for name, build in (("hnswlib", _hnswlib), ("usearch", _usearch), ("faiss", _faiss)):
        if find_spec(name):
            search, seconds = timed(partial(build, vectors))
            yield f"{name}, built in {seconds:.0f} s", search


def _hnswlib(vectors: NDArray[np.float32]) -> Search:
    import hnswlib

    index = hnswlib.Index(space="l2", dim=vectors.shape[1])
    index.init_index(max_elements=len(vectors), ef_construction=200, M=16)
    index.set_num_threads(1)
    index.add_items(vectors)

    def search(queries: NDArray[np.float32], n: int) -> NDArray[np.int64]:
        index.set_ef(2 * n)
        found: NDArray[np.int64] = index.knn_query(queries, k=n)[0].astype(np.int64)
        return found

    return search


def _usearch(vectors: NDArray[np.float32]) -> Search:
    from usearch.index import Index

    index = Index(ndim=vectors.shape[1], metric="l2sq", dtype="f32", connectivity=16, expansion_add=200)
    index.add(np.arange(len(vectors)), vectors, threads=1)

    def search(queries: NDArray[np.float32], n: int) -> NDArray[np.int64]:
        index.expansion_search = 2 * n
        found: NDArray[np.int64] = index.search(queries, n, threads=1).keys.reshape(len(queries), -1).astype(np.int64)
        return found

    return search


def _faiss(vectors: NDArray[np.float32]) -> Search:
    import faiss

    faiss.omp_set_num_threads(1)
    index = faiss.IndexHNSWFlat(vectors.shape[1], 16)
    index.hnsw.efConstruction = 200
    index.add(vectors)

    def search(queries: NDArray[np.float32], n: int) -> NDArray[np.int64]:
        index.hnsw.efSearch = 2 * n
        found: NDArray[np.int64] = index.search(queries, n)[1]
        return found

    return search


def nearest_of(index: ConceptIndex, queries: Floats) -> NDArray[np.int64]:
    """The K nearest concepts of each query."""
    return index.nearest(queries, K)[0]


def nearest_of_shortlist(search: Search, n: int, points: Floats, queries: Floats) -> NDArray[np.int64]:
    """The K nearest among the n that a library finds for each query."""
    return ranked_again(queries, search(tangent(queries), n), points)


def ranked_again(queries: Floats, shortlists: NDArray[np.int64], points: Floats) -> NDArray[np.int64]:
    """The K nearest of each query's shortlist."""
    squared = np.square(queries[:, None] - points[shortlists]).sum(2) / (1 - np.square(points[shortlists]).sum(2))
    return np.take_along_axis(shortlists, squared.argsort(1)[:, :K], 1)


def tangent(points: Floats) -> NDArray[np.float32]:
    """The tangent vectors of points, in float32."""
    return logmap0(torch.from_numpy(points)).numpy().astype(np.float32)


def noisy(points: Floats, n: int, noise: float) -> Floats:
    """Points beside those of random concepts."""
    generator = np.random.default_rng(0)
    vectors = logmap0(torch.from_numpy(points[generator.choice(len(points), n)])).numpy()
    directions = generator.standard_normal(vectors.shape)
    directions *= np.linalg.norm(vectors, axis=1, keepdims=True) / np.linalg.norm(directions, axis=1, keepdims=True)
    moved: Floats = expmap0(torch.from_numpy(vectors + noise * directions)).numpy()
    return moved


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """The result of work, and its CPU seconds."""
    start = time.process_time()
    result = work()
    return result, time.process_time() - start


if __name__ == "__main__":
    main()
