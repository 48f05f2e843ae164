"""The question's own attempts at points of the ball, each part as it was asked or repaired.

They are wrong on purpose: `study_repairs.py` counts what they yield. The layer sizes are ours; the question's loss,
optimiser and projection are written in torch with the same arithmetic, in float32 as there.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from hyplink.poincare.geometry import expmap0, training_dist
from hyplink.regressor.heads import HEADS

EPSILON = 1e-7
"""Of Keras, by which the question keeps norms below 1."""

HIDDEN = 64
DECAYS = (0.9, 0.999)
"""Adam's, of the mean and of the squares."""


@dataclass(frozen=True)
class Attempt:
    """A way to train a network whose outputs should be points of the ball; as asked, unless a part is repaired.

    Attributes:
        name: what it is.
        distance: the "bare" formula, norms "clipped" under arcosh as asked, or hyplink's "stable" one.
        log_of_exp: whether the loss is −log(exp(−d)), as asked, or d.
        optimiser: "asked", which is `AskedAdam`, or "adam".
        projection: of the asked optimiser: by the "old norm", as asked, by the "new norm", or "none".
        head: "none", a name of hyplink's heads for frozen concepts.
        radius: greatest hyperbolic radius of the targets; gensim's own clip is at 12.2.
    """

    name: str
    distance: str = "clipped"
    log_of_exp: bool = True
    optimiser: str = "asked"
    projection: str = "old norm"
    head: str = "none"
    radius: float = 12.0

    def place(self, outputs: Tensor) -> Tensor:
        """The points (B, d) of outputs (B, d); without a head, the outputs themselves."""
        if self.head == "none":
            return outputs
        if self.head == "expmap0":
            return expmap0(outputs)
        return HEADS[self.head].to_points(outputs, outputs.new_tensor(self.radius))

    def loss(self, points: Tensor, targets: Tensor) -> Tensor:
        """The mean loss () of points and targets (B, d)."""
        distances = DISTANCES[self.distance](points, targets)
        return (-(-distances).exp().log() if self.log_of_exp else distances).mean()

    def optimiser_of(self, network: nn.Module, lr: float) -> torch.optim.Optimizer:
        """The optimiser of the network's weights."""
        if self.optimiser == "adam":
            return torch.optim.Adam(network.parameters(), lr=lr, eps=EPSILON)
        return AskedAdam(network.parameters(), lr, self.projection)


def network_of(n_in: int, n_out: int) -> nn.Module:
    """A hidden layer and a linear one, started as Keras starts them: uniform by Glorot, biases 0."""
    hidden, last = nn.Linear(n_in, HIDDEN), nn.Linear(HIDDEN, n_out)
    for layer in (hidden, last):
        nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)
    return nn.Sequential(hidden, nn.ReLU(), last)


def bare_dist(u: Tensor, v: Tensor) -> Tensor:
    """arcosh(1 + 2|u−v|²/((1−|u|²)(1−|v|²))), which is NaN if one point is inside the ball and the other is not."""
    return torch.acosh(1 + 2 * (u - v).square().sum(-1) / ((1 - u.square().sum(-1)) * (1 - v.square().sum(-1))))


def clipped_dist(u: Tensor, v: Tensor) -> Tensor:
    """`bare_dist` with squared norms clipped to 1 − ε, where their gradient is 0."""
    squared_u, squared_v = (x.square().sum(-1).clamp(0, 1 - EPSILON) for x in (u, v))
    squared_difference = (u - v).square().sum(-1)
    return torch.acosh(1 + squared_difference / ((1 - squared_u) * (1 - squared_v)) * 2)


DISTANCES = {"bare": bare_dist, "clipped": clipped_dist, "stable": training_dist}
"""What an attempt may measure with."""


class AskedAdam(torch.optim.Optimizer):
    """The optimiser of the question, written for points of the ball and applied to the weights of a network.

    For weights w with gradient g, g ← (1 − ‖w‖²)²/4 · g, the Riemannian gradient at a point w. Adam computes its
    moments and its step from this g. Then the weights are projected: where ‖w‖ was above 1 before the step, the new
    weights are divided by that norm and ε is subtracted from every coordinate.

    Keras stores the weights of a layer as (n_in, n_out), and the question takes norms along the last axis: a "point"
    consists of the outgoing weights of one input.

    Args:
        weights: parameters of the network.
        lr: learning rate.
        projection: "old norm", as asked; "new norm", which scales the new weights to norm at most 1 − ε; or "none".
    """

    def __init__(self, weights: Iterable[nn.Parameter], lr: float, projection: str) -> None:
        super().__init__(weights, {"lr": lr})
        self._projection = projection
        self._n_steps = 0
        self.scales: list[Tensor] = []

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Updates all weights and sets `scales` to the factors of their gradients."""
        self._n_steps += 1
        weights, lr = (self.param_groups[0][name] for name in ("params", "lr"))
        self.scales = [self._update(each, each.grad, lr) for each in weights]

    def _update(self, weights: Tensor, gradient: Tensor, lr: float) -> Tensor:
        state = self.state[weights]
        means = state.setdefault("means", torch.zeros_like(weights))
        squares = state.setdefault("squares", torch.zeros_like(weights))
        squared_norms = weights.square().sum(0, keepdim=True)  # (1, n_in), or (1,) for a bias
        scales = (1 - squared_norms).square() / 4
        gradient = scales * gradient
        means.lerp_(gradient, 1 - DECAYS[0])
        squares.lerp_(gradient.square(), 1 - DECAYS[1])
        lr *= (1 - DECAYS[1] ** self._n_steps) ** 0.5 / (1 - DECAYS[0] ** self._n_steps)
        updated = weights - lr * means / (squares.sqrt() + EPSILON)
        weights.copy_(self._projected(updated, squared_norms.sqrt()))
        return scales

    def _projected(self, updated: Tensor, old_norms: Tensor) -> Tensor:
        if self._projection == "none":
            return updated
        if self._projection == "old norm":
            return updated / old_norms.clamp_min(1) - (old_norms > 1) * EPSILON
        norms = torch.linalg.vector_norm(updated, dim=0, keepdim=True)
        projected: Tensor = updated / (norms / (1 - EPSILON)).clamp_min(1)
        return projected


BARE = Attempt("the bare formula, plain Adam", distance="bare", log_of_exp=False, optimiser="adam")
AS_ASKED = Attempt("as asked")
PLAIN_ADAM = Attempt("only the optimiser repaired: plain Adam", optimiser="adam")
STABLE = Attempt("only the distance repaired", distance="stable")
PROJECTED = Attempt("distance and optimiser repaired, `project`", "stable", False, "adam", head="project")
REPAIRED = Attempt("all of it repaired", "stable", False, "adam", head="expmap0")
ATTEMPTS = (
    BARE,
    AS_ASKED,
    Attempt("only the log of an exp repaired", log_of_exp=False),
    STABLE,
    Attempt("only the projection of weights repaired: by the new norm", projection="new norm"),
    Attempt("only the projection of weights repaired: none", projection="none"),
    PLAIN_ADAM,
    Attempt("only the output repaired: `project`", head="project"),
    Attempt("only the output repaired: `tanh-project`", head="tanh-project"),
    Attempt("only the output repaired: `expmap0`", head="expmap0"),
    Attempt("only the targets repaired: radius 3", radius=3.0),
    PROJECTED,
    replace(PROJECTED, name="distance and optimiser repaired, `tanh-project`", head="tanh-project"),
    REPAIRED,
    replace(REPAIRED, name="all of it repaired, targets at radius 3", radius=3.0),
)
"""The formula alone, as asked, one repair at a time, the projecting layers with all else repaired, everything."""
