"""Where the concepts' points stand when the regressor begins to learn."""

import numpy as np
import torch
from numpy.typing import NDArray

from hyplink.ontology import Ontology
from hyplink.poincare.construct import constructed_points
from hyplink.poincare.geometry import dist0, expmap0, logmap0
from hyplink.poincare.hierarchy import Hierarchy

Floats = NDArray[np.float64]


def starting_points(start: str, embedding: Floats, ontology: Ontology, seed: int) -> Floats:
    """The points of all concepts, float64 (n_concepts, dim), no farther out than those of the embedding.

    Args:
        start: embedding, construct or random, as `research.start` says.
        embedding: the trained Poincaré embedding (n_concepts, dim).
        ontology: the concepts and what lies above each.
        seed: of the random points.
    """
    farthest = float(dist0(torch.from_numpy(embedding)).max())
    if start == "construct":
        return constructed_points(Hierarchy(ontology.closure(), len(ontology)), embedding.shape[1], farthest)
    if start == "random":
        return random_points(len(embedding), embedding.shape[1], farthest, seed)
    return embedding


def drawn_inward(points: Floats, share: float) -> Floats:
    """The points (n, dim) along their directions at a share of their hyperbolic radius: expmap0(share·logmap0(x))."""
    drawn: Floats = expmap0(share * logmap0(torch.from_numpy(points))).numpy()
    return drawn


def random_points(n: int, dim: int, max_radius: float, seed: int) -> Floats:
    """Points (n, dim) in even directions, at hyperbolic radii that are even up to the greatest."""
    random = np.random.default_rng(seed)
    directions = random.standard_normal((n, dim))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    points: Floats = directions * np.tanh(random.uniform(0, max_radius, (n, 1)) / 2)
    return points
