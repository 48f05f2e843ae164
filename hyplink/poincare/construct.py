"""A closed-form embedding of a hierarchy: its spanning tree laid out in the ball, without any training.

After Sarkar 2011 and Sala et al. 2018 (Representation Tradeoffs for Hyperbolic Embeddings, algorithm 2 and section
3.2), in any number of dimensions: from each concept its children lie in directions spread evenly over the sphere, the
concept's parent among them. Other than there, an edge's length follows from how many concepts lie below it, so that
every leaf's path is as long as the cap on the radius and no point needs to be held back.
"""

from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import ndtri

from hyplink.poincare.geometry import mobius_add
from hyplink.poincare.hierarchy import Hierarchy, Lists, walk_down

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

PATH_POWER = 2.0
"""Path lengths grow with this power of the logarithm of how rare a concept's subtree is; 2 keeps ancestors near."""


def constructed_points(hierarchy: Hierarchy, dim: int, max_radius: float) -> Floats:
    """Points of all concepts, float64 (n_concepts, dim), at most `max_radius` from the origin.

    A single root is at the origin; several stand around it, as children of a virtual root do.
    """
    parent = spanning_parents(hierarchy)
    levels = _levels(parent)
    paths = _path_lengths(parent, levels, max_radius)
    points = np.zeros((hierarchy.n_concepts, dim))
    roots = levels[0]
    points[roots] = spread_directions(len(roots), dim) * np.tanh(paths[roots, None] / 2)
    for level in levels[1:]:
        _place(points, parent, paths, level)
    return points


def spanning_parents(hierarchy: Hierarchy) -> Indices:
    """One parent of each concept, the one with most ancestors, ties by index; −1 for a root."""
    parents = hierarchy.parents
    owners = np.repeat(np.arange(hierarchy.n_concepts), parents.counts)
    order = np.lexsort((parents.items, -hierarchy.ancestors.counts[parents.items], owners))
    spanning = np.full(hierarchy.n_concepts, -1, np.int64)
    has_parent = parents.counts > 0
    spanning[has_parent] = parents.items[order][parents.starts[:-1][has_parent]]
    return spanning


@lru_cache(maxsize=4096)
def spread_directions(n: int, dim: int) -> Floats:
    """Unit vectors (n, dim) spread evenly over the sphere, the same at every call.

    A regular simplex where there is one, equal angles in the plane, and else points of low discrepancy: multiples of
    the inverse powers of the generalised golden ratio, taken to the sphere through the normal distribution.
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
    """The root above 1 of x^(dim + 1) = x + 1."""
    ratio = 2.0
    for _ in range(64):
        ratio = (1 + ratio) ** (1 / (dim + 1))
    return ratio


def _levels(parent: Indices) -> list[Indices]:
    """The concepts of each depth of the spanning tree, those with the same parent side by side."""
    concepts = np.arange(len(parent), dtype=np.int32)
    below = parent >= 0
    children = Lists.of(parent[below].astype(np.int32), concepts[below], len(parent))
    depths = np.full(len(parent), -1, np.int32)
    walk_down(concepts[~below], children.starts, children.items, depths)
    order = np.lexsort((parent, depths))
    order = order[depths[order] >= 0]
    return np.split(order, np.flatnonzero(np.diff(depths[order])) + 1)


def _path_lengths(parent: Indices, levels: list[Indices], max_radius: float) -> Floats:
    """How far along the tree's edges each concept is from the origin: 0 for the whole, the cap for a leaf."""
    sizes = np.ones(len(parent))
    for level in reversed(levels[1:]):
        np.add.at(sizes, parent[level], sizes[level])
    whole = np.log(max(len(parent), 2))
    paths: Floats = max_radius * (1 - np.log(sizes) / whole) ** PATH_POWER
    return paths if len(parent) > 1 else np.zeros(1)


def _place(points: Floats, parent: Indices, paths: Floats, level: Indices) -> None:
    """Places the concepts of a level around their parents, as seen from each parent at the origin."""
    uppers, first, counts = np.unique(parent[level], return_index=True, return_counts=True)
    above = np.where(parent[uppers, None] >= 0, points[parent[uppers]], 0.0)  # the virtual root is at the origin
    backward = _seen_from(points[uppers], above)
    directions = np.empty((len(level), points.shape[1]))
    for start, count, towards_parent in zip(first, counts, backward, strict=True):
        directions[start : start + count] = _directions_beside(towards_parent, count)
    lengths = paths[level] - paths[parent[level]]
    offsets = directions * np.tanh(lengths[:, None] / 2)
    points[level] = mobius_add(torch.from_numpy(points[parent[level]]), torch.from_numpy(offsets)).numpy()


def _seen_from(points: Floats, others: Floats) -> Floats:
    """Where the others are after the translation that takes the points to the origin."""
    seen: Floats = mobius_add(torch.from_numpy(-points), torch.from_numpy(others)).numpy()
    return seen


def _directions_beside(taken: Floats, n: int) -> Floats:
    """Evenly spread directions (n, dim) that together with a taken one cover the sphere; 0 takes none."""
    length = np.linalg.norm(taken)
    if length == 0:
        return spread_directions(n, len(taken))
    first, *_ = code = spread_directions(n + 1, len(taken))
    mirror = first - taken / length  # the reflection that takes the first direction to the taken one
    squared = mirror @ mirror
    if squared < 1e-24:
        return code[1:]
    reflected: Floats = code[1:] - np.outer(code[1:] @ mirror, 2 * mirror / squared)
    return reflected
