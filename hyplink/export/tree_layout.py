"""Layout of a hierarchy in the Poincaré disk: a spanning tree in which every subtree has a wedge of its own.

After Lamping, Rao and Pirolli 1995 (A Focus+Context Technique Based on Hyperbolic Geometry for Visualizing Large
Hierarchies). Points are complex numbers in the unit disk.
"""

from collections import deque
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hyplink.ontology import Ontology

Disk = NDArray[np.complex128]

MAX_RADIUS = 18.0
"""Maximum hyperbolic distance from the origin; beyond it, float64 cannot distinguish neighbouring points."""

SHARE_EXPONENT = 0.7
"""A child's share of its parent's wedge is proportional to its number of leaves to this power; with 1, small subtrees
would get too little space."""

WEDGE_MARGIN = 0.12
"""Minimum distance, as a radius in the disk, between a child's wedge and its parent."""

MIN_EDGE, MAX_EDGE = 0.35, 0.95
"""Bounds of the distance between a child and its parent, as a radius in the disk centred at the parent."""


def spanning_parents(ontology: Ontology) -> dict[str, str]:
    """The parent of each concept in the spanning tree: its deepest parent, ties by id. Roots are left out."""
    return {
        concept_id: max(concept.parents, key=lambda parent: (ontology.depth(parent), parent))
        for concept_id, concept in ontology.concepts.items()
        if concept.parents
    }


def tree_layout(ontology: Ontology) -> Disk:
    """The position of each concept in the disk, complex128 (n_concepts,), in the order of the ontology.

    The origin is the concept where the tree first branches evenly, which need not be its root.
    """
    parents = spanning_parents(ontology)
    children: dict[str | None, list[str]] = {}
    for concept_id in ontology.concept_ids:
        children.setdefault(parents.get(concept_id), []).append(concept_id)
    n_leaves = _leaf_counts(children)
    centre = _first_even_branching(children, n_leaves)
    edge_scale = 1.0
    while True:
        position_of = _positions(children, n_leaves, edge_scale)
        positions = np.array([position_of[concept_id] for concept_id in ontology.concept_ids], dtype=np.complex128)
        positions = translated(positions, -position_of[centre])
        radius = 2 * np.arctanh(np.abs(positions).max(initial=0.0).clip(max=1 - 1e-16))
        if radius <= MAX_RADIUS:
            return positions
        edge_scale *= 0.95 * MAX_RADIUS / radius


def translated(points: Disk, to: complex) -> Disk:
    """The points after the translation of the disk that moves the origin to `to`: (z + a) / (1 + ā·z)."""
    moved: Disk = (points + to) / (1 + np.conj(to) * points)
    return moved


def _leaf_counts(children: Mapping[str | None, Sequence[str]]) -> dict[str, int]:
    """The number of leaves below each concept; a leaf counts itself."""
    queue = deque(children[None])
    breadth_first = []
    while queue:
        concept = queue.popleft()
        breadth_first.append(concept)
        queue.extend(children.get(concept, ()))
    n_leaves: dict[str, int] = {}
    for concept in reversed(breadth_first):
        n_leaves[concept] = sum(n_leaves[child] for child in children.get(concept, ())) or 1
    return n_leaves


def _first_even_branching(children: Mapping[str | None, Sequence[str]], n_leaves: Mapping[str, int]) -> str | None:
    """The highest concept none of whose children has half of its leaves or more; None for the virtual root."""
    roots = children[None]
    concept = roots[0] if len(roots) == 1 else None
    while below := children.get(concept):
        largest = max(below, key=lambda child: n_leaves[child])
        if 2 * n_leaves[largest] < sum(n_leaves[child] for child in below):
            break
        concept = largest
    return concept


def _positions(
    children: Mapping[str | None, Sequence[str]], n_leaves: Mapping[str, int], edge_scale: float
) -> dict[str | None, complex]:
    """The position of each concept, with hyperbolic edge lengths multiplied by a factor."""
    roots = children[None]
    start = roots[0] if len(roots) == 1 else None
    positions: dict[str | None, complex] = {start: 0j}
    queue: deque[tuple[str | None, float, float]] = deque([(start, 0.0, np.pi)])
    while queue:
        parent, forward, half_width = queue.popleft()
        shares = np.array([n_leaves[child] for child in children.get(parent, ())]) ** SHARE_EXPONENT
        ends = np.cumsum(shares / shares.sum()) if len(shares) else shares
        for child, share, end in zip(children.get(parent, ()), shares, ends, strict=True):
            half = half_width * share / shares.sum()
            direction = forward - half_width + 2 * half_width * end - half
            offset = _edge_radius(half, edge_scale) * np.exp(1j * direction)
            parent_position = positions[parent]
            positions[child] = complex(translated(np.asarray(offset), parent_position))
            queue.append((child, *_wedge(parent_position, offset, direction, half)))
    return positions


def _edge_radius(half_width: float, edge_scale: float) -> float:
    """The distance, as a radius in the disk, of a child from its parent for a wedge of this half-width in radians."""
    if half_width >= np.pi / 2:
        radius = MIN_EDGE
    else:
        widening = (1 - WEDGE_MARGIN**2) * np.sin(half_width) / (2 * WEDGE_MARGIN)
        radius = float(np.clip(np.hypot(widening, 1) - widening, MIN_EDGE, MAX_EDGE))
    return float(np.tanh(edge_scale * np.arctanh(radius)))


def _wedge(parent_position: complex, offset: complex, direction: float, half: float) -> tuple[float, float]:
    """The direction away from the parent and the half-width of the wedge, in radians, in the child's own frame.

    The wedge is bounded by the same ideal points as its share of the parent's wedge. Composing the translations to the
    parent and on to the child rotates the frame by their gyration.
    """
    edge = complex(translated(np.exp(1j * np.asarray(direction - half)), -offset))
    child_half = abs((np.angle(edge) - direction + np.pi) % (2 * np.pi) - np.pi)
    rotation = np.angle((1 + parent_position * np.conj(offset)) / (1 + np.conj(parent_position) * offset))
    return float(direction + rotation), float(min(child_half, 0.95 * np.pi))
