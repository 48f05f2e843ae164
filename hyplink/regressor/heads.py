"""Heads: from a network's output, any vector at all, to a point of the Poincaré ball.

Points of the ball have a direction and a hyperbolic radius r, and the norm tanh(r/2). The heads differ in how they
read the two from an output. Those that know no greatest radius are held within a reach R, smoothly, at R·tanh(r/R):
a softmax over differences of distance does not hold back a point that runs off to the rim, where all distances are
large and alike, and a bound that cuts leaves the network blind to its radius beyond it. `project` and `tanh-project`
do cut. They are here because they are what is often tried.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from hyplink.errors import InputError
from hyplink.poincare.geometry import expmap0, max_norm, project, radius_of_norm

SHORTEST = 1e-3
"""Norm below which a vector's direction counts for less and less, so that the gradient stays finite at 0."""

CUT_RADIUS = radius_of_norm(1 - 1e-5)
"""Where `project` cuts: at the norm 1 − ε with ε = 1e-5."""


@dataclass(frozen=True, slots=True)
class Head:
    """One way to read a point from an output.

    Attributes:
        place: the points (..., d) of outputs (..., d + extra) and a reach (), all of one dtype.
        extra: how many numbers an output has beyond the d of its point.
        own_bound: the greatest hyperbolic radius that the formula itself allows; infinite where the reach bounds it.
    """

    place: Callable[[Tensor, Tensor], Tensor]
    extra: int = 0
    own_bound: float = math.inf

    def greatest_radius(self, reach: float, dtype: torch.dtype) -> float:
        """The greatest hyperbolic radius of a point of this head, in a dtype."""
        bound = reach if math.isinf(self.own_bound) else self.own_bound
        return min(bound, radius_of_norm(max_norm(dtype)))


def refuse_a_short_head(name: str, farthest: float, reach: float) -> None:
    """Refuses a head that does not get as far as the concepts.

    Args:
        name: a name of `HEADS`.
        farthest: greatest hyperbolic radius of a concept.
        reach: greatest hyperbolic radius that points shall have.

    Raises:
        InputError: in the float32 of training the head's points end before the farthest concept.
    """
    greatest = HEADS[name].greatest_radius(reach, torch.float32)
    if greatest < farthest:
        raise InputError(
            f"research.head {name} ends at hyperbolic radius {greatest:.2f} and a concept lies at {farthest:.2f}: "
            f"train the ontology with a train_ontology.max_radius below {greatest:.1f}"
        )


def place_expmap0(outputs: Tensor, reach: Tensor) -> Tensor:
    """tanh(‖v‖)·v/‖v‖, the point that a tangent vector at the origin leads to, at r = 2‖v‖.

    Ganea et al. 2018, Hyperbolic Neural Networks, lemma 2.
    """
    norm = _norm(outputs)
    return _at_radius(outputs, norm, 2 * norm, reach)


def place_polar(outputs: Tensor, reach: Tensor) -> Tensor:
    """tanh(r/2)·x/‖x‖ with r = softplus(s), where the last number of an output is s and the others are x."""
    directions, radii = outputs[..., :-1], outputs[..., -1:]
    return _at_radius(directions, _norm(directions, SHORTEST), nn.functional.softplus(radii), reach)


def place_dhingra(outputs: Tensor, reach: Tensor) -> Tensor:
    """sigmoid(s)·x/‖x‖, where the last number of an output is s and the others are x.

    Dhingra et al. 2018, Embedding Text in Hyperbolic Spaces. Since 2·artanh(sigmoid(s)) = log(1 + 2eˢ),
    this is the polar head with s shifted by log 2; written so, it does not run into 1 for large s.
    """
    directions, radii = outputs[..., :-1], outputs[..., -1:]
    return _at_radius(directions, _norm(directions, SHORTEST), nn.functional.softplus(radii + math.log(2)), reach)


def place_lorentz(outputs: Tensor, reach: Tensor) -> Tensor:
    """x/(1 + √(1 + ‖x‖²)): the point (√(1 + ‖x‖²), x) of the hyperboloid, seen in the ball, at r = arsinh‖x‖.

    Nickel & Kiela 2018, Learning Continuous Hierarchies in the Lorentz Model.
    """
    norm = _norm(outputs)
    return _at_radius(outputs, norm, norm.asinh(), reach)


def place_project(outputs: Tensor, _reach: Tensor) -> Tensor:
    """x, or (1 − ε)·x/‖x‖ where ‖x‖ > 1 − ε; the gradient along the radius is 0 there.

    The clip that embeddings are kept in the ball with (Nickel & Kiela 2017, Poincaré Embeddings).
    """
    return project(outputs, CUT_RADIUS)


def place_tanh_project(outputs: Tensor, reach: Tensor) -> Tensor:
    """`place_project` of tanh(x), coordinate by coordinate: a cube in place of a ball, most of its corners cut."""
    return place_project(outputs.tanh(), reach)


def _at_radius(vectors: Tensor, norm: Tensor, radius: Tensor, reach: Tensor) -> Tensor:
    """Points (..., d) in the direction of vectors (..., d) of norms (..., 1), at radius R·tanh(r/R) for r (..., 1)."""
    bounded = reach * torch.tanh(radius / reach)
    return expmap0(vectors * (bounded / 2 / norm))


def _norm(vectors: Tensor, least: float | None = None) -> Tensor:
    floor = torch.finfo(vectors.dtype).tiny if least is None else least
    norm: Tensor = torch.linalg.vector_norm(vectors, dim=-1, keepdim=True)
    return norm.clamp_min(floor)


HEADS = {
    "expmap0": Head(place_expmap0),
    "polar": Head(place_polar, extra=1),
    "dhingra": Head(place_dhingra, extra=1),
    "project": Head(place_project, own_bound=CUT_RADIUS),
    "tanh-project": Head(place_tanh_project, own_bound=CUT_RADIUS),
    "lorentz": Head(place_lorentz),
}
"""The heads by the names that `research.head` gives them."""
