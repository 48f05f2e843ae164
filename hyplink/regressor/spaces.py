"""Where concepts stand and how a network's output is compared with them: the ball, its flat twin, or nowhere."""

import math
from dataclasses import dataclass
from functools import cached_property

import geoopt
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from hyplink.poincare.geometry import dist, dist0, expmap0, logmap0, pairwise_training_dist
from hyplink.poincare.index import ConceptIndex

FIRST_INVERSE_TEMPERATURE = 5.0

ROOM_BEYOND = 1.0
"""How far, in hyperbolic distance, an output may lie beyond the farthest concept."""


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


class PoincareSpace(nn.Module):
    """The ball: an output is a tangent vector at the origin, mapped by expmap0; logits are −τ·hyperbolic distance.

    A softmax over differences of distance does not hold back a point that runs off to the rim, where all distances
    are large and alike. So an output's radius is bounded, smoothly: a bound that cuts would leave the network blind
    to its radius beyond it.

    Args:
        points: the concepts' points to start from, float64 (N, d).
    """

    name = "poincare"

    def __init__(self, points: NDArray[np.float64]) -> None:
        super().__init__()
        self.output_dim = points.shape[1]
        start = torch.from_numpy(points).float()
        self.points = geoopt.ManifoldParameter(start, manifold=geoopt.PoincareBall())
        self.log_inverse_temperature = nn.Parameter(torch.tensor(math.log(FIRST_INVERSE_TEMPERATURE)))
        self.reach: Tensor
        self.register_buffer("reach", dist0(start).max() + ROOM_BEYOND)

    def place(self, outputs: Tensor) -> Tensor:
        """The points (B, d) of outputs (B, d): at hyperbolic radius R·tanh(2‖v‖/R), which is 2‖v‖ near the origin."""
        half = self.reach.to(outputs.dtype) / 2
        norm = outputs.norm(dim=-1, keepdim=True).clamp_min(torch.finfo(outputs.dtype).tiny)
        return expmap0(outputs * (half * torch.tanh(norm / half) / norm))

    def logits(self, outputs: Tensor, concepts: Tensor | None = None) -> Tensor:
        """−τ times the hyperbolic distances (B, M) from some concepts (M,), or from all."""
        points = self.points if concepts is None else self.points[concepts]
        return -self.log_inverse_temperature.exp() * pairwise_training_dist(self.place(outputs), points)

    @torch.no_grad()
    def rank(self, outputs: Tensor, k: int) -> Ranking:
        """The k nearest concepts of each output (n, d), exactly, in float64."""
        concepts, distances = self.index.nearest(self.place(outputs.double()).numpy(), k)
        return Ranking(concepts, -self.log_inverse_temperature.exp().item() * distances, distances)

    @torch.no_grad()
    def compare(self, outputs: Tensor, concepts: Tensor) -> Comparison:
        """How well n outputs (n, d) fit one concept each (n,)."""
        distances = dist(self.place(outputs.double()), self.points.double()[concepts]).numpy()
        return Comparison(-self.log_inverse_temperature.exp().item() * distances, distances)

    @cached_property
    def index(self) -> ConceptIndex:
        """The concepts as they stand when first asked for, which must be after training."""
        points = self.concept_points()
        return ConceptIndex(points, [str(row) for row in range(len(points))])

    def concept_points(self) -> NDArray[np.float64]:
        """The points of the concepts, float64 (N, d)."""
        points: NDArray[np.float64] = self.points.detach().double().numpy()
        return points


class EuclideanSpace(nn.Module):
    """The twin of the ball in flat space, for comparison: logits are −τ·Euclidean distance.

    Args:
        points: the concepts' points to start from, float64 (N, d).
    """

    name = "euclidean"

    def __init__(self, points: NDArray[np.float64]) -> None:
        super().__init__()
        self.output_dim = points.shape[1]
        self.points = nn.Parameter(torch.from_numpy(points).float())
        self.log_inverse_temperature = nn.Parameter(torch.tensor(math.log(FIRST_INVERSE_TEMPERATURE)))

    def logits(self, outputs: Tensor, concepts: Tensor | None = None) -> Tensor:
        """−τ times the Euclidean distances (B, M) from some concepts (M,), or from all."""
        points = self.points if concepts is None else self.points[concepts]
        return -self.log_inverse_temperature.exp() * torch.cdist(2 * outputs, points)

    @torch.no_grad()
    def rank(self, outputs: Tensor, k: int) -> Ranking:
        """The k nearest concepts of each output (n, d), in float64."""
        distances = torch.cdist(2 * outputs.double(), self.points.double())
        nearest, concepts = distances.topk(min(k, distances.shape[1]), largest=False)
        scores = -self.log_inverse_temperature.exp().item() * nearest
        return Ranking(concepts.numpy(), scores.numpy(), nearest.numpy())

    @torch.no_grad()
    def compare(self, outputs: Tensor, concepts: Tensor) -> Comparison:
        """How well n outputs (n, d) fit one concept each (n,)."""
        distances = (2 * outputs.double() - self.points.double()[concepts]).norm(dim=1).numpy()
        return Comparison(-self.log_inverse_temperature.exp().item() * distances, distances)

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
        return Comparison(outputs.double().gather(1, concepts[:, None]).squeeze(1).numpy(), None)

    def concept_points(self) -> None:
        """None: a flat softmax places the concepts nowhere."""
        return


Space = PoincareSpace | EuclideanSpace | FlatSpace


def space_of(name: str, points: NDArray[np.float64]) -> Space:
    """The space of a configuration's `fit.space`, its concepts where the Poincaré embedding has them.

    Args:
        name: poincare, euclidean or flat.
        points: the Poincaré embedding, float64 (N, d).
    """
    if name == "poincare":
        return PoincareSpace(points)
    if name == "euclidean":
        # Twice logmap0 is the vector whose length is the hyperbolic distance from the origin.
        return EuclideanSpace(2 * logmap0(torch.from_numpy(points)).numpy())
    return FlatSpace(len(points))
