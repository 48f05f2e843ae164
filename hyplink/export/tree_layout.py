"""Lays a hierarchy out in the hyperbolic plane, for the eye: its spanning tree, each branch in a wedge of its own.

After Lamping, Rao and Pirolli 1995 (A Focus+Context Technique Based on Hyperbolic Geometry for Visualizing Large
Hierarchies). Points of the plane are complex numbers in the unit disk.
"""

from collections import deque
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hyplink.ontology import Ontology

Disk = NDArray[np.complex128]

GREATEST_RADIUS = 18.0
"""No concept lies farther out, in hyperbolic distance: beyond, a double can no longer tell neighbours apart."""

SHARE_POWER = 0.7
"""A branch's share of its parent's wedge grows with this power of its leaves: 1 would leave small branches no room."""

ROOM = 0.12
"""How near, in the disk, a child's wedge may come to its parent."""

NEAREST, FARTHEST = 0.35, 0.95
"""Bounds on a child's distance from its parent, as a radius in the disk around the parent."""


def spanning_parents(ontology: Ontology) -> dict[str, str]:
    """The parent under which each concept is drawn, the deepest, ties by id; roots have none."""
    return {
        concept_id: max(concept.parents, key=lambda parent: (ontology.depth(parent), parent))
        for concept_id, concept in ontology.concepts.items()
        if concept.parents
    }


def tree_layout(ontology: Ontology) -> Disk:
    """The place of each concept in the disk, complex128 (n_concepts,), in the ontology's order.

    At the centre is the concept where the tree parts, which need not be its root.
    """
    parents = spanning_parents(ontology)
    children: dict[str | None, list[str]] = {}
    for concept_id in ontology.concept_ids:
        children.setdefault(parents.get(concept_id), []).append(concept_id)
    leaves = _leaves(children)
    middle = _parting(children, leaves)
    lengths = 1.0
    while True:
        placed = _placed(children, leaves, lengths)
        places = np.array([placed[concept_id] for concept_id in ontology.concept_ids], dtype=np.complex128)
        places = translated(places, -placed[middle])
        radius = 2 * np.arctanh(np.abs(places).max(initial=0.0).clip(max=1 - 1e-16))
        if radius <= GREATEST_RADIUS:
            return places
        lengths *= 0.95 * GREATEST_RADIUS / radius


def translated(places: Disk, to: complex) -> Disk:
    """The points after the translation of the disk that takes the origin to `to`: (z + a) / (1 + ā·z)."""
    moved: Disk = (places + to) / (1 + np.conj(to) * places)
    return moved


def _leaves(children: Mapping[str | None, Sequence[str]]) -> dict[str, int]:
    """How many leaves lie below each concept; a leaf counts itself."""
    order = deque(children[None])
    downwards = []
    while order:
        concept = order.popleft()
        downwards.append(concept)
        order.extend(children.get(concept, ()))
    leaves: dict[str, int] = {}
    for concept in reversed(downwards):
        leaves[concept] = sum(leaves[child] for child in children.get(concept, ())) or 1
    return leaves


def _parting(children: Mapping[str | None, Sequence[str]], leaves: Mapping[str, int]) -> str | None:
    """The concept below which no branch holds most of the leaves any more; None for the place between several roots."""
    roots = children[None]
    at = roots[0] if len(roots) == 1 else None
    while below := children.get(at):
        largest = max(below, key=lambda child: leaves[child])
        if 2 * leaves[largest] < sum(leaves[child] for child in below):
            break
        at = largest
    return at


def _placed(
    children: Mapping[str | None, Sequence[str]], leaves: Mapping[str, int], lengths: float
) -> dict[str | None, complex]:
    """The place of each concept, edges drawn shorter by a factor."""
    roots = children[None]
    start = roots[0] if len(roots) == 1 else None
    placed: dict[str | None, complex] = {start: 0j}
    waiting: deque[tuple[str | None, float, float]] = deque([(start, 0.0, np.pi)])
    while waiting:
        parent, forward, half_width = waiting.popleft()
        shares = np.array([leaves[child] for child in children.get(parent, ())]) ** SHARE_POWER
        ends = np.cumsum(shares / shares.sum()) if len(shares) else shares
        for child, share, end in zip(children.get(parent, ()), shares, ends, strict=True):
            half = half_width * share / shares.sum()
            direction = forward - half_width + 2 * half_width * end - half
            offset = _distance(half, lengths) * np.exp(1j * direction)
            place = placed[parent]
            placed[child] = complex(translated(np.asarray(offset), place))
            waiting.append((child, *_wedge(place, offset, direction, half)))
    return placed


def _distance(half_width: float, lengths: float) -> float:
    """How far from its parent, as a radius in the disk, a child stands whose wedge has this half-width in radians."""
    if half_width >= np.pi / 2:
        far = NEAREST
    else:
        widening = (1 - ROOM**2) * np.sin(half_width) / (2 * ROOM)
        far = float(np.clip(np.hypot(widening, 1) - widening, NEAREST, FARTHEST))
    return float(np.tanh(lengths * np.arctanh(far)))


def _wedge(place: complex, offset: complex, direction: float, half: float) -> tuple[float, float]:
    """The direction away from the parent and the half-width of the wedge, in radians, as a child sees them.

    The wedge ends where its parent's share of the horizon ends; going there by way of the parent turns the view by
    the gyration of the two translations.
    """
    edge = complex(translated(np.exp(1j * np.asarray(direction - half)), -offset))
    away = direction  # the line through parent and child goes straight on
    half_seen = abs((np.angle(edge) - away + np.pi) % (2 * np.pi) - np.pi)
    turn = np.angle((1 + place * np.conj(offset)) / (1 + np.conj(place) * offset))
    return float(away + turn), float(min(half_seen, 0.95 * np.pi))
