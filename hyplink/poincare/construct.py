"""Combinatorial embedding of a hierarchy: lays out a spanning tree in the ball, without training.

This is the construction of Sarkar 2011 (Low Distortion Delaunay Embedding of Trees in Hyperbolic Plane) in any number
of dimensions, as in Sala et al. 2018 (Representation Tradeoffs for Hyperbolic Embeddings, algorithm 2 and section 3.2):
seen from a concept, its children and its parent lie in directions that are spread evenly over the sphere. Unlike
there, the length of an edge depends on the number of descendants, such that the path from the root to every leaf has
length `max_radius` and no point has to be clipped.
"""

from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import ndtri

from hyplink.poincare.geometry import mobius_add
from hyplink.poincare.hierarchy import ConceptLists, Hierarchy, fill_depths

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

PATH_EXPONENT = 2.0
"""Exponent of 1 − log(subtree size) / log(n_concepts) in the path length; 2 keeps ancestors near the origin."""


def constructed_points(hierarchy: Hierarchy, dim: int, max_radius: float) -> Floats:
    """The points of all concepts, float64 (n_concepts, dim), at most `max_radius` (hyperbolic) from the origin.

    A single root is placed at the origin; several roots are placed around it, as the children of a virtual root.
    """
    parent = spanning_parents(hierarchy)
    levels = _levels(parent)
    paths = _path_lengths(parent, levels, max_radius)
    points = np.zeros((hierarchy.n_concepts, dim))
    roots = levels[0]
    points[roots] = spread_directions(len(roots), dim) * np.tanh(paths[roots, None] / 2)
    for level in levels[1:]:
        _place_level(points, parent, paths, level)
    return points


def spanning_parents(hierarchy: Hierarchy) -> Indices:
    """The parent with the most ancestors of each concept, int64 (n_concepts,), ties by index; −1 for a root."""
    parents = hierarchy.parents
    owners = np.repeat(np.arange(hierarchy.n_concepts), parents.counts)
    order = np.lexsort((parents.items, -hierarchy.ancestors.counts[parents.items], owners))
    spanning = np.full(hierarchy.n_concepts, -1, np.int64)
    has_parent = parents.counts > 0
    spanning[has_parent] = parents.items[order][parents.starts[:-1][has_parent]]
    return spanning


@lru_cache(maxsize=4096)
def spread_directions(n: int, dim: int) -> Floats:
    """Unit vectors (n, dim) spread evenly over the sphere; deterministic.

    For n ≤ dim + 1 these are the corners of a regular simplex, in the plane equal angles, otherwise a low-discrepancy
    sequence (multiples of inverse powers of the generalised golden ratio; Roberts 2018, The Unreasonable Effectiveness
    of Quasirandom Sequences), mapped to the sphere by the normal quantile function.
    """
    if n == 1:
        return np.eye(1, dim)
    if n <= dim + 1:
        corners = np.linalg.svd(np.eye(n) - 1 / n)[0][:, : n - 1]  # (n, n - 1)
        directions = np.pad(corners, ((0, 0), (0, dim - n + 1)))
    elif dim == 2:
        angles = 2 * np.pi * np.arange(n) / n
        directions = np.column_stack((np.cos(angles), np.sin(angles)))
    else:
        steps = _generalised_golden_ratio(dim) ** -np.arange(1.0, dim + 1)
        directions = ndtri((0.5 + np.outer(np.arange(1, n + 1), steps)) % 1)
    unit: Floats = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    return unit


def _generalised_golden_ratio(dim: int) -> float:
    """The root greater than 1 of x^(dim + 1) = x + 1, by fixed-point iteration."""
    ratio = 2.0
    for _ in range(64):
        ratio = (1 + ratio) ** (1 / (dim + 1))
    return ratio


def _levels(parent: Indices) -> list[Indices]:
    """The concepts at each depth of the spanning tree, sorted by parent."""
    concepts = np.arange(len(parent), dtype=np.int32)
    has_parent = parent >= 0
    children = ConceptLists.from_pairs(parent[has_parent].astype(np.int32), concepts[has_parent], len(parent))
    depths = np.full(len(parent), -1, np.int32)
    fill_depths(concepts[~has_parent], children.starts, children.items, depths)
    order = np.lexsort((parent, depths))
    order = order[depths[order] >= 0]
    return np.split(order, np.flatnonzero(np.diff(depths[order])) + 1)


def _path_lengths(parent: Indices, levels: list[Indices], max_radius: float) -> Floats:
    """Length of the path from the origin to each concept along the tree (n_concepts,); `max_radius` for a leaf."""
    sizes = np.ones(len(parent))  # of the subtrees
    for level in reversed(levels[1:]):
        np.add.at(sizes, parent[level], sizes[level])
    log_n_concepts = np.log(max(len(parent), 2))
    paths: Floats = max_radius * (1 - np.log(sizes) / log_n_concepts) ** PATH_EXPONENT
    return paths if len(parent) > 1 else np.zeros(1)


def _place_level(points: Floats, parent: Indices, paths: Floats, level: Indices) -> None:
    """Fills the points of the concepts of a level, around the points of their parents."""
    parents, first, counts = np.unique(parent[level], return_index=True, return_counts=True)
    grandparents = np.where(parent[parents, None] >= 0, points[parent[parents]], 0.0)  # the virtual root is at 0
    to_grandparent = _translated_to_origin(points[parents], grandparents)
    directions = np.empty((len(level), points.shape[1]))
    for start, count, occupied in zip(first, counts, to_grandparent, strict=True):
        directions[start : start + count] = _child_directions(occupied, count)
    lengths = paths[level] - paths[parent[level]]
    offsets = directions * np.tanh(lengths[:, None] / 2)
    points[level] = mobius_add(torch.from_numpy(points[parent[level]]), torch.from_numpy(offsets)).numpy()


def _translated_to_origin(points: Floats, others: Floats) -> Floats:
    """The images (n, dim) of other points under the translations that take the points (n, dim) to the origin."""
    images: Floats = mobius_add(torch.from_numpy(-points), torch.from_numpy(others)).numpy()
    return images


def _child_directions(occupied: Floats, n: int) -> Floats:
    """Unit vectors (n, dim) that are spread evenly together with the direction of `occupied`, (dim,).

    If `occupied` is 0, no direction is occupied.
    """
    length = np.linalg.norm(occupied)
    if length == 0:
        return spread_directions(n, len(occupied))
    first, *_ = directions = spread_directions(n + 1, len(occupied))
    normal = first - occupied / length  # of the reflection that maps the first direction to the occupied one
    squared = normal @ normal
    if squared < 1e-24:
        return directions[1:]
    reflected: Floats = directions[1:] - np.outer(directions[1:] @ normal, 2 * normal / squared)
    return reflected
