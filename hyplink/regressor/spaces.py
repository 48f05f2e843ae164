"""Where concepts stand and how a network's output is compared with them: the ball, its flat twin, or nowhere."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from hyplink.config import FitSettings
from hyplink.poincare.geometry import dist, dist0, logmap0, pairwise_training_dist, training_dist
from hyplink.poincare.index import ConceptIndex
from hyplink.regressor.heads import HEADS

FIRST_INVERSE_TEMPERATURE = 5.0
GREATEST_INVERSE_TEMPERATURE = 100.0

ROOM_BEYOND = 1.0
"""How far, in hyperbolic distance, an output may lie beyond the farthest concept."""

SINGLE_RADIUS = 6.0
"""Farther out than this, points that are tuned are float64: geoopt keeps float32 below a radius of 6.2."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best concepts of n mentions, best first.

    Attributes:
        concepts: concept indices int64 (n, k).
        scores: float64 (n, k), higher is better: −τ·distance, or the logit of a flat softmax.
        distances: float64 (n, k) in the space of the concepts; None for a flat softmax.
    """

    concepts: NDArray[np.int64]
    scores: NDArray[np.float64]
    distances: NDArray[np.float64] | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """How well each of n mentions fits one concept: scores and distances (n,), as in a `Ranking`."""

    scores: NDArray[np.float64]
    distances: NDArray[np.float64] | None


def _rows(points: nn.Parameter, concepts: Tensor | None) -> Tensor:
    """The points of some concepts, with a gradient of no more rows, or of all."""
    return points if concepts is None else nn.functional.embedding(concepts, points, sparse=True)


class Temperature(nn.Module):
    """τ, by which distances become scores; learned where a loss has use for it, and at most 100."""

    def __init__(self) -> None:
        super().__init__()
        self.log_inverse = nn.Parameter(torch.tensor(math.log(FIRST_INVERSE_TEMPERATURE)))

    def forward(self) -> Tensor:
        """τ ()."""
        return self.log_inverse.exp().clamp_max(GREATEST_INVERSE_TEMPERATURE)


class PoincareSpace(nn.Module):
    """The ball: a head makes an output a point; logits are −τ·hyperbolic distance.

    Args:
        points: the concepts' points to start from, float64 (N, d).
        head: how outputs become points, a name of `heads.HEADS`.
        tuned: whether the concepts' points learn too.
    """

    name = "poincare"

    def __init__(self, points: NDArray[np.float64], head: str, tuned: bool) -> None:
        super().__init__()
        start = torch.from_numpy(points)
        self.farthest = dist0(start).max().item()
        self.reach: Tensor
        self.register_buffer("reach", torch.tensor(self.farthest + ROOM_BEYOND))
        self.head_name = head
        self.head = HEADS[head]
        self.output_dim = points.shape[1] + self.head.extra
        if tuned and self.farthest < SINGLE_RADIUS:
            start = start.to(torch.get_default_dtype())
        self.points = _on_the_ball(start) if tuned else nn.Parameter(start, requires_grad=False)
        self.inverse_temperature = Temperature()

    def place(self, outputs: Tensor) -> Tensor:
        """The points (B, d) of outputs (B, output_dim)."""
        return self.head.place(outputs, self.reach.to(outputs.dtype))

    def distances(self, outputs: Tensor, concepts: Tensor | None = None) -> Tensor:
        """The hyperbolic distances (B, M) from some concepts (M,), or from all, as a training step needs them."""
        points = _rows(self.points, concepts)
        return pairwise_training_dist(self.place(outputs), points.to(outputs.dtype))

    def distances_to(self, outputs: Tensor, concepts: Tensor) -> Tensor:
        """The hyperbolic distance of each output from its concept (B,), as a training step needs it."""
        return training_dist(self.place(outputs), self.points[concepts].to(outputs.dtype))

    def logits(self, outputs: Tensor, concepts: Tensor | None = None) -> Tensor:
        """−τ times the hyperbolic distances (B, M) from some concepts (M,), or from all."""
        logits: Tensor = -self.inverse_temperature() * self.distances(outputs, concepts)
        return logits

    @torch.no_grad()
    def rank(self, outputs: Tensor, k: int) -> Ranking:
        """The k nearest concepts of each output (n, d), exactly, in float64."""
        concepts, distances = self.index.nearest(self.place(outputs.double()).numpy(), k)
        return Ranking(concepts, -self.inverse_temperature().item() * distances, distances)

    @torch.no_grad()
    def compare(self, outputs: Tensor, concepts: Tensor) -> Comparison:
        """How well n outputs (n, d) fit one concept each (n,)."""
        distances = dist(self.place(outputs.double()), self.points[concepts].double()).numpy()
        return Comparison(-self.inverse_temperature().item() * distances, distances)

    @cached_property
    def index(self) -> ConceptIndex:
        """The concepts as they stand when first asked for, which must be after training."""
        points = self.concept_points()
        return ConceptIndex(points, [str(row) for row in range(len(points))])

    def concept_points(self) -> NDArray[np.float64]:
        """The points of the concepts, float64 (N, d)."""
        points: NDArray[np.float64] = self.points.detach().double().numpy()
        return points


def _on_the_ball(points: Tensor) -> nn.Parameter:
    """Points that Riemannian Adam moves."""
    import geoopt  # linking does without it

    parameter: nn.Parameter = geoopt.ManifoldParameter(points, manifold=geoopt.PoincareBall())
    return parameter


class EuclideanSpace(nn.Module):
    """The twin of the ball in flat space, for comparison: logits are −τ·Euclidean distance.

    Args:
        points: the concepts' points to start from, float64 (N, d).
        tuned: whether the concepts' points learn too.
    """

    name = "euclidean"

    def __init__(self, points: NDArray[np.float64], tuned: bool) -> None:
        super().__init__()
        self.output_dim = points.shape[1]
        start = torch.from_numpy(points)
        self.points = nn.Parameter(start.to(torch.get_default_dtype()) if tuned else start, requires_grad=tuned)
        self.inverse_temperature = Temperature()

    def distances(self, outputs: Tensor, concepts: Tensor | None = None) -> Tensor:
        """The Euclidean distances (B, M) from some concepts (M,), or from all."""
        points = _rows(self.points, concepts)
        return torch.cdist(2 * outputs, points.to(outputs.dtype))

    def distances_to(self, outputs: Tensor, concepts: Tensor) -> Tensor:
        """The Euclidean distance of each output from its concept (B,)."""
        distances: Tensor = torch.linalg.vector_norm(2 * outputs - self.points[concepts].to(outputs.dtype), dim=1)
        return distances

    def logits(self, outputs: Tensor, concepts: Tensor | None = None) -> Tensor:
        """−τ times the Euclidean distances (B, M) from some concepts (M,), or from all."""
        logits: Tensor = -self.inverse_temperature() * self.distances(outputs, concepts)
        return logits

    @torch.no_grad()
    def rank(self, outputs: Tensor, k: int) -> Ranking:
        """The k nearest concepts of each output (n, d), in float64."""
        distances = torch.cdist(2 * outputs.double(), self.points.double())
        nearest, concepts = distances.topk(min(k, distances.shape[1]), largest=False)
        scores = -self.inverse_temperature().item() * nearest
        return Ranking(concepts.numpy(), scores.numpy(), nearest.numpy())

    @torch.no_grad()
    def compare(self, outputs: Tensor, concepts: Tensor) -> Comparison:
        """How well n outputs (n, d) fit one concept each (n,)."""
        distances = (2 * outputs.double() - self.points[concepts].double()).norm(dim=1).numpy()
        return Comparison(-self.inverse_temperature().item() * distances, distances)

    def concept_points(self) -> NDArray[np.float64]:
        """The points of the concepts, float64 (N, d)."""
        points: NDArray[np.float64] = self.points.detach().double().numpy()
        return points


class FlatSpace(nn.Module):
    """No geometry, for comparison: the network's outputs are the logits of a softmax over the concepts."""

    name = "flat"

    def __init__(self, n_concepts: int) -> None:
        super().__init__()
        self.output_dim = n_concepts

    def logits(self, outputs: Tensor, concepts: Tensor | None = None) -> Tensor:
        """The outputs as they are, (B, M) for some concepts (M,), or for all."""
        return outputs if concepts is None else outputs[:, concepts]

    @torch.no_grad()
    def rank(self, outputs: Tensor, k: int) -> Ranking:
        """The k concepts with the greatest logits of each output (n, N)."""
        scores, concepts = outputs.double().topk(min(k, outputs.shape[1]))
        return Ranking(concepts.numpy(), scores.numpy(), None)

    @torch.no_grad()
    def compare(self, outputs: Tensor, concepts: Tensor) -> Comparison:
        """How well n outputs (n, N) fit one concept each (n,)."""
        return Comparison(outputs.gather(1, concepts[:, None]).squeeze(1).double().numpy(), None)

    def concept_points(self) -> None:
        """None: a flat softmax places the concepts nowhere."""
        return


Space = PoincareSpace | EuclideanSpace | FlatSpace


def space_of(settings: FitSettings, points: NDArray[np.float64]) -> Space:
    """The space of a configuration.

    Args:
        settings: the section `fit`.
        points: where the concepts start in the ball, float64 (N, d).
    """
    tuned = settings.concepts == "tuned"
    if settings.space == "poincare":
        return PoincareSpace(points, settings.head, tuned)
    if settings.space == "euclidean":
        # Twice logmap0 is the vector whose length is the hyperbolic distance from the origin.
        return EuclideanSpace(2 * logmap0(torch.from_numpy(points)).numpy(), tuned)
    return FlatSpace(len(points))
