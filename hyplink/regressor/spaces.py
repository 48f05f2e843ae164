"""Spaces that compare network outputs with concepts: the Poincaré ball, Euclidean space, and a flat softmax."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from hyplink.config import SpaceResearch
from hyplink.poincare.geometry import dist, dist0, gromov_product, logmap0, pairwise_training_dist, training_dist
from hyplink.poincare.index import ConceptIndex
from hyplink.regressor.heads import HEADS

INITIAL_INVERSE_TEMPERATURE = 5.0
MAX_INVERSE_TEMPERATURE = 100.0

RADIUS_MARGIN = 1.0
"""The maximum hyperbolic radius of an output's point exceeds that of the concepts by this much."""

_ROWS_AT_A_TIME = 256
"""Rows of a matrix of Gromov products computed together, to bound memory."""

FLOAT32_MAX_RADIUS = 6.0
"""Tuned points beyond this hyperbolic radius are float64: geoopt clips float32 points to a radius of 6.2."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The k best concepts for each of n mentions, best first.

    Attributes:
        concepts: concept indices, int64 (n, k).
        scores: float64 (n, k), higher is better: −τ·distance, or the logit in the flat space.
        distances: distances in the space of the concepts, float64 (n, k); None in the flat space.
    """

    concepts: NDArray[np.int64]
    scores: NDArray[np.float64]
    distances: NDArray[np.float64] | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Scores and distances of p (mention, concept) pairs, float64 (p,), as in a `Ranking`."""

    scores: NDArray[np.float64]
    distances: NDArray[np.float64] | None


def _rows(points: nn.Parameter, concepts: Tensor | None) -> Tensor:
    """The points of some concepts (M,), with a sparse gradient, or of all concepts."""
    return points if concepts is None else nn.functional.embedding(concepts, points, sparse=True)


class Temperature(nn.Module):
    """The inverse temperature τ of scores −τ·distance: a trained parameter, at most `MAX_INVERSE_TEMPERATURE`."""

    def __init__(self) -> None:
        super().__init__()
        self.log_inverse = nn.Parameter(torch.tensor(math.log(INITIAL_INVERSE_TEMPERATURE)))

    def forward(self) -> Tensor:
        """τ ()."""
        return self.log_inverse.exp().clamp_max(MAX_INVERSE_TEMPERATURE)


class PoincareSpace(nn.Module):
    """The Poincaré ball: an output head maps outputs to points, and logits are −τ·hyperbolic distance.

    Args:
        points: initial points of the concepts, float64 (n_concepts, d).
        head: name of the output head, a key of `heads.HEADS`.
        tuned: whether the concept points are trained.

    Attributes:
        concept_radius: maximum hyperbolic radius of the initial concept points.
        max_radius: maximum hyperbolic radius of the points of outputs, ().
    """

    name = "poincare"

    def __init__(self, points: NDArray[np.float64], head: str, tuned: bool) -> None:
        super().__init__()
        initial = torch.from_numpy(points)
        self.concept_radius = dist0(initial).max().item()
        self.max_radius: Tensor
        self.register_buffer("max_radius", torch.tensor(self.concept_radius + RADIUS_MARGIN))
        self.head_name = head
        self.head = HEADS[head]
        self.output_dim = points.shape[1] + self.head.n_extra
        if tuned and self.concept_radius < FLOAT32_MAX_RADIUS:
            initial = initial.to(torch.get_default_dtype())
        self.points = _ball_parameter(initial) if tuned else nn.Parameter(initial, requires_grad=False)
        self.inverse_temperature = Temperature()

    def to_points(self, outputs: Tensor) -> Tensor:
        """The points (B, d) of outputs (B, output_dim)."""
        return self.head.to_points(outputs, self.max_radius.to(outputs.dtype))

    def distances(self, outputs: Tensor, concepts: Tensor | None = None) -> Tensor:
        """Hyperbolic distances (B, M) from some concepts (M,) or from all, by `pairwise_training_dist`."""
        points = _rows(self.points, concepts)
        return pairwise_training_dist(self.to_points(outputs), points.to(outputs.dtype))

    def distances_to(self, outputs: Tensor, concepts: Tensor) -> Tensor:
        """Hyperbolic distances (B,) of outputs from one concept each (B,), by `training_dist`."""
        return training_dist(self.to_points(outputs), self.points[concepts].to(outputs.dtype))

    def logits(self, outputs: Tensor, concepts: Tensor | None = None) -> Tensor:
        """−τ times the hyperbolic distances (B, M) from some concepts (M,) or from all."""
        logits: Tensor = -self.inverse_temperature() * self.distances(outputs, concepts)
        return logits

    @torch.no_grad()
    def rank(self, outputs: Tensor, k: int) -> Ranking:
        """The k nearest concepts of each output (n, output_dim), by exact float64 distances."""
        concepts, distances = self.index.nearest(self.to_points(outputs.double()).numpy(), k)
        return Ranking(concepts, -self.inverse_temperature().item() * distances, distances)

    @torch.no_grad()
    def compare(self, outputs: Tensor, concepts: Tensor) -> Comparison:
        """Scores and distances, in float64, of outputs (p, output_dim) and one concept each (p,)."""
        distances = dist(self.to_points(outputs.double()), self.points[concepts].double()).numpy()
        return Comparison(-self.inverse_temperature().item() * distances, distances)

    @cached_property
    def index(self) -> ConceptIndex:
        """The search index of the concept points. It is built on first access, which must be after training."""
        points = self.concept_points()
        return ConceptIndex(points, [str(row) for row in range(len(points))])

    def concept_points(self) -> NDArray[np.float64]:
        """The concept points, float64 (n_concepts, d)."""
        points: NDArray[np.float64] = self.points.detach().double().numpy()
        return points

    @torch.no_grad()
    def gromov_products(self, first: Tensor, second: Tensor) -> NDArray[np.float64]:
        """The Gromov products, float64 (A, B), of concepts (A,) and (B,) at the origin."""
        points, products = self.points.double(), np.zeros((len(first), len(second)))
        for start in range(0, len(first), _ROWS_AT_A_TIME):
            rows = slice(start, start + _ROWS_AT_A_TIME)
            products[rows] = gromov_product(points[first[rows]][:, None], points[second]).numpy()
        return products


def _ball_parameter(points: Tensor) -> nn.Parameter:
    """A parameter on the Poincaré ball, for Riemannian optimisers."""
    import geoopt  # slow to import, and linking does not need it

    parameter: nn.Parameter = geoopt.ManifoldParameter(points, manifold=geoopt.PoincareBall())
    return parameter


class EuclideanSpace(nn.Module):
    """Euclidean baseline of the ball: logits are −τ·Euclidean distance.

    An output v has the point 2v, as `expmap0` maps v to hyperbolic radius 2‖v‖.

    Args:
        points: initial points of the concepts, float64 (n_concepts, d).
        tuned: whether the concept points are trained.
    """

    name = "euclidean"

    def __init__(self, points: NDArray[np.float64], tuned: bool) -> None:
        super().__init__()
        self.output_dim = points.shape[1]
        initial = torch.from_numpy(points)
        self.points = nn.Parameter(initial.to(torch.get_default_dtype()) if tuned else initial, requires_grad=tuned)
        self.inverse_temperature = Temperature()

    def distances(self, outputs: Tensor, concepts: Tensor | None = None) -> Tensor:
        """Euclidean distances (B, M) from some concepts (M,) or from all."""
        points = _rows(self.points, concepts)
        return torch.cdist(2 * outputs, points.to(outputs.dtype))

    def distances_to(self, outputs: Tensor, concepts: Tensor) -> Tensor:
        """Euclidean distances (B,) of outputs from one concept each (B,)."""
        distances: Tensor = torch.linalg.vector_norm(2 * outputs - self.points[concepts].to(outputs.dtype), dim=1)
        return distances

    def logits(self, outputs: Tensor, concepts: Tensor | None = None) -> Tensor:
        """−τ times the Euclidean distances (B, M) from some concepts (M,) or from all."""
        logits: Tensor = -self.inverse_temperature() * self.distances(outputs, concepts)
        return logits

    @torch.no_grad()
    def rank(self, outputs: Tensor, k: int) -> Ranking:
        """The k nearest concepts of each output (n, d), by float64 distances."""
        distances = torch.cdist(2 * outputs.double(), self.points.double())
        nearest, concepts = distances.topk(min(k, distances.shape[1]), largest=False)
        scores = -self.inverse_temperature().item() * nearest
        return Ranking(concepts.numpy(), scores.numpy(), nearest.numpy())

    @torch.no_grad()
    def compare(self, outputs: Tensor, concepts: Tensor) -> Comparison:
        """Scores and distances, in float64, of outputs (p, output_dim) and one concept each (p,)."""
        distances = (2 * outputs.double() - self.points[concepts].double()).norm(dim=1).numpy()
        return Comparison(-self.inverse_temperature().item() * distances, distances)

    def concept_points(self) -> NDArray[np.float64]:
        """The concept points, float64 (n_concepts, d)."""
        points: NDArray[np.float64] = self.points.detach().double().numpy()
        return points

    @torch.no_grad()
    def gromov_products(self, first: Tensor, second: Tensor) -> NDArray[np.float64]:
        """The Gromov products, float64 (A, B), of concepts (A,) and (B,) at the origin, by Euclidean distance."""
        left, right = self.points[first].double(), self.points[second].double()
        radii = left.norm(dim=1)[:, None] + right.norm(dim=1)
        products: NDArray[np.float64] = ((radii - torch.cdist(left, right)) / 2).numpy()
        return products


class FlatSpace(nn.Module):
    """Baseline without geometry: outputs are the logits of a softmax over the concepts.

    Args:
        n_concepts: number of concepts.
    """

    name = "flat"

    def __init__(self, n_concepts: int) -> None:
        super().__init__()
        self.output_dim = n_concepts

    def logits(self, outputs: Tensor, concepts: Tensor | None = None) -> Tensor:
        """The outputs themselves, (B, M) for some concepts (M,) or for all."""
        return outputs if concepts is None else outputs[:, concepts]

    @torch.no_grad()
    def rank(self, outputs: Tensor, k: int) -> Ranking:
        """The k concepts with the largest logits of each output (n, n_concepts)."""
        scores, concepts = outputs.double().topk(min(k, outputs.shape[1]))
        return Ranking(concepts.numpy(), scores.numpy(), None)

    @torch.no_grad()
    def compare(self, outputs: Tensor, concepts: Tensor) -> Comparison:
        """The logits of outputs (p, n_concepts) for one concept each (p,)."""
        return Comparison(outputs.gather(1, concepts[:, None]).squeeze(1).double().numpy(), None)

    def concept_points(self) -> None:
        """None: concepts have no points in the flat space."""
        return

    def gromov_products(self, first: Tensor, second: Tensor) -> None:
        """None: concepts have no points in the flat space."""
        return


Space = PoincareSpace | EuclideanSpace | FlatSpace


def space_of(settings: SpaceResearch, points: NDArray[np.float64]) -> Space:
    """The space that a configuration selects.

    Args:
        settings: name the space, its output head, and whether the points of concepts are trained.
        points: initial points of the concepts in the ball, float64 (n_concepts, d).
    """
    tuned = settings.concepts == "tuned"
    if settings.space == "poincare":
        return PoincareSpace(points, settings.head, tuned)
    if settings.space == "euclidean":
        # The norm of 2·logmap0(x) is the hyperbolic radius of x.
        return EuclideanSpace(2 * logmap0(torch.from_numpy(points)).numpy(), tuned)
    return FlatSpace(len(points))
