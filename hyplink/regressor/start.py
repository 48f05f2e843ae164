"""Initial points of the concepts for training the regressor."""

import numpy as np
import torch
from numpy.typing import NDArray

from hyplink.ontology import Ontology
from hyplink.poincare.construct import constructed_points
from hyplink.poincare.geometry import dist0, expmap0, logmap0
from hyplink.poincare.hierarchy import Hierarchy

Floats = NDArray[np.float64]


def initial_points(start: str, embedding: Floats, ontology: Ontology, seed: int) -> Floats:
    """The initial points of all concepts, float64 (n_concepts, dim), with at most the radius of the embedding.

    Args:
        start: the setting `research.start`; for `embedding` and `tuned`, the given points are the result.
        embedding: points of the trained Poincaré embedding, or those of a tuned transformer, float64 (n_concepts, dim).
        ontology: the concepts; used by `construct`.
        seed: used by `random`.
    """
    max_radius = float(dist0(torch.from_numpy(embedding)).max())
    if start == "construct":
        return constructed_points(Hierarchy(ontology.closure(), len(ontology)), embedding.shape[1], max_radius)
    if start == "random":
        return random_points(len(embedding), embedding.shape[1], max_radius, seed)
    return embedding


def scale_radii(points: Floats, factor: float) -> Floats:
    """Points (n, dim) with their hyperbolic radii multiplied by a factor: expmap0(factor·logmap0(x))."""
    scaled: Floats = expmap0(factor * logmap0(torch.from_numpy(points))).numpy()
    return scaled


def random_points(n: int, dim: int, max_radius: float, seed: int) -> Floats:
    """Points (n, dim) with uniform directions and with hyperbolic radii uniform in [0, max_radius]."""
    random = np.random.default_rng(seed)
    directions = random.standard_normal((n, dim))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    points: Floats = directions * np.tanh(random.uniform(0, max_radius, (n, 1)) / 2)
    return points
